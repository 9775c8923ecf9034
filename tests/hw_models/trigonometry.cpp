#include "hw_models/array/trigonometry.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace isinglass;

TEST_CASE("sine and cosine are exact to single precision far beyond one turn", "[phases]") {
    for (const auto& [span, bound] : {std::pair(3.2, 2e-7), {100.0, 2e-7}, {1e4, 3e-7}}) {
        double worst = 0.0;
        for (int i = -100000; i <= 100000; ++i) {
            const auto angle = static_cast<float>(span * i / 1e5);
            const auto [sine, cosine] = sine_cosine(angle);
            worst = std::max(worst, std::abs(static_cast<double>(sine) - std::sin(double(angle))));
            worst = std::max(worst, std::abs(static_cast<double>(cosine) - std::cos(double(angle))));
        }
        CHECK(worst < bound);
    }
    CHECK(sine_cosine(0.0F).sine == 0.0F);
}

TEST_CASE("the direction of a vector is within 4e-7 of the exact one, whatever its length", "[phases]") {
    double worst = 0.0;
    for (const double length : {1e-30, 1e-3, 1.0, 1e30})
        for (int i = -100000; i <= 100000; ++i) {
            const double angle = 3.14159265 * i / 1e5;
            const auto x = static_cast<float>(length * std::cos(angle));
            const auto y = static_cast<float>(length * std::sin(angle));
            worst = std::max(
                worst, std::abs(static_cast<double>(direction(y, x)) - std::atan2(double(y), double(x))));
        }
    CHECK(worst < 4e-7);
    CHECK(direction(0.0F, 0.0F) == 0.0F);
    CHECK(direction(0.0F, -1.0F) == half_turn);
}
