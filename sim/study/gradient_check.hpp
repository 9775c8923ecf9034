// How good the machine's gradient is, and which of its errors spoils it.
#pragma once

#include "sim/run/run_directory.hpp"
#include "sim/study/bare_machine.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace isinglass {

// Of one gradient against a reference, over the numbers of one block of parameters. All are 0 where the
// reference is.
struct GradientMatch {
    double cosine = 0.0;
    double norm_ratio = 0.0; // gradient over reference
    double snr_db = 0.0;     // power of the reference over that of the difference
};
GradientMatch match(std::span<const float> gradient, std::span<const float> reference);

struct GradientLine {
    std::string name;                  // the error that is switched on, or which gradients are compared
    std::vector<GradientMatch> blocks; // [blocks of the network]
};

struct GradientCheck {
    std::vector<std::string> blocks;
    std::vector<GradientLine> against_exact; // the EP gradient of the ideal twin at the same beta, settled
    std::vector<GradientLine> against_true;  // the same at a tenth of beta, centred differences
    double output_shift_lsb = 0.0; // rms movement of the outputs by the nudge, in LSB of their read-out
};

// Where what was found of a run is kept, for its page.
inline std::filesystem::path gradient_file(const RunDirectory& run) {
    return run.path() / "gradient.json";
}

// On the first `count` samples, with common random numbers.
GradientCheck check_gradient(const Experiment& experiment, std::span<const float> theta,
                             const Samples& samples, std::size_t count, WorkerPool& pool);

// What would lift a shift of the outputs below an LSB over it; nothing where it is above.
std::string advice(const Experiment& experiment, double output_shift_lsb);

} // namespace isinglass
