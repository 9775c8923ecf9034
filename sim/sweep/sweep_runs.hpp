// The runs of a sweep, done one after another, each in a process and a folder of its own.
#pragma once

#include "sim/sweep/sweep_spec.hpp"

#include <filesystem>
#include <iosfwd>
#include <optional>

namespace isinglass {

// The folder of a sweep: sweep.toml, a folder a run, and tables. Throws UserError where something else lies
// there, or another sweep.
void open_sweep_folder(const std::filesystem::path& folder, const SweepSpec& spec);

// What a run came to.
struct SweepOutcome {
    std::optional<double> error;           // test error of a training, 0 … 1
    std::optional<double> ideal_error;     // of the same couplings on the ideal twin
    double mean_cut = 0.0, best_cut = 0.0; // of a search, over its shots
    double energy_j = 0.0, time_s = 0.0;   // of the machine
};
// Nothing while it is not complete.
std::optional<SweepOutcome> outcome_of(const std::filesystem::path& folder, const SweepSpec& spec,
                                       const SweepRun& run);

// Does what is not done yet; what was interrupted goes on, or, a search, begins anew. True when all runs are
// complete, false after Ctrl-C. Throws UserError for a run that fails, with its own message.
bool run_sweep(const std::filesystem::path& folder, const SweepSpec& spec, const std::string& data,
               std::ostream& out);

} // namespace isinglass
