// Backpropagation of the networks that equilibrium propagation trains here, through PyTorch.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace isinglass::bench {

// A shipped preset whose network backpropagation trains too, in as many epochs, with its batches, momentum
// and schedule.
struct Baseline {
    const char* preset;
    double rate; // of all couplings; chosen on validation data
};
const std::vector<Baseline>& baselines();

// An interpreter that has PyTorch: `wanted`, or where that is empty the one in the path or the
// distribution's, whose packages only it sees. Throws UserError naming the package where none has it.
std::string python_with_torch(const std::string& wanted);

// What reference/backprop.py reported; nothing where that baseline was not run with results in `folder`.
struct BackpropResult {
    double accuracy = 0.0; // after the last epoch, on the test set (of a trial: on what it scores)
    double time_s = 0.0;
};
std::optional<BackpropResult> baseline_result(const std::string& folder, const std::string& preset,
                                              std::int64_t seed);

} // namespace isinglass::bench
