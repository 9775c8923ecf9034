#include "tests/hw_models/kernel_fixtures.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

namespace {

using Errors = std::map<std::string, double>;

const Errors none{{"gain_error", 0.0}, {"offset_error", 0.0}, {"noise", 0.0}};

Errors only(const std::string& hook, double value) {
    auto errors = none;
    errors[hook] = value;
    return errors;
}

std::unique_ptr<DacBank> dac(Errors errors, std::size_t lines, std::int64_t count = 64,
                             std::uint64_t chip_seed = 1, std::uint64_t noise_seed = 2) {
    const auto kind = make_uniform_dac();
    set(*kind, std::move(errors));
    return kind->build(lines, {.count = count}, chip_seed, noise_seed);
}

// Levels of all lines at one code, in LSB above code 0.
std::vector<double> levels_at(const DacBank& bank, std::size_t lines, std::uint8_t code, DrawKey key = {}) {
    const std::vector<std::uint8_t> codes(lines, code);
    std::vector<float> levels(lines);
    bank.convert(key, {.lines = lines, .low = -1.0F, .high = 1.0F}, codes, levels);
    std::vector<double> lsb;
    for (const float x : levels) lsb.push_back((static_cast<double>(x) + 1.0) * 127.5);
    return lsb;
}

double mean(const std::vector<double>& x) {
    double sum = 0.0;
    for (const double v : x) sum += v;
    return sum / static_cast<double>(x.size());
}

double deviation(const std::vector<double>& x) {
    const double m = mean(x);
    double sum = 0.0;
    for (const double v : x) sum += (v - m) * (v - m);
    return std::sqrt(sum / static_cast<double>(x.size()));
}

} // namespace

TEST_CASE("A DAC without errors puts each code's nominal level on its line", "[dac]") {
    for (const int bits : {1, 4, 8, 12, 16}) {
        auto errors = none;
        errors["bits"] = bits;
        const CodeFormat format{bits};
        const auto bank = dac(errors, 300);
        CHECK(bank->format().bits == bits);
        const auto wanted = random_floats(300, 1, -1.0F, 1.0F);
        std::vector<std::uint8_t> codes(300 * format.bytes());
        std::vector<float> exact(300), levels(300);
        format.encode(wanted, -1.0F, 1.0F, codes);
        format.decode(codes, -1.0F, 1.0F, exact);
        bank->convert({}, {.lines = 300, .low = -1.0F, .high = 1.0F}, codes, levels);
        double worst = 0.0;
        for (std::size_t i = 0; i < 300; ++i)
            worst = std::max(worst, std::abs(static_cast<double>(levels[i] - exact[i])));
        CHECK(worst < 2e-7);
    }
}

TEST_CASE("A DAC's levels rise with its code", "[dac]") {
    const auto bank = dac(only("gain_error", 0.02), 64);
    auto before = levels_at(*bank, 64, 0);
    for (int code = 1; code < 256; ++code) {
        const auto now = levels_at(*bank, 64, static_cast<std::uint8_t>(code));
        for (std::size_t i = 0; i < 64; ++i) CHECK(now[i] > before[i]);
        before = now;
    }
}

TEST_CASE("A gain error scales with the code and has the stated spread", "[dac]") {
    const auto bank = dac(only("gain_error", 0.02), 10000, 10000);
    for (const double x : levels_at(*bank, 10000, 0)) CHECK(std::abs(x) < 1e-4);
    const auto at_top = levels_at(*bank, 10000, 255);
    CHECK(mean(at_top) == Approx(255.0).margin(0.2)); // standard error .05
    CHECK(deviation(at_top) == Approx(0.02 * 255).epsilon(0.03));
    const auto half = levels_at(*bank, 10000, 100);
    for (std::size_t i = 0; i < 10000; i += 101)
        CHECK(half[i] - 100 == Approx((at_top[i] - 255) * 100 / 255).margin(1e-3));
}

