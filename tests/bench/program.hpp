// Runs the program as a user would and reads its summary.
#pragma once

#include "hw_models/base/error.hpp"
#include "sim/run/summary.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <ranges>
#include <string>
#include <string_view>
#include <vector>

namespace isinglass::bench {

// `isinglass train ARGUMENTS… --json --out FOLDER` in a fresh folder below `keep` (removed before). Throws
// std::runtime_error with the command when it fails.
RunSummary train(const std::string& arguments, const std::string& folder);

// One row of a run's metrics.csv: what training came to up to that epoch's end, its scorings included.
struct EpochFigures {
    double validation = 0.0; // accuracy, fraction of 1
    double time_s = 0.0;
    double energy_j = 0.0;
};
// Of the run in `folder`, which has validation samples.
std::vector<EpochFigures> epochs_of(const std::string& folder);

// Test accuracy of the trained run in `folder`, by `isinglass eval FOLDER ARGUMENTS…`.
double eval(const std::string& folder, const std::string& arguments);

// The number of that name in a JSON document. Throws std::runtime_error where there is none.
double number_in(const std::string& json, const std::string& name);

// `isinglass solve ARGUMENTS… --json`: what it prints, and its exit code. Throws std::runtime_error where it
// ends otherwise than done, at a target not met, or at an error of the user's.
struct Solved {
    int exit_code = 0;
    std::string json;
    double cpu_s = 0.0; // of all its threads, reading the graph included
    // A number, or a text without quotes or escapes in it, of that name.
    [[nodiscard]] double number(const std::string& name) const;
    [[nodiscard]] std::string text(const std::string& name) const;
};
Solved solve(const std::string& arguments);

// Whether a bench runs the row of that name: `only` names those that it runs, or none where it runs all.
bool wanted(const std::vector<std::string>& only, std::string_view name);
// Throws UserError for the first of `only` that is the `preset` of none of `rows`, and names what would be.
template <class Rows, class Preset>
void check_only(const std::vector<std::string>& only, const Rows& rows, Preset preset,
                std::string_view bench) {
    for (const auto& name : only)
        if (std::ranges::find(rows, name, [&](const auto& row) { return std::string_view(row.*preset); }) ==
            std::ranges::end(rows))
            throw UserError(fmt::format(
                "--only {}: bench {} has {}", name, bench,
                fmt::join(std::views::transform(rows, [&](const auto& row) { return row.*preset; }), ", ")));
}

double median(std::vector<double> values);
double mean(const std::vector<double>& values);

} // namespace isinglass::bench
