// Simulated bifurcation on the digital array (Tatsumura et al., Nature Electronics 4, 208, 2021, is one on
// FPGAs). Position x and momentum p are words; the step is 2^−shift:
//     p ← p + round(((a − 1) x + ξ (Σ J f(x) + h)) / 2^shift),   x ← x + round(p / 2^shift),
// with inelastic walls at ±1, p within its word, and the pump a rising by a word of 16 bits a step from 0
// to 1.
#include "hw_models/array/digital_base.hpp"

namespace isinglass {

namespace {

constexpr int pump_shift = 16;

class DigitalBifurcation final : public DigitalBase {
  public:
    explicit DigitalBifurcation(const DigitalSite& site)
        : DigitalBase(site),
          gain_(site.bifurcation.coupling_gain),
          discrete_(site.discrete),
          one_(1 << spec_.fraction_bits),
          largest_(1 << (spec_.state_bits - 1)),
          constants_(LaneBlock::rows(), Words(net_.state_columns)),
          position_(net_.state_columns),
          seen_(net_.state_columns),
          force_(net_.state_columns) {}

    void begin(const RelaxPhase& phase) override {
        DigitalBase::begin(phase);
        step_ = 0;
    }

  protected:
    void take_inputs(std::size_t r, const Words& codes) override {
        std::ranges::fill(constants_[r], 0);
        add_inputs(codes, spec_.unit() / input_top_, constants_[r]);
        add_node_parameter(0, constants_[r]);
        const std::int64_t by = multiplier(gain_);
        for (auto& word : constants_[r]) word = static_cast<std::int32_t>(multiplied(word, by));
    }

    void move(std::size_t r, LaneBlock& block) override {
        float* x = block.state.row(r).data();
        float* p = block.momentum.row(r).data();
        for (std::size_t j = 0; j < position_.size(); ++j) {
            position_[j] = word(x[j]);
            seen_[j] = !discrete_ ? position_[j] : position_[j] < 0 ? -1 : 1;
        }
        force_ = constants_[r];
        add_spins(seen_, discrete_ ? gain_ * spec_.unit() : gain_, force_);
        const int shift = static_cast<int>(spec_.step_shift);
        const auto unit = static_cast<float>(1.0 / spec_.unit());
        for (const auto& layer : net_.layers)
            for (std::size_t j = layer.offset; j < layer.offset + layer.size; ++j) {
                const std::int64_t pull = rounded_shift(detuning() * position_[j], pump_shift);
                const std::int64_t moving = std::clamp<std::int64_t>(
                    word(p[j]) + rounded_shift(pull + force_[j], shift), -largest_, largest_ - 1);
                const std::int64_t free = position_[j] + rounded_shift(moving, shift);
                const std::int64_t stayed = std::clamp<std::int64_t>(free, -one_, one_);
                x[j] = static_cast<float>(stayed) * unit;
                p[j] = free == stayed ? static_cast<float>(moving) * unit : 0.0F;
            }
        if (r + 1 == block.lanes) ++step_;
    }

  private:
    // a − 1 as a word.
    [[nodiscard]] std::int64_t detuning() const {
        constexpr std::int64_t one = 1 << pump_shift;
        if (!phase_.after_reset || phase_.steps == 0) return 0;
        return std::min<std::int64_t>(one * step_ / phase_.steps, one) - one;
    }

    const double gain_;
    const bool discrete_;
    const std::int64_t one_, largest_;
    std::vector<Words> constants_;
    Words position_, seen_, force_;
    std::uint32_t step_ = 0;
};

} // namespace

std::unique_ptr<DigitalRule> make_digital_bifurcation(const DigitalSite& site) {
    return std::make_unique<DigitalBifurcation>(site);
}

} // namespace isinglass
