// Converters with equal steps whose gain, offset and thermal noise differ from nominal: each converter draws
// a gain and an offset when the chip is built; all lines that share a converter share its errors.
#include "hw_models/base/aligned.hpp"
#include "hw_models/converters/adc.hpp"
#include "hw_models/converters/dac.hpp"

namespace isinglass {

namespace {

struct Errors {
    std::int64_t bits = 8;
    double gain_error = 0.01;  // standard deviation, relative
    double offset_error = 0.5; // standard deviation, LSB
    double noise = 0.5;        // standard deviation, LSB

    void fields(Fields& f) {
        f.integer({"bits", "resolution"}, bits, {1, 16});
        f.number({"gain_error", "standard deviation of the gain between converters, relative"}, gain_error,
                 {0.0, 0.5});
        f.number({"offset_error", "standard deviation of the offset between converters, in LSB"},
                 offset_error, {0.0, 100.0});
        f.number({"noise", "standard deviation of thermal noise of a conversion, in LSB"}, noise,
                 {0.0, 100.0});
    }
};

// Gain and offset of the converter behind each line.
struct LineErrors {
    AlignedVector<float> gain;   // 1 + relative error
    AlignedVector<float> offset; // LSB

    LineErrors(const Errors& errors, std::size_t lines, const ConverterBankSpec& bank,
               std::uint64_t chip_seed, Purpose purpose)
        : gain(lines), offset(lines) {
        const RandomStream stream(chip_seed, purpose);
        const auto count = static_cast<std::size_t>(bank.count);
        AlignedVector<float> drawn(2 * count);
        stream.gaussians({}, drawn);
        for (std::size_t i = 0; i < lines; ++i) {
            gain[i] = 1.0F + static_cast<float>(errors.gain_error) * drawn[2 * (i % count)];
            offset[i] = static_cast<float>(errors.offset_error) * drawn[2 * (i % count) + 1];
        }
    }
};

class UniformDacBank final : public DacBank {
  public:
    UniformDacBank(const Errors& errors, std::size_t lines, const ConverterBankSpec& bank,
                   std::uint64_t chip_seed, std::uint64_t noise_seed)
        : bits_(static_cast<int>(errors.bits)),
          noise_lsb_(static_cast<float>(errors.noise)),
          lines_(errors, lines, bank, chip_seed, Purpose::dac_mismatch),
          noise_(noise_seed, Purpose::dac_noise) {}

    CodeFormat format() const override { return {bits_}; }

    void convert(DrawKey key, const LineGroup& group, std::span<const std::uint8_t> codes,
                 std::span<float> levels) const override {
        thread_local AlignedVector<float> drawn;
        drawn.resize(levels.size());
        if (noise_lsb_ > 0.0F) noise_.gaussians(key, drawn);
        convert_drawn(drawn, group, codes, levels);
    }

    const RandomStream* noise() const override { return noise_lsb_ > 0.0F ? &noise_ : nullptr; }

    void convert_drawn(std::span<const float> normals, const LineGroup& group,
                       std::span<const std::uint8_t> codes, std::span<float> levels) const override {
        const auto top = static_cast<float>(format().top_code());
        format().decode(codes, 0.0F, top, levels); // in LSB
        const float* gain = lines_.gain.data() + group.first_line;
        const float* offset = lines_.offset.data() + group.first_line;
        const float lsb = (group.high - group.low) / top;
        for (std::size_t i = 0; i < levels.size(); ++i)
            levels[i] = group.low + lsb * (gain[i] * levels[i] + offset[i]);
        if (noise_lsb_ == 0.0F) return;
        const float sigma = noise_lsb_ * lsb;
        for (std::size_t i = 0; i < levels.size(); ++i) levels[i] += sigma * normals[i];
    }

    std::vector<double> levels(std::size_t line) const override {
        auto table = even_table(static_cast<std::size_t>(format().top_code()) + 1, 0.0);
        for (auto& level : table) level = double{lines_.gain[line]} * level + double{lines_.offset[line]};
        return table;
    }

