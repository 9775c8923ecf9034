// The energy E and the residual |∂F/∂s| of a sample's state, from the force of its energy model.
#pragma once

#include "hw_models/array/energy_model.hpp"

namespace isinglass {

// Bound to one network; for what is watched, not for the step loop of training.
class EnergyMeter {
  public:
    explicit EnergyMeter(const Network& net);

    // Largest force −∂F/∂s of a node of that row, of those at a bound only where it leads back inside.
    double residual(FieldKernel& kernel, const float* values, const Nudge& nudge, const LaneBlock& block,
                    std::size_t row);
    // E(s) − E(0) at the clamped inputs. A force has a potential: the work along the straight line from the
    // state of zeros, by Gauss's rule of eight points, exact for energies that are polynomials.
    double energy(FieldKernel& kernel, const float* values, const LaneBlock& block, std::size_t row);

  private:
    void find_force(FieldKernel& kernel, const float* values, const Nudge& nudge, const LaneBlock& block,
                    std::size_t row, const Matrix& state);

    const Network& net_;
    Matrix state_, force_;
};

} // namespace isinglass
