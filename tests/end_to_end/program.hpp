// Runs the program as a user does.
#pragma once

#include "sim/run/summary.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace isinglass::test {

struct Outcome {
    int exit_code = 0;
    std::string out;
    std::string err;
};

// The program with these arguments (split by the shell), run in `folder`.
Outcome run_program(const std::string& arguments, const std::filesystem::path& folder);

// The summary of a run's folder, with what is outside the promise of identical bits set to zero.
RunSummary comparable_summary(const std::filesystem::path& run);

// Settings of a training run of a second: glyphs of 512 + 256 + 64 samples, 256-32-10, batch 32.
std::string small_run();

// The folder of data sets: ISINGLASS_DATA, or ../shared/data beside the source. Empty, with a line "skipped:
// …" on standard output, where `file` is in neither.
std::filesystem::path data_folder(const std::string& file);

std::size_t lines_of(const std::string& text);

} // namespace isinglass::test
