// Hopfield networks on the digital array. A state is a word of unit 2^−f; one step of a node is
//     s ← clip(s + (c + Σ_links round(M · Σ w s) + round(B (y − o)) − s) / 2^shift),
// every division a rounded shift, M the link's LSB and B the nudge's β as multipliers, c the same sum over
// the inputs and the bias, made once a CLAMP.
#include "hw_models/array/digital_base.hpp"

namespace isinglass {

namespace {

class DigitalHopfield final : public DigitalBase {
  public:
    explicit DigitalHopfield(const DigitalSite& site)
        : DigitalBase(site),
          constants_(LaneBlock::rows(), Words(net_.state_columns)),
          state_(net_.state_columns) {}

  protected:
    void take_inputs(std::size_t r, const Words& codes) override {
        std::ranges::fill(constants_[r], 0);
        add_inputs(codes, spec_.unit() / input_top_, constants_[r]);
        add_node_parameter(0, constants_[r]);
    }

    void move(std::size_t r, LaneBlock& block) override {
        float* s = block.state.row(r).data();
        for (std::size_t j = 0; j < state_.size(); ++j) state_[j] = word(s[j]);
        force_ = constants_[r];
        add_spins(state_, 1.0, force_);
        if (phase_.nudge.beta != 0.0) add_nudge(r, block);
        const auto unit = static_cast<float>(1.0 / spec_.unit());
        const int shift = static_cast<int>(spec_.step_shift);
        for_each_stretch(net_, all_layers, [&](std::size_t, const Stretch& x) {
            const std::int32_t low = word(x.low);
            const std::int32_t high = word(x.high);
            for (std::size_t j = x.first; j < x.nodes_end; ++j) {
                const auto moved =
                    state_[j] + static_cast<std::int32_t>(rounded_shift(force_[j] - state_[j], shift));
                s[j] = unit * static_cast<float>(std::min(std::max(moved, low), high));
            }
        });
    }

  private:
    void add_nudge(std::size_t r, const LaneBlock& block) {
        const auto& out = net_.output();
        const bool frozen = phase_.nudge.frozen;
        const float* from = (frozen ? block.injected : block.targets).row(r).data();
        for (std::size_t j = 0; j < out.size; ++j)
            force_[out.offset + j] += nudged(word(from[j]) - (frozen ? 0 : state_[out.offset + j]));
    }

    std::vector<Words> constants_;
    Words state_, force_;
};

} // namespace

std::unique_ptr<DigitalRule> make_digital_hopfield(const DigitalSite& site) {
    return std::make_unique<DigitalHopfield>(site);
}

} // namespace isinglass
