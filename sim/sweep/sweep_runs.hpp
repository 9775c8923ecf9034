// The runs of a sweep, done one after another, each in a process and a folder of its own.
#pragma once

#include "sim/run/summary.hpp"
#include "sim/sweep/sweep_spec.hpp"

#include <filesystem>
#include <iosfwd>
#include <optional>

namespace isinglass {

// The folder of a sweep: sweep.toml, a folder a run, and tables. Throws UserError where something else lies
// there, or another sweep.
void open_sweep_folder(const std::filesystem::path& folder, const SweepSpec& spec);

// What a run came to; nothing while it is not complete.
std::optional<RunSummary> result_of(const std::filesystem::path& run);

// Trains what is not done yet; what was interrupted goes on. True when all runs are complete, false after
// Ctrl-C. Throws UserError for a run that fails, with its own message.
bool run_sweep(const std::filesystem::path& folder, const SweepSpec& spec, const std::string& data,
               std::ostream& out);

} // namespace isinglass
