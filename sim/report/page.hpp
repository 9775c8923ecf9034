// One self-contained HTML file out of the numbers to show and the page's parts, which are compiled in.
#pragma once

#include "sim/report/source.hpp"
#include "sim/solve/report.hpp"
#include "sim/sweep/sweep_spec.hpp"

#include <filesystem>
#include <string>

namespace isinglass {

// Numbers of one run by section, for the page and for other programs.
[[nodiscard]] Json run_numbers(const ReportSource& source);

// The page of one run or a comparison of several: {"runs": [run_numbers…]}, of a solved problem:
// {"solve": …}, or of a sweep: {"sweep": …}.
[[nodiscard]] std::string report_page(const std::string& title, const Json& data);

// Numbers of a solved problem.
[[nodiscard]] Json solve_numbers(const SolveReport& report, const Experiment& experiment,
                                 const std::string& command);

// Numbers of a sweep: sweep_json() with its file expanded and the command that makes it again.
[[nodiscard]] Json sweep_numbers(const std::string& sweep_json, const SweepSpec& spec,
                                 const std::string& command);

// Writes a page. Throws UserError where a file is there that is no report of ours: nothing else is
// overwritten.
void write_page(const std::filesystem::path& path, const std::string& page);

// Reads a run and writes RUN/report.html.
void write_run_report(const RunDirectory& directory);

} // namespace isinglass
