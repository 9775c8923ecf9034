// Analog-to-digital converters: sampled nodes become codes.
#pragma once

#include "hw_models/base/random.hpp"
#include "hw_models/converters/code_format.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace isinglass {

// A run of neighbouring nodes of one layer, with the full scale that its buffer maps onto the converter.
struct NodeGroup {
    std::size_t first_node = 0; // wiring position, which fixes the converter
    std::size_t nodes = 0;
    float low = 0.0F; // code 0, model units
    float high = 1.0F;
    float node_noise = 0.0F; // standard deviation sampled with the node, model units
};

// Converters of one chip with their drawn errors. Const after building, shared by threads.
class AdcBank {
  public:
    virtual ~AdcBank() = default;
    [[nodiscard]] virtual CodeFormat format() const = 0;
    // codes of the group's sampled values; codes.size() = nodes · format().bytes(). Returns how many
    // conversions were clipped: inputs more than one LSB outside the range. A pure function of its arguments.
    virtual std::size_t convert(DrawKey key, const NodeGroup& group, std::span<const float> values,
                                std::span<std::uint8_t> codes) const = 0;
    // The stream of convert()'s draws, where they are one normal a node and nothing else; and the same
    // conversion with these in hand. Otherwise nothing, and never called.
    [[nodiscard]] virtual const RandomStream* noise(const NodeGroup& /*group*/) const { return nullptr; }
    virtual std::size_t convert_drawn(std::span<const float> /*normals*/, const NodeGroup& /*group*/,
                                      std::span<const float> /*values*/,
                                      std::span<std::uint8_t> /*codes*/) const {
        return 0;
    }
    // The drawn converter behind a node, without noise: inputs at which the code becomes 1, 2 … top, in LSB
    // of the full scale (k − ½ for an ideal one). Nothing where there are no codes.
    [[nodiscard]] virtual std::vector<double> thresholds(std::size_t node) const = 0;
    // Spread of the moment of sampling; it turns a moving input into noise.
    [[nodiscard]] virtual double jitter_s() const { return 0.0; }
};

// An ADC kind with its parameters.
class AdcKind {
  public:
    virtual ~AdcKind() = default;
    virtual void fields(Fields& f) = 0;
    [[nodiscard]] virtual std::unique_ptr<AdcBank> build(std::size_t nodes, const ConverterBankSpec& bank,
                                                         std::uint64_t chip_seed,
                                                         std::uint64_t noise_seed) const = 0;
    // The ledger's action of one conversion, and whether nodes are sampled before.
    [[nodiscard]] virtual std::string_view action() const { return "adc.convert"; }
    [[nodiscard]] virtual bool samples() const { return true; }
};

std::unique_ptr<AdcKind> make_adc(const std::string& name);
std::span<const std::string> adc_kinds();

std::unique_ptr<AdcKind> make_ideal_adc();
std::unique_ptr<AdcKind> make_uniform_adc(); // gain and offset error, thermal noise
std::unique_ptr<AdcKind> make_port_adc();    // words of a digital array
std::unique_ptr<AdcKind> make_sar_adc();     // successive approximation on a drawn capacitor array

} // namespace isinglass
