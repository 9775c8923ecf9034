#include "traces/real_text.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <bit>
#include <cmath>
#include <cstdio>
#include <limits>
#include <random>
#include <string>

namespace isinglass {
namespace {

std::string ours(double value) {
    std::array<char, real_text_size> text;
    return {text.data(), write_real(value, text.data())};
}

std::string printed(double value) {
    std::array<char, 40> text;
    return {text.data(), static_cast<std::size_t>(std::snprintf(text.data(), text.size(), "%.16g", value))};
}

} // namespace

TEST_CASE("The text of a real is that of printf's %.16g, digit for digit") {
    std::mt19937_64 draw(1); // NOLINT(cert-msc51-cpp): the same numbers each time
    std::size_t different = 0;
    const auto check = [&](double value) {
        for (const double x : {value, -value})
            if (ours(x) != printed(x) && different++ < 5) CHECK(ours(x) == printed(x));
    };
    for (int i = 0; i < 300'000; ++i) {
        check(std::exp(std::uniform_real_distribution(-11.0, 11.0)(draw)));
        check(std::uniform_real_distribution(0.0, 1.0)(draw));
        check(static_cast<double>(draw() % 10'000'000) / 4096.0);
        check(static_cast<double>(draw() % 1'000'000) * 1e-4);
        check(std::bit_cast<double>(draw())); // any bits
    }
    for (int e = -6; e <= 6; ++e) // around powers of ten
        for (double x = std::pow(10.0, e), i = 0; i < 100; ++i, x = std::nextafter(x, 0.0)) {
            check(x);
            check(2.0 * std::pow(10.0, e) - x);
        }
    for (const double x :
         {0.0, 1.0, 0.1, 0.5, 9.5, 0.0001, 9999.999999999998, 1e4, std::numeric_limits<double>::infinity(),
          std::numeric_limits<double>::denorm_min(), std::numeric_limits<double>::max()})
        check(x);
    CHECK(different == 0);
}

} // namespace isinglass
