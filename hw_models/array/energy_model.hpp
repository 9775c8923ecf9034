// What an energy model is: its nodes, the field that drives relaxation, and the local terms that learning
// reads.
#pragma once

#include "hw_models/array/link_products.hpp"
#include "hw_models/array/node_sets.hpp"
#include "hw_models/base/fields.hpp"
#include "hw_models/base/random.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace isinglass {

// How the output cells of an array turn a target y into the force −β ∂C/∂o by themselves (a live nudge).
// - difference: C = ½(o − y)², of what the outputs show (EnergyModel::observe)
// - sine:       C = 1 − cos(o − y), of angles
// - tangent:    C = −log((1 + ε + cos(o − y)) / (2 + ε)), of angles. At ε = 0 the force is tan((o − y) / 2)
//   and has no bound; ε saturates it at 1 / √(2ε + ε²) = 10 near o − y = ±π, where it turns round through 0.
enum class NudgeLaw { difference, sine, tangent };
inline constexpr float tangent_softness = 0.005F; // ε
std::string_view name_of(NudgeLaw law);

// The force on the outputs in a nudged phase. The free phase has beta = 0.
struct Nudge {
    double beta = 0.0;
    bool frozen = false; // beta · LaneBlock::injected instead of the law
    NudgeLaw law = NudgeLaw::difference;
};

// An energy model bound to one thread and one network. Relaxation follows ds/dt = −leak·s + constant +
// field(s), kept within the layers' domains, so that the fixed points are the minima of F = E + βC.
// - `values` is the programmed parameter vector (Network::parameters floats).
// - Row r of every result depends on row r of the operands and on `values` only.
class FieldKernel {
  public:
    virtual ~FieldKernel() = default;

    // What does not change while spins move, block.constant among it, from block.inputs and the parameters.
    virtual void clamp(const float* values, LaneBlock& block) = 0;

    // field = what the other spins and the nudge add at state `s`, for the columns of `layers` (others are
    // left).
    virtual void field(const float* values, const Nudge& nudge, const LaneBlock& block, const Matrix& s,
                       LayerSet layers, Matrix& field) = 0;

    // Leak of a layer in units of 1/RC, the nudge's own conductance included; positive for a stable cell, 0
    // for one without.
    [[nodiscard]] virtual double leak(std::size_t layer, const Nudge& nudge) const = 0;

    // Adds the part of field() that a node makes by itself beyond its leak, [rows × state columns]; most make
    // none.
    virtual void add_own(const Matrix& /*s*/, Matrix& /*field*/) const {}

    // Puts every node of `nodes`, none joined to another, to the minimum of F with all others held. Only of
    // models that can (EnergyModel::relaxations).
    virtual void solve(const float* values, const Nudge& nudge, LaneBlock& block, const NodeSet& nodes) = 0;

    // Of models that learn from errors (EnergyModel::learns_from_errors): −∂E/∂(sum of the couplings into a
    // node) at block.state, [rows × state columns].
    virtual void errors(const float* /*values*/, LaneBlock& /*block*/, Matrix& /*errors*/) {}
};

// One bilinear part of ∂E/∂θ: coefficient · pre(s_i) · post(s_j) for the coupling of i and j.
struct LocalTerm {
    using FeatureMap = std::function<void(std::span<const float> s, std::span<float> feature)>;
    double coefficient = -1.0;
    FeatureMap pre{};   // empty: the state itself
    FeatureMap post{};  // empty: the state itself
    FeatureMap input{}; // of clamped lines, [inputs] to [input nodes], in place of `pre`; empty: the levels
    bool from_inputs = true;  // false: clamped lines have no part in this term
    bool pre_is_one = false;  // the feature is 1 everywhere, clamped or not
    bool post_is_one = false; // likewise
};

// States that an experiment can give a layer.
struct Activation {
    std::string name;
    float low = 0.0F, high = 1.0F;
    Domain domain = Domain::interval;
};

// Ways of relaxing: the gradient flow ds/dt = −∂F/∂s, the same with a conjugate variable a node, exact
// solution node by node, sampling of two-valued nodes at a temperature, passes through the layers of a
// network that predicts each from the one before; and of solvers, positions that bifurcate, and amplitudes
// that error variables hold.
enum class Relaxation { flow, pairs, solve, sampling, passes, bifurcation, error_variables };

// An energy model: stateless once its fields are read, and shared between threads, host and chip.
class EnergyModel {
  public:
    virtual ~EnergyModel() = default;
    virtual void fields(Fields&) {}
    // As make_energy_model() knows it.
    [[nodiscard]] virtual std::string name() const = 0;

    // The circuit whose nodes are this model's, of circuit_kinds().
    [[nodiscard]] virtual std::string circuit() const { return "transconductors"; }

