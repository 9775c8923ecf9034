// What the runs of a sweep came to: tables on the screen and as CSV.
#pragma once

#include "sim/run/figure.hpp"
#include "sim/sweep/sweep_spec.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace isinglass {

// Mean and standard deviation (of a sample; 0 of one).
struct Spread {
    double mean = 0.0;
    double deviation = 0.0;
};
Spread spread_of(const std::vector<double>& values);

// The runs of one point, over seeds.
struct SweepPoint {
    std::vector<std::string> labels;
    std::vector<std::string> folders; // of its runs, below the sweep's
    // Test error, 0 … 1; of searches how far the mean shot is below the best cut that any run of the sweep
    // found for the graph, relative to it.
    std::vector<double> error;
    std::vector<double> ideal_error; // of the same couplings on the ideal twin
    std::vector<double> energy_j, time_s;
    bool best = false; // no other point has both less error and less energy, on average
};

// Every complete run; the others are left out.
std::vector<SweepPoint> points_of(const std::filesystem::path& folder, const SweepSpec& spec);

// Marks points that none beats.
void mark_pareto(std::vector<SweepPoint>& points);

// The first point whose mean error is within the points' median standard deviation (at least 0.1 %)
// of the best.
std::size_t knee_of(const std::vector<SweepPoint>& points);

// The tables that the sweep asks for.
std::string sweep_text(const std::vector<SweepPoint>& points, const SweepSpec& spec);
// The same for other programs: {"sweep", "folder", "complete", "axes": [names], "points": [{"labels",
// "folders", "test_error": [by seed], "ideal_test_error", "energy_j", "simulated_time_s", "pareto"}], "knee":
// index}.
std::string sweep_json(const std::vector<SweepPoint>& points, const SweepSpec& spec,
                       const std::filesystem::path& folder, bool complete);
// A row a point, for other programs.
std::string sweep_csv(const std::vector<SweepPoint>& points, const SweepSpec& spec);

// Error over the last axis, a curve for every combination of the others; where the sweep asks for a yield,
// the share of all runs over the error that they reach. Nothing of fewer than two points.
std::vector<Figure> sweep_figures(const std::vector<SweepPoint>& points, const SweepSpec& spec);

} // namespace isinglass
