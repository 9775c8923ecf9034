#include "tests/hw_models/kernel_fixtures.hpp"

#include <catch2/catch.hpp>

#include <cstring>
#include <limits>

using namespace isinglass;
using namespace isinglass::test;

namespace {

std::vector<std::uint8_t> encode(CodeFormat format, std::span<const float> levels, float low, float high) {
    std::vector<std::uint8_t> codes(levels.size() * format.bytes());
    format.encode(levels, low, high, codes);
    return codes;
}

std::vector<float> decode(CodeFormat format, std::span<const std::uint8_t> codes, float low, float high) {
    std::vector<float> levels(codes.size() / format.bytes());
    format.decode(codes, low, high, levels);
    return levels;
}

std::uint32_t code_at(CodeFormat format, std::span<const std::uint8_t> codes, std::size_t i) {
    if (format.bytes() == 1) return codes[i];
    return codes[2 * i] | (static_cast<std::uint32_t>(codes[2 * i + 1]) << 8); // little endian
}

} // namespace

TEST_CASE("A code takes one byte up to 8 bits and two above", "[codes]") {
    for (int bits = 1; bits <= 16; ++bits) CHECK(CodeFormat{bits}.bytes() == (bits <= 8 ? 1 : 2));
    CHECK(CodeFormat{}.bytes() == 4);
}

TEST_CASE("Every code survives decoding and encoding", "[codes]") {
    for (int bits = 1; bits <= 16; ++bits)
        for (const auto& [low, high] :
             {std::pair{0.0F, 1.0F}, {-1.0F, 1.0F}, {-0.0625F, 0.0625F}, {0.3F, 7.7F}}) {
            const CodeFormat format{bits};
            const std::size_t count = std::size_t{1} << bits;
            std::vector<std::uint8_t> codes;
            for (std::size_t c = 0; c < count; ++c)
                for (std::size_t b = 0; b < format.bytes(); ++b)
                    codes.push_back(static_cast<std::uint8_t>(c >> (8 * b)));
            const auto levels = decode(format, codes, low, high);
            INFO(bits << " bits from " << low << " to " << high);
            CHECK(encode(format, levels, low, high) == codes);
            CHECK(levels.front() == low);
            CHECK(levels.back() == Approx(high));
            CHECK(std::ranges::is_sorted(levels, std::less_equal<>{}));
            CHECK(std::ranges::adjacent_find(levels) == levels.end());
        }
}

TEST_CASE("A level becomes its nearest code", "[codes]") {
    for (int bits = 1; bits <= 16; ++bits) {
        const CodeFormat format{bits};
        std::vector<float> levels(5000);
        for (std::size_t i = 0; i < levels.size(); ++i)
            levels[i] = -2.0F + 5.0F * static_cast<float>(i) / 5000.0F;
        const auto codes = encode(format, levels, -1.0F, 2.0F);
        std::uint32_t before = 0;
        double worst = 0.0;
        bool monotone = true;
        for (std::size_t i = 0; i < levels.size(); ++i) {
            const double exact =
                (std::clamp(static_cast<double>(levels[i]), -1.0, 2.0) + 1.0) / 3.0 * format.top_code();
            const auto code = code_at(format, codes, i);
            worst = std::max(worst, std::abs(exact - code));
            monotone = monotone && code >= before;
            before = code;
        }
        INFO(bits << " bits");
        CHECK(monotone);
        CHECK(worst < 0.5 + 0.01); // beside single precision's rounding of 16-bit codes
    }
}

TEST_CASE("Levels beyond the range take the end codes, and no number takes code 0", "[codes]") {
    constexpr float infinite = std::numeric_limits<float>::infinity();
    const std::vector<float> levels{-1e30F, -infinite, 1e30F, infinite,
                                    std::numeric_limits<float>::quiet_NaN()};
    for (int bits = 1; bits <= 16; ++bits) {
        const CodeFormat format{bits};
        const auto codes = encode(format, levels, 0.0F, 1.0F);
        const auto top = static_cast<std::uint32_t>(format.top_code());
        const std::vector<std::uint32_t> expected{0, 0, top, top, 0};
        for (std::size_t i = 0; i < levels.size(); ++i) CHECK(code_at(format, codes, i) == expected[i]);
    }
}

