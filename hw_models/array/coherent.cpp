// Coherent Ising machine below and at threshold: degenerate optical parametric oscillators of amplitude x,
//     E = Σ [(1 − p) x²/2 + x⁴/4] − Σ x_i W_ij x_j − Σ b·x,   dx/dt = (p − 1 − x²) x + Σ W x + b
// (Wang et al., Phys. Rev. A 88, 063853, 2013, with the feedback's strength taken into W). Cells are
// monostable for pumps p ≤ 1, as outputs of many classes need.
#include "hw_models/array/state_loops.hpp"

namespace isinglass {

namespace {

class CoherentKernel final : public FieldKernel {
  public:
    CoherentKernel(const Network& net, float pump) : net_(net), products_(net), pump_(pump) {}

    void clamp(const float* values, LaneBlock& block) override {
        products_.begin(block.lanes);
        fill_node_parameter(net_, values, 0, block.constant);
        products_.add_from_inputs(values, block.inputs, block.constant);
    }

    void field(const float* values, const Nudge& nudge, const LaneBlock& block, const Matrix& s,
               LayerSet layers, Matrix& field) override {
        products_.between_spins(values, s, layers, field);
        add_own(s, layers, field);
        add_difference_nudge(net_, nudge, block, layers, field);
    }

    // Beyond the leak of 1: p x − x³.
    void add_own(const Matrix& s, Matrix& field) const override { add_own(s, all_layers, field); }

    double leak(std::size_t layer, const Nudge& nudge) const override {
        return 1.0 + nudge_conductance(net_, layer, nudge);
    }

    void solve(const float*, const Nudge&, LaneBlock&, const NodeSet&) override {
        throw std::logic_error("amplitudes have no exact solution node by node");
    }

  private:
    void add_own(const Matrix& s, LayerSet layers, Matrix& field) const {
        for (std::size_t r = 0; r < field.rows(); ++r) {
            const float* x = s.row(r).data();
            float* f = field.row(r).data();
            for_each_stretch(net_, layers, [&](std::size_t, const Stretch& stretch) {
                for (std::size_t j = stretch.first; j < stretch.nodes_end; ++j)
                    f[j] += (pump_ - x[j] * x[j]) * x[j];
            });
        }
    }

    const Network& net_;
    LinkProducts products_;
    float pump_;
};

class Coherent final : public EnergyModel {
  public:
    std::string name() const override { return "coherent"; }
    void fields(Fields& f) override {
        f.number({"pump", "pump rate over the threshold's; amplitudes have one stable state up to 1"}, pump_,
                 {0.0, 1.0});
    }
    std::vector<Activation> activations() const override {
        return {{.name = "amplitude", .low = -1.5F, .high = 1.5F}};
    }
    std::unique_ptr<FieldKernel> kernel(const Network& net) const override {
        return std::make_unique<CoherentKernel>(net, static_cast<float>(pump_));
    }
    std::vector<Relaxation> relaxations() const override {
        return {Relaxation::flow, Relaxation::error_variables};
    }
    std::vector<LocalTerm> local_terms() const override { return {LocalTerm{}}; }
    void check_nudge(const Network& net, const Nudge& nudge) const override {
        check_difference_nudge(net, nudge, name());
    }

  private:
    double pump_ = 0.5;
};

} // namespace

std::unique_ptr<EnergyModel> make_coherent() {
    return std::make_unique<Coherent>();
}

} // namespace isinglass
