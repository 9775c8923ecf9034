// Energies that are sums over couplings and nodes, with their derivatives in double precision: what exact
// gradients are computed from. Written from the equations (see the models in hw_models/array), sharing no
// code with the kernels.
#pragma once

#include "hw_models/array/energy_model.hpp"
#include "hw_models/base/chosen.hpp"

#include <array>
#include <memory>
#include <span>
#include <vector>

namespace isinglass {

// Of the energy e(a, b) of a coupling of strength 1 between nodes at a and b.
struct PairSlopes {
    double a = 0.0, b = 0.0;             // ∂e/∂a, ∂e/∂b
    double aa = 0.0, ab = 0.0, bb = 0.0; // second derivatives
};

// Of the energy u(s; θ) of a node with parameters θ.
struct NodeSlopes {
    double s = 0.0, ss = 0.0;
    std::array<double, 2> parameter{}; // ∂²u/∂s∂θ, one for each parameter
};

// E = Σ_inputs w e_in(x, s) + Σ_couplings w e(a, b) + Σ_nodes u(s; θ).
class PairEnergy {
  public:
    virtual ~PairEnergy() = default;
    // What couplings from the inputs start at, of levels 0 … 1.
    [[nodiscard]] virtual std::vector<double> input_nodes(std::span<const float> levels) const;
    [[nodiscard]] virtual PairSlopes between(double a, double b) const = 0;
    [[nodiscard]] virtual PairSlopes from_input(double x, double s) const { return between(x, s); }
    [[nodiscard]] virtual NodeSlopes node(double s, std::span<const double> theta) const = 0;
    // ∂o/∂s of what an output shows (EnergyModel::observe).
    [[nodiscard]] virtual double slope_shown(double /*s*/) const { return 1.0; }
};

// Nothing for models that are no such sum, or have no gradient: predictive ones, solvers, two-valued nodes.
std::unique_ptr<PairEnergy> make_pair_energy(Chosen<EnergyModel> model);

} // namespace isinglass
