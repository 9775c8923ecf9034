// E = ½Σs² − Σ s_lᵀ W_l s_{l+1} − Σ b·s: hard-sigmoid cells.
#include "hw_models/array/state_loops.hpp"

namespace isinglass {

namespace {

class HopfieldKernel final : public FieldKernel {
  public:
    explicit HopfieldKernel(const Network& net) : net_(net), products_(net) {}

    void clamp(const float* values, LaneBlock& block) override {
        products_.begin(block.lanes);
        fill_node_parameter(net_, values, 0, block.constant);
        products_.add_from_inputs(values, block.inputs, block.constant);
    }

    void field(const float* values, const Nudge& nudge, const LaneBlock& block, const Matrix& s,
               LayerSet layers, Matrix& field) override {
        products_.between_spins(values, s, layers, field);
        add_difference_nudge(net_, nudge, block, layers, field);
    }

    double leak(std::size_t layer, const Nudge& nudge) const override {
        return 1.0 + nudge_conductance(net_, layer, nudge);
    }

    void solve(const float* values, const Nudge& nudge, LaneBlock& block, const NodeSet& nodes) override {
        field(values, nudge, block, block.state, nodes.layers, block.field);
        for (std::size_t r = 0; r < block.lanes; ++r) {
            const float* c = block.constant.row(r).data();
            const float* n = block.field.row(r).data();
            float* s = block.state.row(r).data();
            for_each_stretch(net_, nodes.layers, [&](std::size_t l, const Stretch& x) {
                const auto gain = static_cast<float>(1.0 / leak(l, nudge));
                if (nodes.mask.empty())
                    for (std::size_t j = x.first; j < x.end; ++j)
                        s[j] = clamped(gain * (n[j] + c[j]), x.low, x.high);
                else
                    for (std::size_t j = x.first; j < x.end; ++j)
                        s[j] = nodes.chosen(j, clamped(gain * (n[j] + c[j]), x.low, x.high), s[j]);
            });
        }
    }

  private:
    const Network& net_;
    LinkProducts products_;
};

class Hopfield final : public EnergyModel {
  public:
    std::string name() const override { return "hopfield"; }
    std::vector<Activation> activations() const override {
        return {{.name = "clip01"}, {.name = "linear", .low = -1.0F, .high = 2.0F}};
    }
    NetworkNeeds needs() const override { return {.convolves = true}; }
    std::unique_ptr<FieldKernel> kernel(const Network& net) const override {
        return std::make_unique<HopfieldKernel>(net);
    }
    std::vector<Relaxation> relaxations() const override {
        return {Relaxation::flow, Relaxation::pairs, Relaxation::solve};
    }
    std::vector<LocalTerm> local_terms() const override { return {LocalTerm{}}; }

    void check_nudge(const Network& net, const Nudge& nudge) const override {
        check_difference_nudge(net, nudge, name());
    }
};

} // namespace

std::unique_ptr<EnergyModel> make_hopfield() {
    return std::make_unique<Hopfield>();
}

} // namespace isinglass
