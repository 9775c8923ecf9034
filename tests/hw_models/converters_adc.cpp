#include "tests/hw_models/kernel_fixtures.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

namespace {

using Errors = std::map<std::string, double>;
using Codes = std::vector<std::uint8_t>;

const Errors none{{"gain_error", 0.0}, {"offset_error", 0.0}, {"noise", 0.0}};

Errors only(const std::string& hook, double value) {
    auto errors = none;
    errors[hook] = value;
    return errors;
}

std::unique_ptr<AdcBank> adc(Errors errors, std::size_t nodes, std::int64_t count = 64,
                             std::uint64_t chip_seed = 1, std::uint64_t noise_seed = 2) {
    const auto kind = make_uniform_adc();
    set(*kind, std::move(errors));
    return kind->build(nodes, {.count = count}, chip_seed, noise_seed);
}

std::vector<float> ramp(std::size_t n, double low, double high) {
    std::vector<float> values(n);
    for (std::size_t i = 0; i < n; ++i)
        values[i] =
            static_cast<float>(low + (high - low) * (static_cast<double>(i) + 0.5) / static_cast<double>(n));
    return values;
}

struct Moments {
    double mean = 0.0, deviation = 0.0;
};

template <class Range>
Moments moments(const Range& x) {
    Moments m;
    for (const auto v : x) m.mean += static_cast<double>(v) / static_cast<double>(x.size());
    for (const auto v : x)
        m.deviation += std::pow(static_cast<double>(v) - m.mean, 2) / static_cast<double>(x.size());
    m.deviation = std::sqrt(m.deviation);
    return m;
}

// Codes of `n` nodes that all hold `value` of the range 0 … 1, 8 bit.
Codes codes_of(const AdcBank& bank, std::size_t n, float value, DrawKey key = {}, float node_noise = 0.0F) {
    Codes codes(n);
    bank.convert(key, {.nodes = n, .node_noise = node_noise}, std::vector<float>(n, value), codes);
    return codes;
}

} // namespace

TEST_CASE("Quantisation of a ramp costs LSB²/12 and is monotone", "[adc]") {
    for (const int bits : {1, 4, 8, 10, 14}) {
        constexpr std::size_t n = 200000;
        auto errors = none;
        errors["bits"] = bits;
        const auto bank = adc(errors, n);
        const double half_lsb = 1.5 / (std::ldexp(1.0, bits) - 1.0); // of the range −1 … 2
        const auto values = ramp(n, -1.0 - half_lsb, 2.0 + half_lsb);
        Codes codes(n * bank->format().bytes());
        CHECK(bank->convert({}, {.nodes = n, .low = -1.0F, .high = 2.0F}, values, codes) == 0);
        std::vector<float> levels(n);
        bank->format().decode(codes, -1.0F, 2.0F, levels);
        CHECK(std::ranges::is_sorted(levels));
        std::vector<double> error(n);
        for (std::size_t i = 0; i < n; ++i)
            error[i] = (static_cast<double>(levels[i]) - static_cast<double>(values[i])) / (2.0 * half_lsb);
        const auto [mean, deviation] = moments(error);
        INFO(bits << " bits");
        CHECK(std::abs(mean) < 0.003);
        CHECK(deviation * deviation == Approx(1.0 / 12.0).epsilon(0.01));
        CHECK(std::ranges::max(error) < 0.52);
    }
}

TEST_CASE("Inputs more than one LSB out of range count as clipped and take the end codes", "[adc]") {
    const auto bank = adc(none, 8);
    const float lsb = 1.0F / 255.0F;
    const std::vector<float> values{-1.01F * lsb,       -0.99F * lsb,       0.0F, 1.0F,
                                    1.0F + 0.99F * lsb, 1.0F + 1.01F * lsb, 5.0F, -5.0F};
    Codes codes(8);
    CHECK(bank->convert({}, {.nodes = 8}, values, codes) == 4);
    CHECK(codes == Codes{0, 0, 0, 255, 255, 255, 255, 0});
}

TEST_CASE("An ADC's gain error scales with the input and has the stated spread", "[adc]") {
    constexpr std::size_t n = 10000;
    auto errors = only("gain_error", 0.02);
    errors["bits"] = 16;
    const auto bank = adc(errors, n, n);
    const auto lsbs = [&](float value) {
        Codes codes(2 * n);
        bank->convert({}, {.nodes = n}, std::vector<float>(n, value), codes);
        std::vector<float> out(n);
        bank->format().decode(codes, 0.0F, 65535.0F, out);
        return out;
    };
    CHECK(moments(lsbs(0.0F)).deviation < 1e-6);
    const auto half = lsbs(0.5F);
    CHECK(moments(half).mean == Approx(32767.5).margin(30)); // standard error 6.6
    CHECK(moments(half).deviation == Approx(0.02 * 32767.5).epsilon(0.03));
    const auto quarter = lsbs(0.25F);
    for (std::size_t i = 0; i < n; i += 101) CHECK(2.0F * quarter[i] == Approx(half[i]).margin(2.1));
}

TEST_CASE("An ADC's offset error has the stated spread at every input", "[adc]") {
    constexpr std::size_t n = 10000;
    const auto bank = adc(only("offset_error", 5.0), n, n);
    for (const float value : {0.25F, 0.75F}) {
        const auto [mean, deviation] = moments(codes_of(*bank, n, value));
        CHECK(mean == Approx(255 * value).margin(0.2));
        CHECK(deviation == Approx(std::sqrt(25.0 + 1.0 / 12.0)).epsilon(0.03));
    }
}