TEST_CASE("Without bits a code is the level itself, whatever the range", "[codes]") {
    const std::vector<float> levels{0.0F, -0.0F, 1.0F / 3.0F, -17.5F, 1e-40F, 3e38F};
    const CodeFormat ideal;
    const auto codes = encode(ideal, levels, 0.0F, 1.0F);
    CHECK(std::memcmp(codes.data(), levels.data(), codes.size()) == 0);
    const auto back = decode(ideal, codes, -5.0F, 2.0F);
    CHECK(std::memcmp(back.data(), levels.data(), codes.size()) == 0);
}

TEST_CASE("Conversion slots cover all lines", "[codes]") {
    const ConverterBankSpec bank{.count = 64};
    CHECK(bank.slots(0) == 0);
    CHECK(bank.slots(1) == 1);
    CHECK(bank.slots(64) == 1);
    CHECK(bank.slots(65) == 2);
    CHECK(bank.slots(522) == 9);
}

TEST_CASE("Lines that are wired to the same converter take a slot each, whatever lies between", "[codes]") {
    const ConverterBankSpec bank{.count = 4};
    using Runs = std::vector<LineRun>;
    CHECK(bank.slots(Runs{}) == 0);
    CHECK(bank.slots(Runs{{5, 4}}) == 1);         // converters 1, 2, 3, 0
    CHECK(bank.slots(Runs{{0, 2}, {2, 2}}) == 1); // 0, 1 and 2, 3
    CHECK(bank.slots(Runs{{0, 2}, {4, 2}}) == 2); // 0, 1 and 0, 1
    CHECK(bank.slots(Runs{{0, 2}, {5, 2}}) == 2); // 0, 1 and 1, 2
    CHECK(bank.slots(Runs{{0, 2}, {6, 2}}) == 1); // 0, 1 and 2, 3
    // 0 twice, 1 to 3 once; 3 twice, 0 to 2 once; 3 once.
    CHECK(bank.slots(Runs{{0, 5}, {7, 5}, {15, 1}}) == 4);
    CHECK(bank.slots(Runs{{0, 5}, {7, 5}, {14, 1}}) == 3);
    CHECK(ConverterBankSpec{.count = 1}.slots(Runs{{0, 5}, {7, 5}}) == 10);
}

TEST_CASE("Ideal converters are bit exact and never clip", "[codes]") {
    const auto dac = make_ideal_dac()->build(8, {}, 1, 2);
    const auto adc = make_ideal_adc()->build(8, {}, 1, 2);
    const std::vector<float> values{0.1F, -3.0F, 7.0F, 1e-30F, 0.0F, 1.0F, 0.5F, -0.0F};
    std::vector<std::uint8_t> codes(32);
    CHECK(adc->convert({}, {.nodes = 8}, values, codes) == 0);
    std::vector<float> levels(8);
    dac->convert({}, {.lines = 8}, codes, levels);
    CHECK(std::memcmp(levels.data(), values.data(), 32) == 0);
}

TEST_CASE("An ideal ADC still reads the noise that the node has", "[codes]") {
    constexpr std::size_t n = 40000;
    const auto adc = make_ideal_adc()->build(n, {}, 1, 2);
    const std::vector<float> zeros(n, 0.0F);
    std::vector<std::uint8_t> codes(4 * n), again(4 * n), other(4 * n);
    const NodeGroup group{.nodes = n, .node_noise = 0.01F};
    adc->convert({.presentation = 1}, group, zeros, codes);
    adc->convert({.presentation = 1}, group, zeros, again);
    adc->convert({.presentation = 2}, group, zeros, other);
    CHECK(codes == again);
    CHECK(codes != other);
    double square = 0.0;
    for (const double x : decode({}, codes, 0, 1)) square += x * x / n;
    CHECK(std::sqrt(square) == Approx(0.01).epsilon(0.02));
}
