// E = ½Σ_k ‖h_k − f_k(a_k)‖², a_k = Σ W h_j + b over the couplings into layer k, f = ReLU or the identity:
// every layer predicts the next. At β = 0 one forward pass is the equilibrium, E = 0. A nudged layer moves by
// the modified projected gradient (arXiv 2606.03584)
//     h_k ← f(a_k + Δ_k),  Δ_k = Σ Wᵀ (ε ⊙ f′(a)) over the couplings out of layer k,  ε = h − f(a),
// and a nudged output to h_L ← a_L − β ∂C/∂h_L.
#include "hw_models/array/state_loops.hpp"
#include "hw_models/base/error.hpp"

#include <fmt/core.h>

#include <cstring>

namespace isinglass {

namespace {

class PredictiveKernel final : public FieldKernel {
  public:
    explicit PredictiveKernel(const Network& net)
        : net_(net),
          products_(net),
          sums_(LaneBlock::rows(), net.state_columns),
          summed_(LaneBlock::rows(), net.state_columns),
          errors_(LaneBlock::rows(), net.state_columns),
          back_(LaneBlock::rows(), net.state_columns),
          into_(net.layers.size(), 0),
          out_of_(net.layers.size(), 0) {
        for (const auto& link : net.links) {
            if (link.from == input_layer) continue;
            into_[link.to] |= LayerSet{1} << link.from;
            out_of_[link.from] |= LayerSet{1} << link.to;
        }
    }

    void clamp(const float* values, LaneBlock& block) override {
        products_.begin(block.lanes);
        fill_node_parameter(net_, values, 0, block.constant);
        products_.add_from_inputs(values, block.inputs, block.constant);
        fresh_ = 0; // couplings stay as they are until the next clamp
    }

    // What is beyond the constant of the target f(a + Δ + nudge) before its bounds.
    void field(const float* values, const Nudge& nudge, const LaneBlock& block, const Matrix& s,
               LayerSet layers, Matrix& field) override {
        const LayerSet wanted = nudge.beta == 0.0 ? layers : layers | above(layers);
        sum(values, block, s, wanted);
        if (nudge.beta != 0.0) add_errors(values, block, s, layers);
        for (std::size_t r = 0; r < block.lanes; ++r)
            for_each_stretch(net_, layers, [&](std::size_t, const Stretch& x) {
                const float* a = sums_.row(r).data();
                const float* c = block.constant.row(r).data();
                const float* d = back_.row(r).data();
                float* f = field.row(r).data();
                for (std::size_t j = x.first; j < x.end; ++j)
                    f[j] = a[j] - c[j] + (nudge.beta == 0.0 ? 0.0F : d[j]);
            });
        add_nudge(nudge, block, s, layers, field);
    }

    double leak(std::size_t, const Nudge&) const override { return 1.0; }

    void solve(const float* values, const Nudge& nudge, LaneBlock& block, const NodeSet& nodes) override {
        field(values, nudge, block, block.state, nodes.layers, block.field);
        for (std::size_t r = 0; r < block.lanes; ++r)
            for_each_stretch(net_, nodes.layers, [&](std::size_t, const Stretch& x) {
                const float* f = block.field.row(r).data();
                const float* c = block.constant.row(r).data();
                float* h = block.state.row(r).data();
                for (std::size_t j = x.first; j < x.end; ++j) h[j] = clamped(f[j] + c[j], x.low, x.high);
            });
    }

    void errors(const float* values, LaneBlock& block, Matrix& errors) override {
        sum(values, block, block.state, all_layers);
        error_rows(block, block.state, all_layers, errors);
    }

  private:
    [[nodiscard]] LayerSet above(LayerSet layers) const {
        LayerSet all = 0;
        for (std::size_t l = 0; l < out_of_.size(); ++l)
            if ((layers >> l) & 1U) all |= out_of_[l];
        return all;
    }

    // sums_ = a of those layers at state s; those whose layers before have not moved are kept.
    void sum(const float* values, const LaneBlock& block, const Matrix& s, LayerSet layers) {
        LayerSet stale = 0;
        for (std::size_t l = 0; l < net_.layers.size(); ++l)
            if (((layers >> l) & 1U) && (((fresh_ >> l) & 1U) == 0 || moved(block, s, into_[l])))
                stale |= LayerSet{1} << l;
        if (stale == 0) return;
        LayerSet before = 0;
        for (std::size_t l = 0; l < net_.layers.size(); ++l)
            if ((stale >> l) & 1U) {
                copy_layer(block, l, block.constant, sums_);
                before |= into_[l];
            }
        products_.add_into(values, s, stale, sums_);
        // Sums of other layers that the layers before also lead to are of other states from now on.
        for (std::size_t l = 0; l < net_.layers.size(); ++l) {
            if (((before >> l) & 1U) == 0 || !moved(block, s, LayerSet{1} << l)) continue;
            copy_layer(block, l, s, summed_);
            fresh_ &= ~out_of_[l];
        }
        fresh_ |= stale;
    }

