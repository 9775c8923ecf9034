// Phases on the digital array: XY networks and oscillator Ising machines. A phase is a word whose range is a
// turn, so that it wraps by itself; sine and cosine come from a table. A step turns a node by its torque,
//     φ ← φ + round(K (Y cos φ − X sin φ + …)) / 2^shift,
// X and Y being the sums of couplings times cosines and sines, and K the phase words in a radian.
#include "hw_models/array/digital_base.hpp"

#include <numbers>

namespace isinglass {

namespace {

constexpr double turn = 2.0 * std::numbers::pi;

// A function of an angle, tabulated over a turn: 2^address entries, values of unit 2^−fraction.
class AngleTable {
  public:
    template <class F>
    AngleTable(const DigitalSpec& spec, F f)
        : dropped_(static_cast<int>(std::max<std::int64_t>(0, spec.state_bits - spec.lut_address_bits))),
          mask_((1 << (spec.state_bits - dropped_)) - 1),
          entries_(static_cast<std::size_t>(mask_) + 1) {
        for (std::size_t i = 0; i < entries_.size(); ++i)
            entries_[i] = static_cast<std::int32_t>(std::nearbyint(
                f(turn * static_cast<double>(i) / static_cast<double>(entries_.size())) * spec.unit()));
    }
    // Of the nearest tabulated angle.
    std::int32_t operator()(std::int64_t phase) const {
        return entries_[static_cast<std::size_t>(rounded_shift(phase, dropped_) & mask_)];
    }

  private:
    int dropped_;
    std::int64_t mask_;
    std::vector<std::int32_t> entries_;
};

class DigitalPhases : public DigitalBase {
  public:
    explicit DigitalPhases(const DigitalSite& site)
        : DigitalBase(site),
          sine_(site.spec, [](double a) { return std::sin(a); }),
          cosine_(site.spec, [](double a) { return std::cos(a); }),
          words_a_turn_(std::ldexp(1.0, static_cast<int>(site.spec.state_bits))),
          still_x_(LaneBlock::rows(), Words(net_.state_columns)),
          still_y_(still_x_),
          phase_word_(net_.state_columns),
          c_(net_.state_columns),
          s_(net_.state_columns) {}

  protected:
    // Adds what is not a coupling's field to the torques, words.
    virtual void add_own(std::size_t r, const LaneBlock& block, Words& torque) = 0;

    void move(std::size_t r, LaneBlock& block) override {
        float* states = block.state.row(r).data();
        for (std::size_t j = 0; j < c_.size(); ++j) {
            phase_word_[j] = phase_of(states[j]);
            c_[j] = cosine_(phase_word_[j]);
            s_[j] = sine_(phase_word_[j]);
        }
        x_ = still_x_[r];
        y_ = still_y_[r];
        add_spins(c_, 1.0, x_);
        add_spins(s_, 1.0, y_);
        torque_.resize(c_.size());
        const int fraction = static_cast<int>(spec_.fraction_bits);
        for (std::size_t j = 0; j < c_.size(); ++j)
            torque_[j] = static_cast<std::int32_t>(
                rounded_shift(std::int64_t{y_[j]} * c_[j] - std::int64_t{x_[j]} * s_[j], fraction));
        add_own(r, block, torque_);
        turn_by(torque_, states);
    }

    [[nodiscard]] std::int32_t phase_of(float angle) const {
        return static_cast<std::int32_t>(std::nearbyint(static_cast<double>(angle) * words_a_turn_ / turn));
    }

    AngleTable sine_, cosine_;
    const double words_a_turn_;
    std::vector<Words> still_x_, still_y_;
    Words phase_word_, c_, s_, x_, y_;

  private:
    void turn_by(const Words& torque, float* states) const {
        const std::int64_t words_a_unit = multiplier(words_a_turn_ / turn / spec_.unit());
        const int shift = static_cast<int>(spec_.step_shift);
        const auto half = static_cast<std::int64_t>(words_a_turn_ / 2.0);
        const auto unit = static_cast<float>(turn / words_a_turn_);
        for (const auto& layer : net_.layers)
            for (std::size_t j = layer.offset; j < layer.offset + layer.size; ++j) {
                const std::int64_t by = rounded_shift(torque[j] * words_a_unit, multiplier_shift + shift);
                const std::int64_t to = (phase_word_[j] + by + half) & (2 * half - 1);
                states[j] = unit * static_cast<float>(to - half);
            }
    }

