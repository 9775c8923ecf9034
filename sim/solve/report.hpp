// What solving came to, for people and for programs.
#pragma once

#include "hw_models/energy/component_library.hpp"
#include "hw_models/energy/pricing.hpp"
#include "sim/solve/solve.hpp"
#include "sim/solve/solver_kind.hpp"
#include "sim/solve/time_to_solution.hpp"

#include <string>

namespace isinglass {

class SolveReport {
  public:
    // References must outlive the report.
    SolveReport(const IsingProblem& problem, const SolveRequest& request, const Experiment& experiment,
                const SolveLimits& limits, const SolveResult& result, const ComponentLibrary& library);

    // Whether a shot has the target, or, where none was named, the best cut found.
    [[nodiscard]] bool target_met() const { return success_.hits > 0; }
    [[nodiscard]] std::string text() const;
    [[nodiscard]] std::string json() const;
    // Programming and all shots together, priced, and the time of each phase.
    [[nodiscard]] EnergyReport energy() const;
    [[nodiscard]] std::array<std::uint64_t, phase_count> time_fs() const;

  private:
    [[nodiscard]] double shot_s() const;
    [[nodiscard]] double shot_j() const;
    [[nodiscard]] double mean_cut() const;
    [[nodiscard]] double cut_at(double quantile) const;
    [[nodiscard]] std::string distribution() const;
    [[nodiscard]] std::string to_solution() const;

    const IsingProblem& problem_;
    const SolveRequest& request_;
    const Experiment& experiment_;
    const SolveLimits& limits_;
    const SolveResult& result_;
    EnergyReport programming_, annealing_;
    std::vector<double> sorted_; // cuts, lowest first
    double target_;
    SuccessRate success_;
};

// A line with 1 or -1 for each spin.
[[nodiscard]] std::string state_text(const SolveResult& result);

} // namespace isinglass
