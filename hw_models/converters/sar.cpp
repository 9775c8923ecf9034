// Successive approximation: the sampled input is compared with levels that a capacitor array makes of the
// bits decided so far. INL, DNL and missing codes come of the drawn capacitors.
#include "hw_models/base/aligned.hpp"
#include "hw_models/converters/adc.hpp"
#include "hw_models/converters/capacitor_array.hpp"
#include "hw_models/energy/limits.hpp"

#include <limits>

namespace isinglass {

namespace {

struct SarSpec {
    std::int64_t bits = 8;
    CapacitorArray array;
    double reference_v = 0.8;           // full scale at the comparator
    double comparator_offset_v = 1e-3;  // standard deviation between converters
    double comparator_noise_v = 0.5e-3; // standard deviation of each decision
    bool sampling_noise = true;         // kT/C of the array
    double inverse_gain = 1e-3;         // of the buffer before it
    double array_time_constant_s = 20e-12;
    double jitter_s = 1e-12;

    void fields(Fields& f) {
        f.integer({"bits", "resolution"}, bits, {1, 14});
        array.fields(f);
        f.quantity({"reference", "voltage of the full scale, which a layer's swing is mapped onto"},
                   reference_v, Unit::volt, {1e-3, 100.0});
        f.quantity({"comparator_offset", "standard deviation of the comparator's offset between converters"},
                   comparator_offset_v, Unit::volt, {0.0, 10.0});
        f.quantity(
            {"comparator_noise", "standard deviation of the comparator's noise, anew in every decision"},
            comparator_noise_v, Unit::volt, {0.0, 10.0});
        f.flag({"sampling_noise", "kT/C noise of the array where it samples"}, sampling_noise);
        f.number({"inverse_gain", "1/A of the unity-gain buffer before the array"}, inverse_gain, {0.0, 1.0});
        f.quantity({"array_time_constant",
                    "RC with which the array settles between decisions, of which a slot has bits + 1"},
                   array_time_constant_s, Unit::second, {0.0, 1.0});
        f.quantity({"jitter", "standard deviation of the moment of sampling; acts where the input moves"},
                   jitter_s, Unit::second, {0.0, 1e-3});
    }
    [[nodiscard]] double lsb_v() const {
        return reference_v / (std::ldexp(1.0, static_cast<int>(bits)) - 1.0);
    }
};

class SarBank final : public AdcBank {
  public:
    SarBank(const SarSpec& spec, std::size_t nodes, const ConverterBankSpec& bank, std::uint64_t chip_seed,
            std::uint64_t noise_seed)
        : bits_(static_cast<std::size_t>(spec.bits)),
          nodes_(nodes),
          gain_(static_cast<float>(1.0 / (1.0 + spec.inverse_gain))),
          decision_lsb_(static_cast<float>(spec.comparator_noise_v / spec.lsb_v())),
          jitter_s_(spec.jitter_s),
          weights_(bits_ * nodes),
          offset_(nodes),
          noise_(noise_seed, Purpose::read_noise),
          decisions_(noise_seed, Purpose::comparator_noise) {
        const int bits = static_cast<int>(spec.bits);
        if (spec.sampling_noise)
            sampling_lsb_ =
                static_cast<float>(node_noise_v(spec.array.total_f(bits), bank.temperature_k) / spec.lsb_v());
        if (spec.array_time_constant_s > 0.0) {
            const double decision_s = 1.0 / (bank.rate_hz * (static_cast<double>(bits) + 1.0));
            left_ = static_cast<float>(std::exp(-decision_s / spec.array_time_constant_s));
        }
        draw(spec, static_cast<std::size_t>(bank.count), chip_seed);
    }

    CodeFormat format() const override { return {static_cast<int>(bits_)}; }
    double jitter_s() const override { return jitter_s_; }

    std::size_t convert(DrawKey key, const NodeGroup& group, std::span<const float> values,
                        std::span<std::uint8_t> codes) const override {
        thread_local AlignedVector<float> room;
        const std::size_t n = values.size();
        room.resize((4 + bits_) * n);
        const std::span<float> input(room.data(), n);
        sample(key, group, values, input);
        const std::span<float> noise(room.data() + 4 * n, bits_ * n);
        if (decision_lsb_ > 0.0F) decisions_.gaussians(key, noise);
        float* code = room.data() + n;
        approximate(group.first_node, input, noise, code, room.data() + 2 * n, room.data() + 3 * n);
        format().encode({code, n}, 0.0F, static_cast<float>(format().top_code()), codes);
        return clipped(input);
    }

    // In the order of a search: a code that ends in 1 begins where its last decision turns, unless an earlier
    // one already excludes that.
    std::vector<double> thresholds(std::size_t node) const override {
        const auto top = static_cast<std::uint32_t>(format().top_code());
        std::vector<double> table;
        for (std::uint32_t code = 1; code <= top; ++code) table.push_back(begin_of(code, node));
        return table;
    }

