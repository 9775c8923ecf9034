// How a level is written as a code: what host and converter agree on.
#pragma once

#include "hw_models/base/fields.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

namespace isinglass {

// Codes run from 0 at `low` to 2^bits − 1 at `high`, rounded to nearest, one byte up to 8 bits and two
// (little endian) above. Without bits the code is the level itself as an IEEE-754 single: the ideal
// converter.
struct CodeFormat {
    std::optional<int> bits;

    [[nodiscard]] std::size_t bytes() const { return !bits ? 4 : *bits <= 8 ? 1 : 2; }
    [[nodiscard]] double top_code() const { return bits ? std::ldexp(1.0, *bits) - 1.0 : 1.0; }

    // codes.size() = levels.size() · bytes().
    void encode(std::span<const float> levels, float low, float high, std::span<std::uint8_t> codes) const;
    void decode(std::span<const std::uint8_t> codes, float low, float high, std::span<float> levels) const;
};

// k + first for k = 0 … count − 1: the table of a converter without errors, in LSB.
[[nodiscard]] std::vector<double> even_table(std::size_t count, double first);

// Neighbouring lines or nodes, by their wiring position.
struct LineRun {
    std::size_t first = 0;
    std::size_t count = 0;
};

// Time and sharing, common to DACs and ADCs: line i is wired to converter i modulo count.
struct ConverterBankSpec {
    std::int64_t count = 64;
    double rate_hz = 2.0e8;
    double temperature_k = 300.0; // of the chip, no parameter of the bank

    void fields(Fields& f);
    // Conversion slots that n neighbouring lines need, one conversion per converter and slot.
    [[nodiscard]] std::size_t slots(std::size_t lines) const {
        return (lines + static_cast<std::size_t>(count) - 1) / static_cast<std::size_t>(count);
    }
    // Slots that several runs need: the wiring is fixed, so as many as the busiest converter has lines.
    [[nodiscard]] std::size_t slots(std::span<const LineRun> runs) const;
};

} // namespace isinglass
