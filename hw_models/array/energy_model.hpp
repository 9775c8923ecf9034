// What an energy model is: the field that drives relaxation, and the local terms that learning reads.
#pragma once

#include "hw_models/array/lane_block.hpp"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace isinglass {

// Set of layers, bit l for layer l.
using LayerSet = std::uint64_t;
inline constexpr LayerSet all_layers = ~LayerSet{0};

// An energy model bound to one thread. Relaxation follows ds/dt = −leak·s + constant + field(s), kept within
// the layers' bounds, so that the fixed points are the minima of F = E + βC.
// - `values` is the programmed parameter vector (Network::parameters floats).
// - Row r of every result depends on row r of the operands and on `values` only.
class FieldKernel {
  public:
    virtual ~FieldKernel() = default;

    // block.constant from block.inputs and the biases.
    virtual void clamp(const float* values, LaneBlock& block) = 0;

    // field = what the other spins and the nudge add at state `s`, for the columns of `layers` (others are
    // left).
    virtual void field(const float* values, const Nudge& nudge, const LaneBlock& block, const Matrix& s,
                       LayerSet layers, Matrix& field) = 0;

    // Leak of a layer in units of 1/RC, the nudge's own conductance included; positive for a stable cell.
    [[nodiscard]] virtual double leak(std::size_t layer, const Nudge& nudge) const = 0;
};

// One bilinear part of ∂E/∂θ: coefficient · pre(s_i) · post(s_j) for a coupling, coefficient · post(s_j) for
// a bias.
struct LocalTerm {
    using FeatureMap = std::function<void(std::span<const float> s, std::span<float> feature)>;
    double coefficient = -1.0;
    FeatureMap pre;  // empty: the state itself
    FeatureMap post; // empty: the state itself
    bool on_bias = true;
};

// An energy model: stateless and shared between threads, host and chip.
class EnergyModel {
  public:
    virtual ~EnergyModel() = default;

    [[nodiscard]] virtual std::unique_ptr<FieldKernel> kernel(const Network& net) const = 0;
    // State after RESET.
    [[nodiscard]] virtual float reset_value(const SpinLayer& layer) const = 0;
    [[nodiscard]] virtual std::vector<LocalTerm> local_terms() const = 0;
    // Throws UserError where relaxation at this nudge has no stable equilibrium, saying what would be valid.
    virtual void check_nudge(const Network& net, double beta) const = 0;
};

std::unique_ptr<EnergyModel> make_energy_model(const std::string& name);
std::span<const std::string> energy_models();

// Dissipative or conjugate machine on E = ½Σs² − Σ s_l W_l s_{l+1} − Σ b·s (physics: Scellier & Bengio 2017
// with hard-sigmoid cells).
std::unique_ptr<EnergyModel> make_hopfield();

} // namespace isinglass
