// E = −½ sᵀJs − (h + W_in x)ᵀ s of spins s = ±1: an Ising machine, or a network of p-bits. EP on it:
// Laydevant, Marković, Grollier, "Training an Ising machine with equilibrium propagation", Nature
// Communications 2024.
//
// The field from inputs and bias saturates at ±field_limit, as on that paper's machine; the EP rule takes it
// for linear.
#include "hw_models/array/state_loops.hpp"

namespace isinglass {

namespace {

class BinaryKernel final : public FieldKernel {
  public:
    BinaryKernel(const Network& net, double field_limit)
        : net_(net), limit_(static_cast<float>(field_limit)), products_(net) {}

    void clamp(const float* values, LaneBlock& block) override {
        products_.begin(block.lanes);
        fill_node_parameter(net_, values, 0, block.constant);
        products_.add_from_inputs(values, block.inputs, block.constant);
        for (std::size_t r = 0; r < block.lanes; ++r)
            for (float& field : block.constant.row(r)) field = clamped(field, -limit_, limit_);
    }

    // s² = 1 makes the squared error linear: ½(s − y)² = −ys + const, so that a live nudge is the field βy
    // and has no part that grows with s.
    void field(const float* values, const Nudge& nudge, const LaneBlock& block, const Matrix& s,
               LayerSet layers, Matrix& field) override {
        products_.between_spins(values, s, layers, field);
        add_difference_nudge(net_, nudge, block, layers, field);
    }

    double leak(std::size_t, const Nudge&) const override { return 0.0; }

    // Along the field; where there is none a spin stays.
    void solve(const float* values, const Nudge& nudge, LaneBlock& block, const NodeSet& nodes) override {
        field(values, nudge, block, block.state, nodes.layers, block.field);
        for (std::size_t r = 0; r < block.lanes; ++r) {
            const float* c = block.constant.row(r).data();
            const float* n = block.field.row(r).data();
            float* s = block.state.row(r).data();
            for_each_stretch(net_, nodes.layers, [&](std::size_t, const Stretch& x) {
                for (std::size_t j = x.first; j < x.nodes_end; ++j) {
                    const float along = n[j] + c[j];
                    const float solved = along > 0.0F ? x.high : along < 0.0F ? x.low : s[j];
                    s[j] = nodes.chosen(j, solved, s[j]);
                }
            });
        }
    }

  private:
    const Network& net_;
    float limit_;
    LinkProducts products_;
};

class Binary final : public EnergyModel {
  public:
    void fields(Fields& f) override {
        f.number({"field_limit", "largest field of a node from inputs and bias together, beyond which it "
                                 "saturates; also the largest bias"},
                 field_limit_, {1e-6, 1e6});
    }
    std::string name() const override { return "binary"; }
    std::string circuit() const override { return "p-bits"; }
    std::vector<Activation> activations() const override {
        return {{.name = "sign", .low = -1.0F, .high = 1.0F, .domain = Domain::sign}};
    }
    NetworkNeeds needs() const override { return {.node_parameters = {{.range = field_limit_}}}; }
    std::unique_ptr<FieldKernel> kernel(const Network& net) const override {
        return std::make_unique<BinaryKernel>(net, field_limit_);
    }
    std::vector<Relaxation> relaxations() const override { return {Relaxation::sampling, Relaxation::solve}; }

    // Independent random signs.
    void reset(const Network& net, const RandomStream& draws, DrawKey key,
               std::span<float> state) const override {
        thread_local AlignedVector<float> drawn;
        drawn.resize(state.size());
        draws.uniforms(key, drawn);
        for (const auto& layer : net.layers)
            for (std::size_t j = layer.offset; j < layer.offset + layer.size; ++j)
                state[j] = drawn[j] < 0.5F ? layer.low : layer.high;
    }

    void confine(const Network& net, std::size_t block, std::span<float> values) const override {
        const auto range = static_cast<float>(net.blocks[block].range);
        for (float& v : values) v = clamped(v, -range, range);
    }

    std::vector<LocalTerm> local_terms() const override { return {LocalTerm{}}; }

    // Energies of finitely many states are bounded: any beta has an equilibrium.
    void check_nudge(const Network&, const Nudge& nudge) const override {
        if (!nudge.frozen) refuse_other_laws(nudge, {NudgeLaw::difference}, name());
    }

  private:
    double field_limit_ = 4.0;
};

} // namespace

std::unique_ptr<EnergyModel> make_binary() {
    return std::make_unique<Binary>();
}

} // namespace isinglass
