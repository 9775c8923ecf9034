// Digital-to-analog converters: codes become levels on lines.
#pragma once

#include "hw_models/base/random.hpp"
#include "hw_models/converters/code_format.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace isinglass {

// A run of neighbouring lines with one full scale.
struct LineGroup {
    std::size_t first_line = 0; // wiring position, which fixes the converter
    std::size_t lines = 0;
    float low = 0.0F; // level of code 0, model units
    float high = 1.0F;
};

// Converters of one chip with their drawn errors. Const after building, shared by threads.
class DacBank {
  public:
    virtual ~DacBank() = default;
    [[nodiscard]] virtual CodeFormat format() const = 0;
    // levels[i] for codes of the group's lines; codes.size() = lines · format().bytes(). `key` identifies the
    // draw of thermal noise: a pure function of its arguments.
    virtual void convert(DrawKey key, const LineGroup& group, std::span<const std::uint8_t> codes,
                         std::span<float> levels) const = 0;
    // The stream of convert()'s draws, where they are one normal a line and nothing else; and the same
    // conversion with these in hand. Otherwise nothing, and never called.
    [[nodiscard]] virtual const RandomStream* noise() const { return nullptr; }
    virtual void convert_drawn(std::span<const float> /*normals*/, const LineGroup& /*group*/,
                               std::span<const std::uint8_t> /*codes*/, std::span<float> /*levels*/) const {}
    // Level table of the drawn converter behind a line, settled and without noise, in LSB of the full scale:
    // k for code k of an ideal one. Nothing where there are no codes.
    [[nodiscard]] virtual std::vector<double> levels(std::size_t line) const = 0;
};

// A DAC kind with its parameters.
class DacKind {
  public:
    virtual ~DacKind() = default;
    virtual void fields(Fields& f) = 0;
    // The bank of one chip: errors are drawn from chip_seed, noise later from noise_seed.
    [[nodiscard]] virtual std::unique_ptr<DacBank> build(std::size_t lines, const ConverterBankSpec& bank,
                                                         std::uint64_t chip_seed,
                                                         std::uint64_t noise_seed) const = 0;
    // The ledger's action of one conversion, and whether codes end up as voltages on wires across the array.
    [[nodiscard]] virtual std::string_view action() const { return "dac.convert"; }
    [[nodiscard]] virtual bool drives_lines() const { return true; }
};

std::unique_ptr<DacKind> make_dac(const std::string& name);
std::span<const std::string> dac_kinds();

std::unique_ptr<DacKind> make_ideal_dac();
std::unique_ptr<DacKind> make_uniform_dac();    // gain and offset error, thermal noise
std::unique_ptr<DacKind> make_port_dac();       // words of a digital array
std::unique_ptr<DacKind> make_capacitive_dac(); // drawn unit capacitors, binary or unary

} // namespace isinglass