TEST_CASE("Nodes that share an ADC share its errors, others do not", "[adc]") {
    const auto bank = adc({{"noise", 0.0}, {"bits", 16.0}}, 300, 64);
    Codes bytes(600);
    bank->convert({}, {.nodes = 300}, std::vector<float>(300, 0.6F), bytes);
    std::vector<float> codes(300);
    bank->format().decode(bytes, 0.0F, 65535.0F, codes);
    std::size_t coincidences = 0;
    for (std::size_t i = 0; i < 300; ++i) {
        CHECK(codes[i] == codes[i % 64]);
        for (std::size_t j = 0; j < std::min<std::size_t>(i, 64) && i < 64; ++j)
            coincidences += codes[i] == codes[j] ? 1 : 0;
    }
    CHECK(coincidences < 15); // 2016 pairs, spread 390 codes: 1.5 expected
    Codes part(100);
    bank->convert({}, {.first_node = 70, .nodes = 50}, std::vector<float>(50, 0.6F), part);
    CHECK(std::equal(part.begin(), part.end(), bytes.begin() + 140));
}

TEST_CASE("Thermal noise and the node's own noise add as variances", "[adc]") {
    constexpr std::size_t n = 40000;
    const auto spread = [&](double noise_lsb, double node_lsb) {
        const auto bank = adc(only("noise", noise_lsb), n);
        const auto codes =
            codes_of(*bank, n, 0.5F, {.presentation = 3}, static_cast<float>(node_lsb / 255.0));
        return moments(codes).deviation;
    };
    CHECK(spread(3.0, 0.0) == Approx(std::sqrt(9.0 + 1.0 / 12.0)).epsilon(0.02));
    CHECK(spread(0.0, 4.0) == Approx(std::sqrt(16.0 + 1.0 / 12.0)).epsilon(0.02));
    CHECK(spread(3.0, 4.0) == Approx(std::sqrt(25.0 + 1.0 / 12.0)).epsilon(0.02));
    CHECK(spread(0.0, 0.0) < 1e-6);
}

TEST_CASE("An ADC's noise is a pure function of its key and the run's seed", "[adc]") {
    constexpr std::size_t n = 20000;
    const auto bank = adc(only("noise", 4.0), n);
    const auto first = codes_of(*bank, n, 0.5F, {.presentation = 1});
    CHECK(codes_of(*bank, n, 0.5F, {.presentation = 1}) == first);
    CHECK(codes_of(*adc(only("noise", 4.0), n, 64, 9, 2), n, 0.5F, {.presentation = 1}) == first);
    CHECK(codes_of(*adc(only("noise", 4.0), n, 64, 1, 9), n, 0.5F, {.presentation = 1}) != first);
    for (const DrawKey other : {DrawKey{.presentation = 2}, DrawKey{.presentation = 1, .phase = 1},
                                DrawKey{.presentation = 1, .step = 1}}) {
        const auto second = codes_of(*bank, n, 0.5F, other);
        double product = 0.0;
        for (std::size_t i = 0; i < n; ++i) product += (first[i] - 127.5) * (second[i] - 127.5) / (16.0 * n);
        CHECK(std::abs(product) < 0.035); // standard error .007
    }
}

TEST_CASE("An ADC's errors are drawn from the chip's seed, apart from the DAC's", "[adc]") {
    const Errors quiet{{"noise", 0.0}, {"offset_error", 5.0}};
    const auto codes = codes_of(*adc(quiet, 64, 64, 1), 64, 0.5F);
    CHECK(codes_of(*adc(quiet, 64, 64, 1), 64, 0.5F) == codes);
    CHECK(codes_of(*adc(quiet, 64, 64, 2), 64, 0.5F) != codes);
    const auto dac = make_uniform_dac();
    set(*dac, only("offset_error", 5.0));
    std::vector<float> levels(64);
    dac->build(64, {}, 1, 2)->convert({}, {.lines = 64, .high = 255.0F}, Codes(64, 128), levels);
    const auto alone = codes_of(*adc(only("offset_error", 5.0), 64), 64, 128.0F / 255.0F);
    double product = 0.0;
    for (std::size_t i = 0; i < 64; ++i)
        product += (static_cast<double>(levels[i]) - 128) * (alone[i] - 128.0) / (25.0 * 64);
    CHECK(std::abs(product) < 0.5); // standard error .125; 1 where both drew the same
}

TEST_CASE("Each error of an ADC can be switched off alone", "[adc]") {
    const Errors large{{"gain_error", 0.03}, {"offset_error", 3.0}, {"noise", 3.0}};
    const auto all = codes_of(*adc(large, 64), 64, 0.5F);
    for (const auto& [hook, value] : large) {
        auto without = large;
        without[hook] = 0.0;
        CHECK(codes_of(*adc(without, 64), 64, 0.5F) != all);
        CHECK(moments(codes_of(*adc(without, 64), 64, 0.5F)).deviation > 1.0);
        CHECK(moments(codes_of(*adc(only(hook, value), 64), 64, 0.5F)).deviation > 1.0);
    }
    CHECK(moments(codes_of(*adc(none, 64), 64, 0.5F)).deviation < 1e-6);
}
