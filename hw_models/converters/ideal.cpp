// Converters without codes: levels pass as they are. Sampled node noise still enters, since it is the node's.
#include "hw_models/base/aligned.hpp"
#include "hw_models/converters/adc.hpp"
#include "hw_models/converters/dac.hpp"

namespace isinglass {

namespace {

class IdealDacBank final : public DacBank {
  public:
    CodeFormat format() const override { return {}; }
    void convert(DrawKey, const LineGroup& group, std::span<const std::uint8_t> codes,
                 std::span<float> levels) const override {
        format().decode(codes, group.low, group.high, levels);
    }
    std::vector<double> levels(std::size_t) const override { return {}; }
};

class IdealDac final : public DacKind {
  public:
    void fields(Fields&) override {}
    std::unique_ptr<DacBank> build(std::size_t, const ConverterBankSpec&, std::uint64_t,
                                   std::uint64_t) const override {
        return std::make_unique<IdealDacBank>();
    }
};

class IdealAdcBank final : public AdcBank {
  public:
    explicit IdealAdcBank(std::uint64_t noise_seed) : noise_(noise_seed, Purpose::read_noise) {}
    CodeFormat format() const override { return {}; }
    std::size_t convert(DrawKey key, const NodeGroup& group, std::span<const float> values,
                        std::span<std::uint8_t> codes) const override {
        if (group.node_noise == 0.0F) {
            format().encode(values, group.low, group.high, codes);
            return 0;
        }
        AlignedVector<float> noisy(values.size());
        noise_.gaussians(key, noisy);
        for (std::size_t i = 0; i < values.size(); ++i) noisy[i] = values[i] + group.node_noise * noisy[i];
        format().encode(noisy, group.low, group.high, codes);
        return 0;
    }
    std::vector<double> thresholds(std::size_t) const override { return {}; }

  private:
    RandomStream noise_;
};

class IdealAdc final : public AdcKind {
  public:
    void fields(Fields&) override {}
    std::unique_ptr<AdcBank> build(std::size_t, const ConverterBankSpec&, std::uint64_t,
                                   std::uint64_t noise_seed) const override {
        return std::make_unique<IdealAdcBank>(noise_seed);
    }
};

} // namespace

std::unique_ptr<DacKind> make_ideal_dac() {
    return std::make_unique<IdealDac>();
}
std::unique_ptr<AdcKind> make_ideal_adc() {
    return std::make_unique<IdealAdc>();
}

} // namespace isinglass
