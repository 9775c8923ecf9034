// Capacitive DAC: a level is the share of the drawn unit capacitors that its code connects to the reference.
#include "hw_models/base/aligned.hpp"
#include "hw_models/converters/capacitor_array.hpp"
#include "hw_models/converters/dac.hpp"
#include "hw_models/energy/limits.hpp"

#include <bit>
#include <cmath>

namespace isinglass {

namespace {

const std::vector<std::string> element_kinds{"binary", "unary"};

struct CapacitiveSpec {
    std::int64_t bits = 8;
    UnitCapacitor unit;
    std::string elements = "binary";
    double reference_v = 0.8;
    double buffer_offset_v = 1e-3;
    double buffer_noise_v = 0.1e-3;
    bool sampling_noise = true;
    double inverse_gain = 1e-3;
    double line_time_constant_s = 0.2e-9;

    void fields(Fields& f) {
        f.integer({"bits", "resolution"}, bits, {1, 14});
        unit.fields(f);
        f.choice(
            {"elements", "unit elements switched in groups of powers of two, or one a step (never falls)"},
            elements, element_kinds);
        f.quantity({"reference", "voltage of the full scale"}, reference_v, Unit::volt, {1e-3, 100.0});
        f.quantity({"buffer_offset", "standard deviation of the buffer's offset between converters"},
                   buffer_offset_v, Unit::volt, {0.0, 10.0});
        f.quantity({"buffer_noise", "standard deviation of the buffer's noise in a conversion"},
                   buffer_noise_v, Unit::volt, {0.0, 10.0});
        f.flag({"sampling_noise", "kT/C noise of the capacitors, anew in every conversion"}, sampling_noise);
        f.number({"inverse_gain", "1/A of the unity-gain buffer that drives the line"}, inverse_gain,
                 {0.0, 1.0});
        f.quantity({"line_time_constant",
                    "RC of buffer and line; a latch takes what has settled at the end of its slot, from the "
                    "level of the converter's slot before (the first: from code 0)"},
                   line_time_constant_s, Unit::second, {0.0, 1.0});
    }
    [[nodiscard]] std::size_t steps() const { return (std::size_t{1} << static_cast<unsigned>(bits)) - 1; }
    [[nodiscard]] double lsb_v() const { return reference_v / static_cast<double>(steps()); }
};

// Levels of one converter in LSB, of as many Gaussians as there are elements.
std::vector<double> draw_levels(const CapacitiveSpec& spec, std::span<const float> gaussians) {
    const std::size_t steps = spec.steps();
    const double sigma = spec.unit.sigma();
    std::vector<double> level(steps + 1, 0.0);
    if (spec.elements == "unary") {
        for (std::size_t k = 0; k < steps; ++k)
            level[k + 1] = level[k] + 1.0 + sigma * static_cast<double>(gaussians[k]);
    } else {
        for (std::size_t k = 1; k <= steps; ++k) {
            const auto b = static_cast<std::size_t>(std::countr_zero(k));
            const auto units = static_cast<double>(std::size_t{1} << b);
            const double element = units + sigma * std::sqrt(units) * static_cast<double>(gaussians[b]);
            level[k] = level[k & (k - 1)] + element;
        }
    }
    const double scale = static_cast<double>(steps) / level.back();
    for (auto& x : level) x *= scale;
    return level;
}

class CapacitiveBank final : public DacBank {
  public:
    CapacitiveBank(const CapacitiveSpec& spec, std::size_t lines, const ConverterBankSpec& bank,
                   std::uint64_t chip_seed, std::uint64_t noise_seed)
        : bits_(static_cast<int>(spec.bits)),
          converters_(std::max<std::size_t>(1, std::min(lines, static_cast<std::size_t>(bank.count)))),
          noise_(noise_seed, Purpose::dac_noise) {
        const double capacitors = static_cast<double>(spec.steps()) * spec.unit.capacitance_f;
        const double sampled_v = spec.sampling_noise ? node_noise_v(capacitors, bank.temperature_k) : 0.0;
        noise_lsb_ = static_cast<float>(std::hypot(sampled_v, spec.buffer_noise_v) / spec.lsb_v());
        if (spec.line_time_constant_s > 0.0)
            left_ = static_cast<float>(std::exp(-1.0 / (bank.rate_hz * spec.line_time_constant_s)));
        draw(spec, chip_seed);
    }

    CodeFormat format() const override { return {bits_}; }

    void convert(DrawKey key, const LineGroup& group, std::span<const std::uint8_t> codes,
                 std::span<float> levels) const override {
        const auto top = static_cast<float>(format().top_code());
        format().decode(codes, 0.0F, top, levels);
        for (std::size_t i = 0; i < levels.size(); ++i)
            levels[i] = table_of(group.first_line + i)[static_cast<std::size_t>(std::lround(levels[i]))];
        if (left_ > 0.0F) // backwards, since each needs the settled level of the slot before
            for (std::size_t i = levels.size(); i-- > 0;) {
                const float before =
                    i < converters_ ? table_of(group.first_line + i)[0] : levels[i - converters_];
                levels[i] += (before - levels[i]) * left_;
            }
        const float lsb = (group.high - group.low) / top;
        for (auto& level : levels) level = group.low + lsb * level;
        if (noise_lsb_ > 0.0F) add_noise(key, noise_lsb_ * lsb, levels);
    }

    std::vector<double> levels(std::size_t line) const override {
        const auto table = table_of(line);
        return {table.begin(), table.end()};
    }

  private:
    void draw(const CapacitiveSpec& spec, std::uint64_t chip_seed) {
        const RandomStream stream(chip_seed, Purpose::dac_mismatch);
        const double gain = 1.0 / (1.0 + spec.inverse_gain);
        AlignedVector<float> drawn(spec.steps() + 1);
        for (std::size_t c = 0; c < converters_; ++c) {
            stream.gaussians({.presentation = c}, drawn);
            const double offset = spec.buffer_offset_v / spec.lsb_v() * static_cast<double>(drawn.back());
            for (const double level : draw_levels(spec, drawn))
                tables_.push_back(static_cast<float>(gain * level + offset));
        }
    }

    [[nodiscard]] std::span<const float> table_of(std::size_t line) const {
        const std::size_t size = std::size_t{1} << static_cast<unsigned>(bits_);
        return std::span(tables_).subspan((line % converters_) * size, size);
    }

    void add_noise(DrawKey key, float sigma, std::span<float> levels) const {
        thread_local AlignedVector<float> drawn;
        drawn.resize(levels.size());
        noise_.gaussians(key, drawn);
        for (std::size_t i = 0; i < levels.size(); ++i) levels[i] += sigma * drawn[i];
    }

    int bits_;
    std::size_t converters_;
    float noise_lsb_ = 0.0F;
    float left_ = 0.0F;           // share of a step that has not settled when the slot ends
    AlignedVector<float> tables_; // [converter][code], LSB
    RandomStream noise_;
};

class CapacitiveDac final : public DacKind {
  public:
    void fields(Fields& f) override { spec_.fields(f); }
    std::unique_ptr<DacBank> build(std::size_t lines, const ConverterBankSpec& bank, std::uint64_t chip_seed,
                                   std::uint64_t noise_seed) const override {
        return std::make_unique<CapacitiveBank>(spec_, lines, bank, chip_seed, noise_seed);
    }

  private:
    CapacitiveSpec spec_;
};

} // namespace

std::unique_ptr<DacKind> make_capacitive_dac() {
    return std::make_unique<CapacitiveDac>();
}

} // namespace isinglass
