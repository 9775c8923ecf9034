// One self-contained HTML file out of the numbers to show and the page's parts, which are compiled in.
#pragma once

#include "sim/report/source.hpp"
#include "sim/solve/report.hpp"

#include <filesystem>
#include <string>

namespace isinglass {

// Numbers of one run by section, for the page and for other programs.
[[nodiscard]] Json run_numbers(const ReportSource& source);

// The page of one run or a comparison of several: {"runs": [run_numbers…]}, or of a solved problem:
// {"solve": …}.
[[nodiscard]] std::string report_page(const std::string& title, const Json& data);

// Numbers of a solved problem.
[[nodiscard]] Json solve_numbers(const SolveReport& report, const Experiment& experiment,
                                 const std::string& command);

// Writes a page. Throws UserError where a file is there that is no report of ours: nothing else is
// overwritten.
void write_page(const std::filesystem::path& path, const std::string& page);

// Reads a run and writes RUN/report.html.
void write_run_report(const RunDirectory& directory);

} // namespace isinglass
