// Positions x in −1 … 1 of a simulated bifurcation machine, E = −½ xᵀJx − (h + W_in x_in)ᵀx: a solver, which
// ends at corners and has no equilibrium that a nudge could shift (Goto et al., Science Advances 7, eabe7953,
// 2021).
#include "hw_models/array/state_loops.hpp"
#include "hw_models/base/error.hpp"

#include <stdexcept>

namespace isinglass {

namespace {

class BifurcationKernel final : public FieldKernel {
  public:
    explicit BifurcationKernel(const Network& net) : net_(net), products_(net) {}

    void clamp(const float* values, LaneBlock& block) override {
        products_.begin(block.lanes);
        fill_node_parameter(net_, values, 0, block.constant);
        products_.add_from_inputs(values, block.inputs, block.constant);
    }
    void field(const float* values, const Nudge&, const LaneBlock&, const Matrix& s, LayerSet layers,
               Matrix& field) override {
        products_.between_spins(values, s, layers, field);
    }
    double leak(std::size_t, const Nudge&) const override { return 0.0; }
    void solve(const float*, const Nudge&, LaneBlock&, const NodeSet&) override {
        throw std::logic_error("positions have no exact solution node by node");
    }

  private:
    const Network& net_;
    LinkProducts products_;
};

class Bifurcation final : public EnergyModel {
  public:
    std::string name() const override { return "bifurcation"; }
    std::vector<Activation> activations() const override {
        return {{.name = "position", .low = -1.0F, .high = 1.0F}};
    }
    std::unique_ptr<FieldKernel> kernel(const Network& net) const override {
        return std::make_unique<BifurcationKernel>(net);
    }
    std::vector<Relaxation> relaxations() const override { return {Relaxation::bifurcation}; }
    std::vector<LocalTerm> local_terms() const override { return {LocalTerm{}}; }

    // Random positions between the walls: spread widely, so that shots end in different states.
    void reset(const Network& net, const RandomStream& draws, DrawKey key,
               std::span<float> state) const override {
        thread_local AlignedVector<float> drawn;
        drawn.resize(state.size());
        draws.uniforms(key, drawn);
        for (const auto& layer : net.layers)
            for (std::size_t j = layer.offset; j < layer.offset + layer.size; ++j)
                state[j] = layer.low + (layer.high - layer.low) * drawn[j];
    }

    void check_nudge(const Network&, const Nudge& nudge) const override {
        if (nudge.beta == 0.0) return;
        throw UserError(
            "network.model = \"bifurcation\" is a solver's: it has no equilibrium that a nudge could "
            "shift; `isinglass solve` runs it, and hopfield, coherent, xy, oscillator, binary and "
            "resistive can be trained");
    }
};

} // namespace

std::unique_ptr<EnergyModel> make_bifurcation() {
    return std::make_unique<Bifurcation>();
}

} // namespace isinglass
