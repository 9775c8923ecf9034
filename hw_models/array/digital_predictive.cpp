// Predictive networks on the digital array. Words as in digital_hopfield.cpp; a step is one forward pass of a
// free phase, h_k ← clip(a_k), or in nudged phases, for every second layer at a time, those of the outputs
// first,
//     h_k ← clip(a_k + Σ_links round(M · Σ w ε)),  ε = h − a where the bounds leave a alone,
// and at the outputs clip(a + round(B (y − o))).
#include "hw_models/array/digital_base.hpp"

namespace isinglass {

namespace {

class DigitalPredictive final : public DigitalBase {
  public:
    explicit DigitalPredictive(const DigitalSite& site)
        : DigitalBase(site),
          turns_(sets_from_outputs(net_)),
          constants_(LaneBlock::rows(), Words(net_.state_columns)),
          state_(net_.state_columns),
          sums_(net_.state_columns),
          errors_(net_.state_columns),
          back_(net_.state_columns) {}

  protected:
    void take_inputs(std::size_t r, const Words& codes) override {
        std::ranges::fill(constants_[r], 0);
        add_inputs(codes, spec_.unit() / input_top_, constants_[r]);
        add_node_parameter(0, constants_[r]);
    }

    void move(std::size_t r, LaneBlock& block) override {
        float* s = block.state.row(r).data();
        for (std::size_t j = 0; j < state_.size(); ++j) state_[j] = word(s[j]);
        if (phase_.nudge.beta == 0.0) {
            for (std::size_t l = 0; l < net_.layers.size(); ++l) {
                sum(r, LayerSet{1} << l);
                take(LayerSet{1} << l);
            }
        } else {
            for (const auto& set : turns_) {
                sum(r, all_layers);
                find_errors();
                std::ranges::fill(back_, 0);
                add_back(errors_, set.layers, back_);
                for (std::size_t j = 0; j < sums_.size(); ++j) sums_[j] += back_[j];
                add_nudge(r, block);
                take(set.layers);
            }
        }
        const auto unit = static_cast<float>(1.0 / spec_.unit());
        for (std::size_t j = 0; j < state_.size(); ++j) s[j] = unit * static_cast<float>(state_[j]);
    }

  private:
    // A layer's bounds, or those of a state's word where they are narrower.
    [[nodiscard]] std::int32_t low(const Stretch& x) const { return std::max(word(x.low), -top_ - 1); }
    [[nodiscard]] std::int32_t high(const Stretch& x) const { return std::min(word(x.high), top_); }

    void sum(std::size_t r, LayerSet layers) {
        for_each_stretch(net_, layers, [&](std::size_t, const Stretch& x) {
            std::copy(constants_[r].begin() + static_cast<std::ptrdiff_t>(x.first),
                      constants_[r].begin() + static_cast<std::ptrdiff_t>(x.nodes_end),
                      sums_.begin() + static_cast<std::ptrdiff_t>(x.first));
        });
        add_into(state_, layers, sums_);
    }
    void take(LayerSet layers) {
        for_each_stretch(net_, layers, [&](std::size_t, const Stretch& x) {
            for (std::size_t j = x.first; j < x.nodes_end; ++j)
                state_[j] = std::clamp(sums_[j], low(x), high(x));
        });
    }
    void find_errors() {
        for_each_stretch(net_, all_layers, [&](std::size_t, const Stretch& x) {
            for (std::size_t j = x.first; j < x.nodes_end; ++j)
                errors_[j] = sums_[j] > low(x) && sums_[j] < high(x) ? state_[j] - sums_[j] : 0;
        });
    }
    void add_nudge(std::size_t r, const LaneBlock& block) {
        const auto& out = net_.output();
        const bool frozen = phase_.nudge.frozen;
        const float* from = (frozen ? block.injected : block.targets).row(r).data();
        for (std::size_t j = 0; j < out.size; ++j)
            sums_[out.offset + j] += nudged(word(from[j]) - (frozen ? 0 : state_[out.offset + j]));
    }

    const std::int32_t top_ = (1 << (spec_.state_bits - 1)) - 1; // largest word of a state
    std::vector<NodeSet> turns_;
    std::vector<Words> constants_;
    Words state_, sums_, errors_, back_;
};

} // namespace

std::unique_ptr<DigitalRule> make_digital_predictive(const DigitalSite& site) {
    return std::make_unique<DigitalPredictive>(site);
}

} // namespace isinglass