TEST_CASE("An offset error is the same at every code and has the stated spread", "[dac]") {
    const auto bank = dac(only("offset_error", 0.7), 10000, 10000);
    const auto low = levels_at(*bank, 10000, 0);
    const auto high = levels_at(*bank, 10000, 255);
    CHECK(std::abs(mean(low)) < 0.03);
    CHECK(deviation(low) == Approx(0.7).epsilon(0.03));
    for (std::size_t i = 0; i < 10000; i += 101) CHECK(high[i] - 255 == Approx(low[i]).margin(1e-3));
}

TEST_CASE("Lines that share a DAC share its errors, others do not", "[dac]") {
    const auto bank = dac({{"noise", 0.0}}, 300, 64);
    const auto levels = levels_at(*bank, 300, 200);
    std::size_t surprises = 0;
    for (std::size_t i = 0; i < 300; ++i)
        for (std::size_t j = 0; j < i; ++j)
            surprises += (levels[i] == levels[j]) != (i % 64 == j % 64) ? 1 : 0;
    CHECK(surprises == 0);
}

TEST_CASE("A group of lines meets the converters of its wiring position", "[dac]") {
    const auto bank = dac({{"noise", 0.0}}, 300, 64);
    const auto all = levels_at(*bank, 300, 200);
    std::vector<float> levels(50);
    bank->convert({}, {.first_line = 70, .lines = 50, .low = -1.0F, .high = 1.0F},
                  std::vector<std::uint8_t>(50, 200), levels);
    for (std::size_t i = 0; i < 50; ++i) CHECK((static_cast<double>(levels[i]) + 1.0) * 127.5 == all[70 + i]);
}

TEST_CASE("A DAC's thermal noise has the stated spread and is drawn anew for each conversion", "[dac]") {
    constexpr std::size_t n = 20000;
    const auto bank = dac(only("noise", 0.4), n);
    const auto first = levels_at(*bank, n, 128, {.presentation = 1});
    CHECK(mean(first) == Approx(128).margin(0.015));
    CHECK(deviation(first) == Approx(0.4).epsilon(0.02));
    CHECK(levels_at(*bank, n, 128, {.presentation = 1}) == first);
    for (const DrawKey other : {DrawKey{.presentation = 2}, DrawKey{.presentation = 1, .phase = 1},
                                DrawKey{.presentation = 1, .step = 1}}) {
        const auto second = levels_at(*bank, n, 128, other);
        double product = 0.0;
        for (std::size_t i = 0; i < n; ++i) product += (first[i] - 128) * (second[i] - 128) / (0.16 * n);
        CHECK(std::abs(product) < 0.035); // standard error .007
    }
}

TEST_CASE("A DAC's errors follow the chip's seed and its noise the run's", "[dac]") {
    const Errors quiet{{"noise", 0.0}};
    const auto levels = levels_at(*dac(quiet, 64, 64, 1, 2), 64, 200);
    CHECK(levels_at(*dac(quiet, 64, 64, 1, 3), 64, 200) == levels);
    CHECK(levels_at(*dac(quiet, 64, 64, 2, 2), 64, 200) != levels);
    const auto noisy = levels_at(*dac(only("noise", 0.4), 64, 64, 1, 2), 64, 200);
    CHECK(levels_at(*dac(only("noise", 0.4), 64, 64, 2, 2), 64, 200) == noisy);
    CHECK(levels_at(*dac(only("noise", 0.4), 64, 64, 1, 3), 64, 200) != noisy);
}

TEST_CASE("Each error of a DAC can be switched off alone", "[dac]") {
    const auto all = levels_at(*dac({}, 64), 64, 200);
    for (const auto* hook : {"gain_error", "offset_error", "noise"}) {
        const auto without = levels_at(*dac({{hook, 0.0}}, 64), 64, 200);
        const auto alone =
            levels_at(*dac(only(hook, std::string(hook) == "gain_error" ? 0.01 : 0.3), 64), 64, 200);
        CHECK(without != all);
        CHECK(deviation(without) > 0.05);
        CHECK(deviation(alone) > 0.05);
    }
    for (const double x : levels_at(*dac(none, 64), 64, 200)) CHECK(x == Approx(200).margin(1e-4));
}
