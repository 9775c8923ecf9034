// Ports of an array whose states are words: nothing is converted, codes are rounded words.
#include "hw_models/converters/adc.hpp"
#include "hw_models/converters/dac.hpp"

namespace isinglass {

namespace {

class PortIn final : public DacBank {
  public:
    explicit PortIn(CodeFormat format) : format_(format) {}
    CodeFormat format() const override { return format_; }
    void convert(DrawKey, const LineGroup& group, std::span<const std::uint8_t> codes,
                 std::span<float> levels) const override {
        format_.decode(codes, group.low, group.high, levels);
    }
    std::vector<double> levels(std::size_t) const override {
        return even_table(static_cast<std::size_t>(format_.top_code()) + 1, 0.0);
    }

  private:
    CodeFormat format_;
};

class PortOut final : public AdcBank {
  public:
    explicit PortOut(CodeFormat format) : format_(format) {}
    CodeFormat format() const override { return format_; }
    std::size_t convert(DrawKey, const NodeGroup& group, std::span<const float> values,
                        std::span<std::uint8_t> codes) const override {
        format_.encode(values, group.low, group.high, codes);
        return 0; // words within the bounds of their layer
    }
    std::vector<double> thresholds(std::size_t) const override {
        return even_table(static_cast<std::size_t>(format_.top_code()), 0.5);
    }

  private:
    CodeFormat format_;
};

void declare_bits(Fields& f, std::int64_t& bits) {
    f.integer({"bits", "width of a word on the port"}, bits, {1, 16});
}

class PortInKind final : public DacKind {
  public:
    void fields(Fields& f) override { declare_bits(f, bits_); }
    std::unique_ptr<DacBank> build(std::size_t, const ConverterBankSpec&, std::uint64_t,
                                   std::uint64_t) const override {
        return std::make_unique<PortIn>(CodeFormat{static_cast<int>(bits_)});
    }
    std::string_view action() const override { return "port.word"; }
    bool drives_lines() const override { return false; }

  private:
    std::int64_t bits_ = 8;
};

class PortOutKind final : public AdcKind {
  public:
    void fields(Fields& f) override { declare_bits(f, bits_); }
    std::unique_ptr<AdcBank> build(std::size_t, const ConverterBankSpec&, std::uint64_t,
                                   std::uint64_t) const override {
        return std::make_unique<PortOut>(CodeFormat{static_cast<int>(bits_)});
    }
    std::string_view action() const override { return "port.word"; }
    bool samples() const override { return false; }

  private:
    std::int64_t bits_ = 8;
};

} // namespace

std::unique_ptr<DacKind> make_port_dac() {
    return std::make_unique<PortInKind>();
}
std::unique_ptr<AdcKind> make_port_adc() {
    return std::make_unique<PortOutKind>();
}

} // namespace isinglass
