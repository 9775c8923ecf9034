// Residuals along a relaxation, sample by sample.
#pragma once

#include "hw_models/array/dynamics.hpp"
#include "tests/bench/physics.hpp"

#include <optional>

namespace isinglass {

// residual[n] after n steps of step_rc; residual[0] = 1 unless the start has momentum.
struct ResidualCurve {
    double step_rc = 1.0;
    std::vector<double> residual;

    // Step from which on the residual stays below `target`, nothing if it does not.
    [[nodiscard]] std::optional<std::size_t> settles(double target) const;
    // The same in RC, interpolated between steps (the residual falls exponentially).
    [[nodiscard]] std::optional<double> settles_rc(double target) const;
};

enum class Phase { free, plus, minus };

// Relaxes all samples of a case by any dynamics. Nudged phases start from the free equilibrium, which is the
// same for all dynamics.
class ResidualBench {
  public:
    // Residuals are followed down to this; below it is single precision's rounding.
    static constexpr double floor = 1e-5;
    static constexpr double longest_rc = 200.0;

    ResidualBench(const BenchCase& bench, double beta);

    // One curve a sample that the phase moves at all: a nudge does nothing to outputs that sit at their
    // bounds on the right side. Which these are depends on the phase alone. Curves end when all samples have
    // reached the floor.
    std::vector<ResidualCurve> curves(const Dynamics& dynamics, double step_rc, Phase phase);

  private:
    std::size_t load(std::size_t first);
    void find_equilibrium();
    [[nodiscard]] double residual(std::size_t row) const;

    const BenchCase& bench_;
    double beta_;
    std::unique_ptr<EnergyModel> energy_;
    std::unique_ptr<FieldKernel> kernel_;
    RandomStream no_noise_;
    LaneBlock block_;
    Matrix field_;
    Nudge nudge_;
};

} // namespace isinglass
