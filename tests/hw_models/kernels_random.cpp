#include "hw_models/base/random.hpp"

#include <boost/math/special_functions/erf.hpp>
#include <catch2/catch.hpp>

#include <array>
#include <cmath>
#include <set>
#include <vector>

using namespace isinglass;

namespace {

using Words = std::array<std::uint32_t, 4>;

// Philox4x32-10 as its paper writes it (Salmon et al., SC 2011).
Words philox(Words counter, std::array<std::uint32_t, 2> key) {
    for (int round = 0; round < 10; ++round) {
        const std::uint64_t a = std::uint64_t{0xd2511f53} * counter[0];
        const std::uint64_t b = std::uint64_t{0xcd9e8d57} * counter[2];
        counter = {static_cast<std::uint32_t>(b >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(b),
                   static_cast<std::uint32_t>(a >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(a)};
        key = {key[0] + 0x9e3779b9U, key[1] + 0xbb67ae85U};
    }
    return counter;
}

double exact_normal(std::uint32_t word) {
    const double u = (static_cast<double>(word >> 8) + 0.5) / 16777216.0;
    return -std::sqrt(2.0) * boost::math::erfc_inv(2.0 * u);
}

struct Moments {
    double mean = 0, variance = 0, skewness = 0, kurtosis = 0;
};

Moments moments(std::span<const float> x) {
    const auto n = static_cast<double>(x.size());
    double m1 = 0, m2 = 0, m3 = 0, m4 = 0;
    for (const double v : x) m1 += v / n;
    for (const double v : x) {
        const double d = v - m1;
        m2 += d * d / n;
        m3 += d * d * d / n;
        m4 += d * d * d * d / n;
    }
    return {m1, m2, m3 / std::pow(m2, 1.5), m4 / (m2 * m2)};
}

double correlation(std::span<const float> x, std::span<const float> y) {
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) sum += static_cast<double>(x[i]) * static_cast<double>(y[i]);
    return sum / static_cast<double>(x.size());
}

constexpr DrawKey some_key{.presentation = 0x123456789abcULL, .phase = 3, .step = 77};

} // namespace

TEST_CASE("The reference Philox gives the generator's published known answers", "[random]") {
    constexpr std::uint32_t ones = 0xffffffff;
    CHECK(philox({0, 0, 0, 0}, {0, 0}) == Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
    CHECK(philox({ones, ones, ones, ones}, {ones, ones}) ==
          Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
    CHECK(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
          Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("A draw is Philox of its whole identity under a key hashed from seed and purpose", "[random]") {
    const std::uint64_t seed = 0xfedcba9876543210ULL;
    const auto hashed = philox({0x76543210, 0xfedcba98, 99, 0x1517613a}, {0x9e3779b9, 0x7f4a7c15});
    for (const std::uint32_t block : {0U, 1U, 1000000U})
        CHECK(RandomStream(seed, Purpose::test).words(some_key, block) ==
              philox({block, 77 | (3U << 24), 0x56789abc, 0x1234}, {hashed[0], hashed[1]}));
}

TEST_CASE("Shorter draws of a key are prefixes of longer ones", "[random]") {
    const RandomStream stream(1, Purpose::test);
    std::vector<std::uint32_t> words(1100);
    std::vector<float> uniforms(1100), gaussians(1100);
    stream.words(some_key, words);
    stream.uniforms(some_key, uniforms);
    stream.gaussians(some_key, gaussians);
    for (std::size_t n : {1U, 2U, 3U, 4U, 5U, 7U, 15U, 16U, 17U, 511U, 512U, 513U, 1023U, 1099U}) {
        std::vector<std::uint32_t> w(n);
        std::vector<float> u(n), g(n);
        stream.words(some_key, w);
        stream.uniforms(some_key, u);
        stream.gaussians(some_key, g);
        CHECK(std::equal(w.begin(), w.end(), words.begin()));
        CHECK(std::equal(u.begin(), u.end(), uniforms.begin()));
        CHECK(std::equal(g.begin(), g.end(), gaussians.begin()));
    }
    for (std::uint32_t block = 0; block < 275; ++block) {
        const auto four = stream.words(some_key, block);
        CHECK(std::equal(four.begin(), four.end(), words.begin() + 4 * block));
    }
    for (std::size_t i = 0; i < gaussians.size(); ++i) CHECK(gaussians[i] == normal_from_word(words[i]));
}

TEST_CASE("Normal draws are the exact quantiles of their words, tails included", "[random]") {
    double largest = 0.0;
    const auto check = [&](std::uint32_t level) {
        const double error =
            std::abs(static_cast<double>(normal_from_word(level << 8)) - exact_normal(level << 8));
        largest = std::max(largest, error);
    };
    constexpr std::uint32_t levels = 1U << 24;
    for (std::uint32_t i = 0; i < 3000; ++i) check(i), check(levels - 1 - i);
    for (std::uint32_t level = 0; level < levels; level += 97) check(level);
    CHECK(largest < 1.1e-6);
    for (std::uint32_t level = 0; level < levels / 2; level += 1013)
        CHECK(normal_from_word(level << 8) == -normal_from_word((levels - 1 - level) << 8));
}

TEST_CASE("The extreme words stay inside a uniform's open interval and a normal's finite range", "[random]") {
    CHECK(normal_from_word(0xffffffff) == Approx(5.41998).epsilon(1e-5));
    CHECK(normal_from_word(0) == Approx(-5.41998).epsilon(1e-5));
    // Of 2^26 words some are all ones in their upper 24 bits, which rounding must not carry up to 1.
    const RandomStream stream(3, Purpose::test);
    std::vector<float> run(1U << 16);
    float low = 1.0F, high = 0.0F;
    for (std::uint64_t i = 0; i < 64; ++i) {
        stream.uniforms({i}, run);
        const auto [a, b] = std::ranges::minmax(run);
        low = std::min(low, a);
        high = std::max(high, b);
    }
    CHECK(low > 0.0F);
    CHECK(high < 1.0F);
}

TEST_CASE("Draws have the moments of their distributions", "[random]") {
    constexpr std::size_t n =
        1U << 19; // standard errors: mean .0014, variance .002, skewness .0034, kurtosis .0068
    std::vector<float> x(n);
    const RandomStream stream(2, Purpose::test);
    stream.gaussians({}, x);
    const auto g = moments(x);
    CHECK(std::abs(g.mean) < 0.006);
    CHECK(std::abs(g.variance - 1.0) < 0.008);
    CHECK(std::abs(g.skewness) < 0.014);
    CHECK(std::abs(g.kurtosis - 3.0) < 0.028);
    stream.uniforms({}, x);
    const auto u = moments(x);
    CHECK(std::abs(u.mean - 0.5) < 0.0016);
    CHECK(std::abs(u.variance - 1.0 / 12.0) < 0.0005);
    CHECK(std::abs(u.kurtosis - 1.8) < 0.01);
}

TEST_CASE("Draws that differ in seed, purpose or any part of the key are independent", "[random]") {
    constexpr std::size_t n = 20000; // standard error of a correlation: .007
    std::vector<std::vector<float>> runs;
    const auto add = [&](std::uint64_t seed, Purpose purpose, DrawKey key) {
        RandomStream(seed, purpose).gaussians(key, runs.emplace_back(n));
    };
    add(1, Purpose::test, {});
    add(2, Purpose::test, {});
    add(1ULL << 32, Purpose::test, {});
    add(1, Purpose::dac_noise, {});
    add(1, Purpose::test, {.presentation = 1});
    add(1, Purpose::test, {.presentation = 1ULL << 32});
    add(1, Purpose::test, {.phase = 1});
    add(1, Purpose::test, {.step = 1});
    for (std::size_t a = 0; a < runs.size(); ++a)
        for (std::size_t b = 0; b < a; ++b) CHECK(std::abs(correlation(runs[a], runs[b])) < 0.035);
}

TEST_CASE("No two neighbouring keys share a counter block", "[random]") {
    const RandomStream stream(1, Purpose::test);
    std::set<Words> seen;
    for (std::uint64_t presentation = 0; presentation < 4; ++presentation)
        for (std::uint32_t phase : {0U, 1U, 2U, 255U})
            for (std::uint32_t step : {0U, 1U, 255U, 256U, (1U << 24) - 1})
                for (std::uint32_t block = 0; block < 4; ++block)
                    seen.insert(stream.words({presentation, phase, step}, block));
    CHECK(seen.size() == 4 * 4 * 5 * 4);
}

TEST_CASE("Integers below a bound are uniform and never reach it", "[random]") {
    const RandomStream stream(4, Purpose::test);
    std::array<int, 7> counts{};
    constexpr std::uint32_t n = 70000;
    for (std::uint32_t i = 0; i < n; ++i) ++counts.at(stream.below(some_key, i, 7));
    double chi_squared = 0.0;
    for (const int c : counts) chi_squared += (c - 10000.0) * (c - 10000.0) / 10000.0;
    CHECK(chi_squared < 22.5); // 6 degrees of freedom, p = .001
    CHECK(stream.below(some_key, 0, 1) == 0);
}