    Words torque_;
};

// Node parameters: strength and direction of a bias. Inputs are clamped phases π(x − ½).
class DigitalXy final : public DigitalPhases {
  public:
    explicit DigitalXy(const DigitalSite& site)
        : DigitalPhases(site),
          pull_(site.spec,
                [](double d) {
                    return std::sin(d) / (1.0 + static_cast<double>(tangent_softness) + std::cos(d));
                }),
          input_c_(net_.inputs),
          input_s_(net_.inputs) {}

  protected:
    void take_inputs(std::size_t r, const Words& codes) override {
        for (std::size_t i = 0; i < codes.size(); ++i) {
            const double angle = std::numbers::pi * (codes[i] / input_top_ - 0.5);
            const auto word = static_cast<std::int64_t>(std::nearbyint(angle * words_a_turn_ / turn));
            input_c_[i] = cosine_(word);
            input_s_[i] = sine_(word);
        }
        std::ranges::fill(still_x_[r], 0);
        std::ranges::fill(still_y_[r], 0);
        add_inputs(input_c_, 1.0, still_x_[r]);
        add_inputs(input_s_, 1.0, still_y_[r]);
        add_biases(r);
    }

    void add_own(std::size_t r, const LaneBlock& block, Words& torque) override {
        if (phase_.nudge.beta == 0.0) return;
        const auto& out = net_.output();
        const bool frozen = phase_.nudge.frozen;
        const auto from = frozen ? block.injected.row(r) : block.targets.row(r);
        for (std::size_t j = 0; j < out.size; ++j) {
            const std::int64_t from_target = phase_word_[out.offset + j] - phase_of(from[j]);
            torque[out.offset + j] += frozen                               ? nudged(word(from[j]))
                                      : phase_.nudge.law == NudgeLaw::sine ? nudged(-sine_(from_target))
                                                                           : nudged(-pull_(from_target));
        }
    }

  private:
    void add_biases(std::size_t r) {
        strength_.assign(net_.state_columns, 0);
        direction_.assign(net_.state_columns, 0);
        add_node_parameter(0, strength_);
        add_node_parameter(1, direction_);
        const int fraction = static_cast<int>(spec_.fraction_bits);
        const std::int64_t words_a_unit = multiplier(words_a_turn_ / turn / spec_.unit());
        for (std::size_t j = 0; j < strength_.size(); ++j) {
            const std::int64_t psi = multiplied(direction_[j], words_a_unit);
            still_x_[r][j] +=
                static_cast<std::int32_t>(rounded_shift(std::int64_t{strength_[j]} * cosine_(psi), fraction));
            still_y_[r][j] +=
                static_cast<std::int32_t>(rounded_shift(std::int64_t{strength_[j]} * sine_(psi), fraction));
        }
    }

    AngleTable pull_; // of the log-cosine cost
    Words input_c_, input_s_, strength_, direction_;
};

// Node parameters: bias and synchronisation. Inputs are bias fields.
class DigitalOscillators final : public DigitalPhases {
  public:
    explicit DigitalOscillators(const DigitalSite& site)
        : DigitalPhases(site), sync_(LaneBlock::rows(), Words(net_.state_columns)) {}

  protected:
    void take_inputs(std::size_t r, const Words& codes) override {
        std::ranges::fill(still_x_[r], 0);
        std::ranges::fill(still_y_[r], 0);
        std::ranges::fill(sync_[r], 0);
        add_inputs(codes, spec_.unit() / input_top_, still_x_[r]);
        add_node_parameter(0, still_x_[r]);
        add_node_parameter(1, sync_[r]);
    }

    // −S sin 2φ, and for the outputs −β (y − cos φ) sin φ.
    void add_own(std::size_t r, const LaneBlock& block, Words& torque) override {
        const int fraction = static_cast<int>(spec_.fraction_bits);
        for (std::size_t j = 0; j < torque.size(); ++j)
            torque[j] -= static_cast<std::int32_t>(
                rounded_shift(std::int64_t{sync_[r][j]} * sine_(2 * std::int64_t{phase_word_[j]}), fraction));
        if (phase_.nudge.beta == 0.0) return;
        const auto& out = net_.output();
        for (std::size_t j = 0; j < out.size; ++j) {
            const std::int64_t error = word(block.targets.row(r)[j]) - c_[out.offset + j];
            torque[out.offset + j] -= nudged(rounded_shift(error * s_[out.offset + j], fraction));
        }
    }

  private:
    std::vector<Words> sync_;
};

} // namespace

std::unique_ptr<DigitalRule> make_digital_xy(const DigitalSite& site) {
    return std::make_unique<DigitalXy>(site);
}
std::unique_ptr<DigitalRule> make_digital_oscillators(const DigitalSite& site) {
    return std::make_unique<DigitalOscillators>(site);
}

} // namespace isinglass