    // --- the network
    // The first is the default.
    [[nodiscard]] virtual std::vector<Activation> activations() const = 0;
    [[nodiscard]] virtual NetworkNeeds needs() const { return {}; }
    // Start values of a run into `theta` [Network::parameters], zero before: U(±gain / √fan_in) for couplings
    // and 0 for node parameters unless a model says otherwise.
    virtual void initialise(const Network& net, double gain, const RandomStream& draws,
                            std::span<float> theta) const;
    // Puts numbers of block `block`, after an update, back to what its devices can be; by default all can.
    virtual void confine(const Network&, std::size_t /*block*/, std::span<float>) const {}

    // --- relaxation
    [[nodiscard]] virtual std::unique_ptr<FieldKernel> kernel(const Network& net) const = 0;
    [[nodiscard]] virtual std::vector<Relaxation> relaxations() const = 0;
    // State after RESET into a state row, zero before; `draws` for models whose reset is random.
    virtual void reset(const Network&, const RandomStream& /*draws*/, DrawKey, std::span<float>) const {}
    // Throws UserError where its outputs have no such law, or where relaxation at this beta has no stable
    // equilibrium, saying what would be valid.
    virtual void check_nudge(const Network& net, const Nudge& nudge) const = 0;
    // Range of the target lines of the outputs.
    struct Range {
        float low, high;
    };
    [[nodiscard]] virtual Range target_range(const SpinLayer& out) const { return {out.low, out.high}; }

    // --- learning
    [[nodiscard]] virtual std::vector<LocalTerm> local_terms() const = 0;
    // Whether the post feature of its terms, and the state that add_node_gradient() takes, is the node's
    // error (FieldKernel::errors) instead of its state.
    [[nodiscard]] virtual bool learns_from_errors() const { return false; }
    // Whether ∂E/∂θ is 0 at every free equilibrium, so that estimates from one nudged state need no other.
    [[nodiscard]] virtual bool gradient_vanishes_when_free() const { return false; }
    // gradient += weight · ∂E/∂(node parameters) of `layer` at the state row `s`; theta and gradient are
    // whole parameter vectors. −s of a bias unless a model says otherwise.
    virtual void add_node_gradient(const Network& net, std::size_t layer, std::span<const float> theta,
                                   std::span<const float> s, float weight, std::span<float> gradient) const;
    // What a cost sees of the states of the outputs; the states themselves unless a model says otherwise.
    virtual void observe(std::span<const float> s, std::span<float> o) const;
    // Mean |sin φ| of the phases of a state row: near 0, all lie on the line 0, π and answer to no nudge
    // along it. Nothing of models without phases.
    [[nodiscard]] virtual std::optional<double> mean_abs_sine(const Network&, std::span<const float>) const {
        return std::nullopt;
    }
};

// A live nudge by the law 'difference' is the current β(y − o): βy in the field, where the outputs are among
// `layers`, and a conductance β that leaks βo. A frozen one is β times the injected lines.
void add_difference_nudge(const Network& net, const Nudge& nudge, const LaneBlock& block, LayerSet layers,
                          Matrix& field);
[[nodiscard]] double nudge_conductance(const Network& net, std::size_t layer, const Nudge& nudge);
// Throws UserError where cells with a leak of 1 would leak no more.
void check_difference_nudge(const Network& net, const Nudge& nudge, std::string_view model);

// Throws UserError unless `valid` has the nudge's law; `model` names the energy model.
void refuse_other_laws(const Nudge& nudge, std::initializer_list<NudgeLaw> valid, std::string_view model);

std::unique_ptr<EnergyModel> make_energy_model(const std::string& name);
std::span<const std::string> energy_models();

// Dissipative or conjugate machine on E = ½Σs² − Σ s_l W_l s_{l+1} − Σ b·s (physics: Scellier & Bengio 2017
// with hard-sigmoid cells).
std::unique_ptr<EnergyModel> make_hopfield();
// Coherent Ising machine: amplitudes of parametric oscillators.
std::unique_ptr<EnergyModel> make_coherent();

// Coupled phases with biases of trainable strength and direction.
std::unique_ptr<EnergyModel> make_xy();

// Oscillator Ising machine: phases under a bias field and a second-harmonic (synchronisation) field.
std::unique_ptr<EnergyModel> make_oscillator();
// Binary Ising machine, E = −½ sᵀJs − (h + W_in x)ᵀ s with s = ±1 (EP on it: Laydevant et al. 2024).
std::unique_ptr<EnergyModel> make_binary();
std::unique_ptr<EnergyModel> make_bifurcation();

// Resistors and diodes: E = ½Σ g (v_i − v_j)² − Σ b·v, g ≥ 0, with inputs that drive a line and its
// complement (physics: Kendall et al. 2020; exact node solves: Scellier 2024).
std::unique_ptr<EnergyModel> make_resistive();

// Predictive coding: E = ½Σ‖h_k − f_k(h_{k−1})‖², f_k a coupling with bias, ReLU and pool (EP on it:
// arXiv 2606.03584).
std::unique_ptr<EnergyModel> make_predictive();

} // namespace isinglass
