#include "hw_models/converters/code_format.hpp"

#include <vector>

namespace isinglass {

namespace {

template <class Code>
void encode_as(std::span<const float> levels, float low, float high, float top, std::uint8_t* codes) {
    const float scale = top / (high - low);
    for (std::size_t i = 0; i < levels.size(); ++i) { // no number becomes code 0
        const float x = (levels[i] - low) * scale + 0.5F;
        const auto code =
            static_cast<Code>(static_cast<std::int32_t>(std::min(std::max(0.0F, x), top + 0.5F)));
        std::memcpy(codes + i * sizeof(Code), &code, sizeof(Code));
    }
}

template <class Code>
void decode_as(const std::uint8_t* codes, float low, float high, float top, std::span<float> levels) {
    const float scale = (high - low) / top;
    for (std::size_t i = 0; i < levels.size(); ++i) {
        Code code;
        std::memcpy(&code, codes + i * sizeof(Code), sizeof(Code));
        levels[i] = low + scale * static_cast<float>(static_cast<std::int32_t>(code));
    }
}

} // namespace

void CodeFormat::encode(std::span<const float> levels, float low, float high,
                        std::span<std::uint8_t> codes) const {
    const auto top = static_cast<float>(top_code());
    if (!bits)
        std::memcpy(codes.data(), levels.data(), codes.size());
    else if (*bits <= 8)
        encode_as<std::uint8_t>(levels, low, high, top, codes.data());
    else
        encode_as<std::uint16_t>(levels, low, high, top, codes.data());
}

void CodeFormat::decode(std::span<const std::uint8_t> codes, float low, float high,
                        std::span<float> levels) const {
    const auto top = static_cast<float>(top_code());
    if (!bits)
        std::memcpy(levels.data(), codes.data(), codes.size());
    else if (*bits <= 8)
        decode_as<std::uint8_t>(codes.data(), low, high, top, levels);
    else
        decode_as<std::uint16_t>(codes.data(), low, high, top, levels);
}

std::vector<double> even_table(std::size_t count, double first) {
    std::vector<double> table(count);
    for (std::size_t k = 0; k < count; ++k) table[k] = static_cast<double>(k) + first;
    return table;
}

std::size_t ConverterBankSpec::slots(std::span<const LineRun> runs) const {
    const auto converters = static_cast<std::size_t>(count);
    if (runs.size() == 1) return slots(runs.front().count);
    std::size_t rounds = 0; // in which every converter has a line
    std::vector<std::size_t> more(converters, 0);
    for (const auto& run : runs) {
        rounds += run.count / converters;
        for (std::size_t i = run.first; i < run.first + run.count % converters; ++i) ++more[i % converters];
    }
    return rounds + *std::ranges::max_element(more);
}

void ConverterBankSpec::fields(Fields& f) {
    f.integer({"count", "converters on the chip; line i is wired to converter i modulo count"}, count,
              {1, 65536});
    f.quantity({"rate", "conversions a second of one converter"}, rate_hz, Unit::hertz, {1e3, 1e12});
}

} // namespace isinglass