  private:
    void draw(const SarSpec& spec, std::size_t count, std::uint64_t chip_seed) {
        const RandomStream stream(chip_seed, Purpose::adc_mismatch);
        AlignedVector<float> drawn(bits_ + 3);
        for (std::size_t c = 0; c < std::min(count, nodes_); ++c) {
            stream.gaussians({.presentation = c}, drawn);
            const auto weights = spec.array.weights(static_cast<int>(bits_), drawn);
            const double offset = spec.comparator_offset_v / spec.lsb_v() * static_cast<double>(drawn.back());
            for (std::size_t i = c; i < nodes_; i += count) {
                offset_[i] = static_cast<float>(offset);
                for (std::size_t b = 0; b < bits_; ++b)
                    weights_[b * nodes_ + i] = static_cast<float>(weights[b]);
            }
        }
    }

    // The held input in LSB, half an LSB up so that codes are rounded to nearest.
    void sample(DrawKey key, const NodeGroup& group, std::span<const float> values,
                std::span<float> input) const {
        const float per_unit = static_cast<float>(format().top_code()) / (group.high - group.low);
        const float node = group.node_noise * per_unit;
        const float sigma = std::sqrt(sampling_lsb_ * sampling_lsb_ + node * node);
        if (sigma > 0.0F)
            noise_.gaussians(key, input);
        else
            std::fill(input.begin(), input.end(), 0.0F);
        const float* offset = offset_.data() + group.first_node;
        for (std::size_t i = 0; i < values.size(); ++i)
            input[i] = gain_ * (values[i] - group.low) * per_unit + offset[i] + 0.5F + sigma * input[i];
    }

    // `level`: of the bits kept; `seen`: what has settled of the level on trial.
    void approximate(std::size_t first, std::span<const float> input, std::span<const float> noise,
                     float* code, float* level, float* seen) const {
        const std::size_t n = input.size();
        std::fill_n(code, 3 * n, 0.0F); // code, level and seen lie side by side
        for (std::size_t b = bits_; b-- > 0;) {
            const float* weight = weights_.data() + b * nodes_ + first;
            const float* drawn = noise.data() + b * n;
            const auto bit = static_cast<float>(1U << b);
            const float sigma = decision_lsb_;
            for (std::size_t i = 0; i < n; ++i) {
                const float trial = level[i] + weight[i];
                seen[i] = trial + (seen[i] - trial) * left_;
                const float decision = sigma > 0.0F ? sigma * drawn[i] : 0.0F;
                const bool keep = input[i] + decision >= seen[i];
                level[i] = keep ? trial : level[i];
                code[i] += keep ? bit : 0.0F;
            }
        }
    }

    [[nodiscard]] double begin_of(std::uint32_t code, std::size_t node) const {
        double low = -std::numeric_limits<double>::infinity();
        double high = std::numeric_limits<double>::infinity();
        double level = 0.0;
        double seen = 0.0;
        for (std::size_t b = bits_; b-- > 0;) {
            const double trial = level + static_cast<double>(weights_[b * nodes_ + node]);
            seen = trial + (seen - trial) * static_cast<double>(left_);
            const double turn = std::clamp(seen, low, high);
            if ((code >> b) & 1U) {
                level = trial;
                low = turn;
            } else {
                high = turn;
            }
        }
        return (low - 0.5 - static_cast<double>(offset_[node])) / static_cast<double>(gain_);
    }

    [[nodiscard]] std::size_t clipped(std::span<const float> input) const {
        const float above = static_cast<float>(format().top_code()) + 1.5F;
        std::int32_t n = 0;
        for (const float x : input) n += x < -0.5F || x > above ? 1 : 0;
        return static_cast<std::size_t>(n);
    }

    std::size_t bits_, nodes_;
    float gain_;
    float sampling_lsb_ = 0.0F;
    float decision_lsb_;
    float left_ = 0.0F; // share of a step of the array that a decision does not see
    double jitter_s_;
    AlignedVector<float> weights_; // [bit][node], LSB
    AlignedVector<float> offset_;  // LSB
    RandomStream noise_, decisions_;
};

class SarAdc final : public AdcKind {
  public:
    void fields(Fields& f) override { spec_.fields(f); }
    std::unique_ptr<AdcBank> build(std::size_t nodes, const ConverterBankSpec& bank, std::uint64_t chip_seed,
                                   std::uint64_t noise_seed) const override {
        return std::make_unique<SarBank>(spec_, nodes, bank, chip_seed, noise_seed);
    }

  private:
    SarSpec spec_;
};

} // namespace

std::unique_ptr<AdcKind> make_sar_adc() {
    return std::make_unique<SarAdc>();
}

} // namespace isinglass