  private:
    int bits_;
    float noise_lsb_;
    LineErrors lines_;
    RandomStream noise_;
};

class UniformAdcBank final : public AdcBank {
  public:
    UniformAdcBank(const Errors& errors, std::size_t nodes, const ConverterBankSpec& bank,
                   std::uint64_t chip_seed, std::uint64_t noise_seed)
        : bits_(static_cast<int>(errors.bits)),
          noise_lsb_(static_cast<float>(errors.noise)),
          lines_(errors, nodes, bank, chip_seed, Purpose::adc_mismatch),
          noise_(noise_seed, Purpose::read_noise) {}

    CodeFormat format() const override { return {bits_}; }

    std::size_t convert(DrawKey key, const NodeGroup& group, std::span<const float> values,
                        std::span<std::uint8_t> codes) const override {
        thread_local AlignedVector<float> drawn;
        drawn.resize(values.size());
        if (noise(group) != nullptr) noise_.gaussians(key, drawn);
        return convert_drawn(drawn, group, values, codes);
    }

    const RandomStream* noise(const NodeGroup& group) const override {
        return noise_lsb_ > 0.0F || group.node_noise > 0.0F ? &noise_ : nullptr;
    }

    std::size_t convert_drawn(std::span<const float> normals, const NodeGroup& group,
                              std::span<const float> values, std::span<std::uint8_t> codes) const override {
        thread_local AlignedVector<float> lsbs;
        lsbs.resize(values.size());
        const float per_unit = static_cast<float>(format().top_code()) / (group.high - group.low);
        // Two independent Gaussians that add before the quantiser are one Gaussian of their joint variance.
        const float node = group.node_noise * per_unit;
        const float sigma = std::sqrt(noise_lsb_ * noise_lsb_ + node * node);
        const float* gain = lines_.gain.data() + group.first_node;
        const float* offset = lines_.offset.data() + group.first_node;
        const auto without_noise = [&](std::size_t i) {
            return gain[i] * (values[i] - group.low) * per_unit + offset[i];
        };
        if (sigma > 0.0F)
            for (std::size_t i = 0; i < values.size(); ++i) lsbs[i] = without_noise(i) + sigma * normals[i];
        else
            for (std::size_t i = 0; i < values.size(); ++i) lsbs[i] = without_noise(i);
        format().encode(lsbs, 0.0F, static_cast<float>(format().top_code()), codes);
        return clipped(lsbs);
    }

    std::vector<double> thresholds(std::size_t node) const override {
        auto table = even_table(static_cast<std::size_t>(format().top_code()), 0.5);
        for (auto& x : table) x = (x - double{lines_.offset[node]}) / double{lines_.gain[node]};
        return table;
    }

  private:
    [[nodiscard]] std::size_t clipped(std::span<const float> lsbs) const {
        const float above = static_cast<float>(format().top_code()) + 1.0F;
        std::int32_t n = 0;
        for (const float x : lsbs) n += x < -1.0F || x > above ? 1 : 0;
        return static_cast<std::size_t>(n);
    }

    int bits_;
    float noise_lsb_;
    LineErrors lines_;
    RandomStream noise_;
};

class UniformDac final : public DacKind {
  public:
    UniformDac() { errors_.noise = 0.1; }
    void fields(Fields& f) override { errors_.fields(f); }
    std::unique_ptr<DacBank> build(std::size_t lines, const ConverterBankSpec& bank, std::uint64_t chip_seed,
                                   std::uint64_t noise_seed) const override {
        return std::make_unique<UniformDacBank>(errors_, lines, bank, chip_seed, noise_seed);
    }

  private:
    Errors errors_;
};

class UniformAdc final : public AdcKind {
  public:
    void fields(Fields& f) override { errors_.fields(f); }
    std::unique_ptr<AdcBank> build(std::size_t nodes, const ConverterBankSpec& bank, std::uint64_t chip_seed,
                                   std::uint64_t noise_seed) const override {
        return std::make_unique<UniformAdcBank>(errors_, nodes, bank, chip_seed, noise_seed);
    }

  private:
    Errors errors_;
};

} // namespace

std::unique_ptr<DacKind> make_uniform_dac() {
    return std::make_unique<UniformDac>();
}
std::unique_ptr<AdcKind> make_uniform_adc() {
    return std::make_unique<UniformAdc>();
}

} // namespace isinglass
