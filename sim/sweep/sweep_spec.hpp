// A sweep: one experiment trained, or graphs solved, at every point of a product of settings and seeds.
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

// Graphs to solve instead of an experiment to train.
struct SweepSolve {
    std::string graphs; // "G1.txt, G14.txt"; empty: the sweep trains
    std::string solver = "p-bits";
    std::string machine; // empty: the solver's own
    std::int64_t shots = 64;
    std::int64_t steps = 500;

    void fields(Fields& f);
};

struct SweepSpec {
    std::string name = "unnamed";
    std::string experiment; // empty: the sweep solves
    SweepSolve solve;
    std::string set; // for all points
    std::vector<std::int64_t> seeds{1};
    std::vector<SweepAxis> axes;
    bool knee = false;
    bool yield = false;
    bool pareto = false;

    void fields(Fields& f);
    [[nodiscard]] bool solves() const { return !solve.graphs.empty(); }
};

// One training run of a sweep, or one search.
struct SweepRun {
    std::vector<std::string> labels; // a step's name for every axis; before them the graph, of a search
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
