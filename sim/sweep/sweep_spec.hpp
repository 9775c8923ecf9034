// A sweep: one experiment, trained at every point of a product of settings and seeds.
#pragma once

#include "hw_models/base/fields.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace isinglass {

// One value of an axis: settings under a name.
struct SweepStep {
    std::string name;
    std::string set; // "a.b=value; c.d=value", as of --set
};

// Either a key with values or named steps.
struct SweepAxis {
    std::string key;
    std::string values; // "2, 3, 4"
    bool cumulative = false;
    std::vector<SweepStep> steps;

    void fields(Fields& f);
    // The steps that there are, settings of those before included where they add up.
    [[nodiscard]] std::vector<SweepStep> resolved() const;
};

struct SweepSpec {
    std::string name = "unnamed";
    std::string experiment;
    std::string set; // for all points
    std::vector<std::int64_t> seeds{1};
    std::vector<SweepAxis> axes;
    bool knee = false;
    bool yield = false;
    bool pareto = false;

    void fields(Fields& f);
};

// One training run of a sweep.
struct SweepRun {
    std::vector<std::string> labels; // a step's name for every axis
    std::int64_t seed = 1;
    std::vector<std::string> sets; // for --set
    std::string folder;            // below the sweep's: point/seed-N
};

// Runs in order: the last axis turns fastest, seeds within a point.
std::vector<SweepRun> runs_of(const SweepSpec& spec);

// "a=1; b=2" in parts, without blanks at their ends.
std::vector<std::string> split_settings(std::string_view text, char separator);

// A file, or a shipped sweep's name. Throws UserError.
SweepSpec load_sweep(const std::string& name_or_file, std::span<const std::string> sets);
// The expanded text: reading it again gives the same sweep.
std::string expanded(const SweepSpec& spec);

} // namespace isinglass
