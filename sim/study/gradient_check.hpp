// How good the machine's gradient is, and which of its errors spoils it.
#pragma once

#include "sim/run/run_directory.hpp"
#include "sim/study/bare_machine.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace isinglass {

// Of one gradient against a reference, over the numbers of one block of parameters. Both are 0 where the
// reference is.
struct GradientMatch {
    double cosine = 0.0;
    double norm_ratio = 0.0; // gradient over reference
};
GradientMatch match(std::span<const float> gradient, std::span<const float> reference);

// Means over repeats of one gradient with other draws, for one block of parameters.
struct BlockQuality {
    GradientMatch to_exact;               // the EP gradient of the settled ideal twin at the same beta
    std::optional<GradientMatch> to_true; // dC/dθ, where it can be computed
    // Power of the exact gradient over that of what differs from repeat to repeat; infinite where nothing
    // does.
    double snr_db = 0.0;
};

struct GradientLine {
    std::string name;                 // the error that is switched on
    std::vector<BlockQuality> blocks; // [blocks of the network]
};

struct GradientCheck {
    std::vector<std::string> blocks;
    // The ideal twin at the same beta, a tenth and a hundredth of it, then machine_variants().
    std::vector<GradientLine> lines;
    std::string no_truth;          // why there is no true gradient; empty: there is
    double outputs_at_bound = 0.0; // share of the outputs that rest at a bound in the free state
    double output_shift_lsb = 0.0; // rms movement of the outputs by the nudge, in LSB of their read-out
};

// Where what was found of a run is kept, for its page.
inline std::filesystem::path gradient_file(const RunDirectory& run) {
    return run.path() / "gradient.json";
}

// On the first `count` samples, with common random numbers.
struct GradientCheckSize {
    std::size_t samples = 64; // the first of them
    std::size_t repeats = 4;  // with other draws of all noise
};

// Common random numbers: presentation k of every line has the same draws. `numbers`: as of initial_numbers().
GradientCheck check_gradient(const Experiment& experiment, std::span<const float> numbers,
                             const Samples& samples, const GradientCheckSize& size, WorkerPool& pool);

// What would lift a shift of the outputs below an LSB over it; nothing where it is above.
std::string advice(const Experiment& experiment, double output_shift_lsb);

} // namespace isinglass
