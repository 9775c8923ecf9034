// Layered Hopfield networks in plain double precision, written from the equations alone: the oracle of the
// physics tests. It shares no code with hw_models.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace isinglass::reference {

// Inputs, hidden layers and outputs in a chain; spins of all layers but the inputs lie one after the other.
struct Net {
    std::vector<std::size_t> sizes;           // inputs, hidden layers, outputs
    std::vector<std::vector<double>> weights; // weights[l]: [sizes[l] × sizes[l + 1]], row-major
    std::vector<std::vector<double>> biases;  // biases[l]: sizes[l + 1]
    std::vector<double> low, high;            // bounds of layer l + 1

    [[nodiscard]] std::size_t spins() const;
    [[nodiscard]] std::size_t outputs() const { return sizes.back(); }
};

// The energies and forces of one sample. Keeps a reference to `net`, whose couplings may change before
// set_inputs().
//     E = ½Σs² − Σ s_lᵀ W_l s_{l+1} − Σ b·s,  C = ½‖o − y‖²,  F = E + βC − Σ current·o
class Problem {
  public:
    Problem(const Net& net, std::span<const double> inputs);
    void set_inputs(std::span<const double> inputs);
    void nudge(double beta, std::span<const double> target);
    // The force of a frozen nudge: a constant current into the outputs.
    void inject(std::span<const double> current);

    [[nodiscard]] double energy(std::span<const double> s) const;
    [[nodiscard]] double cost(std::span<const double> s, std::span<const double> target) const;
    // out = ∂F/∂s
    void gradient(std::span<const double> s, std::span<double> out) const;
    // The same, 0 where a spin at its bound is pushed outwards: all zero at an equilibrium.
    [[nodiscard]] std::vector<double> projected_gradient(std::span<const double> s) const;
    // The distance of the least certain spin from a change of regime: of a free one to its bound, of one at
    // its bound to a force of zero.
    [[nodiscard]] double kink_margin(std::span<const double> s) const;

    [[nodiscard]] std::size_t spins() const { return low_.size(); }
    [[nodiscard]] std::span<const double> low() const { return low_; }
    [[nodiscard]] std::span<const double> high() const { return high_; }
    // Leak of an output, 1 + β; of every other spin 1.
    [[nodiscard]] double leak(std::size_t spin) const;

  private:
    const Net& net_;
    std::vector<double> constant_; // W_in x + b
    std::vector<double> low_, high_;
    double beta_ = 0.0;
    std::vector<double> force_; // on the outputs, without their leak
};

// Largest magnitude.
double max_norm(std::span<const double> v);

// Relaxes ds/dt = −∂F/∂s within the bounds from `start` until the projected gradient is below 1e-13. Throws
// std::runtime_error where it never is.
std::vector<double> equilibrium(const Problem& problem, std::vector<double> start);

// The same by ds/dt = a₀p, dp/dt = −∂F/∂s − γp with inelastic walls, until p is below 1e-13 too.
std::vector<double> conjugate_equilibrium(const Problem& problem, std::vector<double> start, double stiffness,
                                          double friction);

} // namespace isinglass::reference
