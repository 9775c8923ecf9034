// Hopfield networks on the digital array. A state is a word of unit 2^−f; one step of a node is
//     s ← clip(s + (c + Σ_links round(M · Σ w s) + round(B (y − o)) − s) / 2^shift),
// every division a rounded shift, M the link's LSB and B the nudge's β as multipliers, c the same sum over
// the inputs and the bias, made once a CLAMP.
#include "hw_models/array/digital_rule.hpp"
#include "hw_models/array/digital_words.hpp"
#include "hw_models/array/state_loops.hpp"

namespace isinglass {

namespace {

class DigitalHopfield final : public DigitalRule {
  public:
    explicit DigitalHopfield(const DigitalSite& site)
        : spec_(site.spec),
          net_(site.net),
          format_(site.couplings),
          input_top_(site.input_top),
          products_(site.net, site.couplings),
          constants_(LaneBlock::rows(), std::vector<std::int32_t>(net_.state_columns)),
          clamped_(LaneBlock::rows(), std::vector<std::int32_t>(net_.input_nodes, -1)),
          inputs_(net_.input_nodes),
          state_(net_.state_columns),
          sums_(net_.state_columns),
          force_(net_.state_columns) {}

    void begin(const RelaxPhase& phase) override {
        phase_ = phase;
        begun_ = false;
    }

    void step(const float* values, LaneBlock& block) override {
        if (!begun_) products_.use(values); // couplings stay as they are within a phase
        begun_ = true;
        for (std::size_t r = 0; r < block.lanes; ++r) {
            clamp(r, block);
            move(r, block);
        }
    }

  private:
    [[nodiscard]] std::int32_t word(float value) const {
        return static_cast<std::int32_t>(std::nearbyint(static_cast<double>(value) * spec_.unit()));
    }

    // Adds a link's sums to the force, in the unit of a state.
    void add_scaled(std::size_t offset, std::size_t n, double factor) {
        const std::int64_t by = multiplier(factor);
        for (std::size_t j = offset; j < offset + n; ++j) {
            force_[j] += static_cast<std::int32_t>(multiplied(sums_[j], by));
            sums_[j] = 0;
        }
    }

    // The constant of a lane, unless its inputs and the couplings are those of the last one.
    void clamp(std::size_t r, const LaneBlock& block) {
        const float* levels = block.inputs.row(r).data();
        for (std::size_t i = 0; i < inputs_.size(); ++i)
            inputs_[i] =
                static_cast<std::int32_t>(std::nearbyint(static_cast<double>(levels[i]) * input_top_));
        if (inputs_ == clamped_[r] && products_.generation() == generation_of_[r]) return;
        clamped_[r] = inputs_;
        generation_of_[r] = products_.generation();
        std::ranges::fill(force_, 0);
        for (const auto& part : net_.blocks) {
            const auto& layer = net_.layers[part.layer];
            const double lsb = format_.lsb(part.range);
            if (part.link < 0) {
                const std::int16_t* bias = products_.codes(part);
                for (std::size_t j = 0; j < layer.size; ++j)
                    sums_[layer.offset + j] = bias[j] * static_cast<std::int32_t>(1 << spec_.fraction_bits);
                add_scaled(layer.offset, layer.size, lsb);
            } else if (net_.links[part.link].from == input_layer) {
                products_.forward(part, inputs_.data(), sums_.data() + layer.offset);
                add_scaled(layer.offset, layer.size, lsb * spec_.unit() / input_top_);
            }
        }
        constants_[r] = force_;
    }

    void add_couplings() {
        for (const auto& part : net_.blocks) {
            if (part.link < 0 || net_.links[part.link].from == input_layer) continue;
            const auto& from = net_.layers[net_.links[part.link].from];
            const auto& to = net_.layers[part.layer];
            const double lsb = format_.lsb(part.range);
            products_.forward(part, state_.data() + from.offset, sums_.data() + to.offset);
            add_scaled(to.offset, to.size, lsb);
            products_.transposed(part, state_.data() + to.offset, sums_.data() + from.offset);
            add_scaled(from.offset, from.size, lsb);
        }
    }

    void add_nudge(std::size_t r, const LaneBlock& block) {
        if (phase_.nudge.beta == 0.0) return;
        const auto beta = static_cast<std::int64_t>(std::nearbyint(phase_.nudge.beta * (1 << beta_shift)));
        const auto& out = net_.output();
        const float* from = (phase_.nudge.frozen ? block.injected : block.targets).row(r).data();
        for (std::size_t j = 0; j < out.size; ++j) {
            const std::int64_t pull = word(from[j]) - (phase_.nudge.frozen ? 0 : state_[out.offset + j]);
            force_[out.offset + j] += static_cast<std::int32_t>(rounded_shift(beta * pull, beta_shift));
        }
    }

    void move(std::size_t r, LaneBlock& block) {
        float* s = block.state.row(r).data();
        for (std::size_t j = 0; j < state_.size(); ++j) state_[j] = word(s[j]);
        force_ = constants_[r];
        add_couplings();
        add_nudge(r, block);
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

    static constexpr int beta_shift = 8;

    const DigitalSpec& spec_;
    const Network& net_;
    CouplingFormat format_;
    double input_top_;
    DigitalProducts products_;
    RelaxPhase phase_;
    bool begun_ = false;
    std::vector<std::vector<std::int32_t>> constants_; // of each lane, for
    std::vector<std::vector<std::int32_t>> clamped_;   // these input codes and
    std::vector<std::uint64_t> generation_of_ =
        std::vector<std::uint64_t>(LaneBlock::rows(), 0); // these couplings
    std::vector<std::int32_t> inputs_, state_, sums_, force_;
};

} // namespace

std::unique_ptr<DigitalRule> make_digital_hopfield(const DigitalSite& site) {
    return std::make_unique<DigitalHopfield>(site);
}

} // namespace isinglass