    [[nodiscard]] bool moved(const LaneBlock& block, const Matrix& s, LayerSet layers) const {
        for (std::size_t l = 0; l < net_.layers.size(); ++l) {
            if (((layers >> l) & 1U) == 0) continue;
            const auto& layer = net_.layers[l];
            for (std::size_t r = 0; r < block.lanes; ++r)
                if (std::memcmp(s.row(r).data() + layer.offset, summed_.row(r).data() + layer.offset,
                                layer.size * sizeof(float)) != 0)
                    return true;
        }
        return false;
    }

    void copy_layer(const LaneBlock& block, std::size_t l, const Matrix& from, Matrix& to) const {
        const auto& layer = net_.layers[l];
        for (std::size_t r = 0; r < block.lanes; ++r)
            std::copy_n(from.row(r).data() + layer.offset, layer.size, to.row(r).data() + layer.offset);
    }

    // ε ⊙ f′(a), 0 where the prediction is at a bound. sums_ must be those of s.
    void error_rows(const LaneBlock& block, const Matrix& s, LayerSet layers, Matrix& out) const {
        for (std::size_t r = 0; r < block.lanes; ++r)
            for_each_stretch(net_, layers, [&](std::size_t, const Stretch& x) {
                const float* a = sums_.row(r).data();
                const float* h = s.row(r).data();
                float* e = out.row(r).data();
                for (std::size_t j = x.first; j < x.nodes_end; ++j)
                    e[j] = a[j] > x.low && a[j] < x.high ? h[j] - a[j] : 0.0F;
            });
    }

    // back_ = Δ of those layers.
    void add_errors(const float* values, const LaneBlock& block, const Matrix& s, LayerSet layers) {
        error_rows(block, s, above(layers), errors_);
        for (std::size_t r = 0; r < block.lanes; ++r)
            for_each_stretch(net_, layers, [&](std::size_t, const Stretch& x) {
                std::fill(back_.row(r).data() + x.first, back_.row(r).data() + x.nodes_end, 0.0F);
            });
        products_.add_back(values, s, errors_, layers, back_);
    }

    void add_nudge(const Nudge& nudge, const LaneBlock& block, const Matrix& s, LayerSet layers,
                   Matrix& field) const {
        const auto& out = net_.output();
        if (nudge.beta == 0.0 || ((layers >> (net_.layers.size() - 1)) & 1U) == 0) return;
        const auto beta = static_cast<float>(nudge.beta);
        for (std::size_t r = 0; r < block.lanes; ++r) {
            const float* from = (nudge.frozen ? block.injected : block.targets).row(r).data();
            const float* o = s.row(r).data() + out.offset;
            float* f = field.row(r).data() + out.offset;
            for (std::size_t j = 0; j < out.size; ++j)
                f[j] += beta * (nudge.frozen ? from[j] : from[j] - o[j]);
        }
    }

    const Network& net_;
    LinkProducts products_;
    Matrix sums_;   // a, with the constant
    Matrix summed_; // the states that they are of
    Matrix errors_, back_;
    std::vector<LayerSet> into_, out_of_; // of each layer: the spin layers before and after it
    LayerSet fresh_ = 0;                  // layers whose sums are of `summed_`
};

class Predictive final : public EnergyModel {
  public:
    std::string name() const override { return "predictive"; }
    std::vector<Activation> activations() const override {
        return {{.name = "relu", .low = 0.0F, .high = 8.0F}, {.name = "linear", .low = -8.0F, .high = 8.0F}};
    }
    NetworkNeeds needs() const override { return {.convolves = true, .one_way = true}; }
    std::unique_ptr<FieldKernel> kernel(const Network& net) const override {
        return std::make_unique<PredictiveKernel>(net);
    }
    std::vector<Relaxation> relaxations() const override { return {Relaxation::passes}; }
    std::vector<LocalTerm> local_terms() const override { return {LocalTerm{}}; }
    bool learns_from_errors() const override { return true; }
    bool gradient_vanishes_when_free() const override { return true; }
    void check_nudge(const Network&, const Nudge& nudge) const override {
        if (nudge.frozen) return;
        refuse_other_laws(nudge, {NudgeLaw::difference}, name());
        if (std::abs(nudge.beta) < 1.0) return;
        throw UserError(fmt::format("a live nudge of beta = {} moves the outputs of a predictive network by "
                                    "more than their error in every pass; valid is -1 < beta < 1",
                                    nudge.beta));
    }
};

} // namespace

std::unique_ptr<EnergyModel> make_predictive() {
    return std::make_unique<Predictive>();
}

} // namespace isinglass
