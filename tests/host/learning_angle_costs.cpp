#include "host/learning/cost.hpp"
#include "hw_models/base/error.hpp"
#include "tests/host/learning_configured.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cmath>

using namespace isinglass;

namespace {

using Phases = std::array<float, 3>;

const std::vector<Phases> phases{{0.0F, 1.5F, -1.5F}, {3.0F, -3.0F, 0.75F}, {-0.5F, -2.5F, 1.0F}};

} // namespace

TEST_CASE("an angle cost's force is minus its central finite difference, round the whole circle") {
    for (const auto* kind : {"cosine", "log_cosine"}) {
        const auto cost = make_cost(kind);
        constexpr float h = 0x1p-9F;
        for (const auto& output : phases)
            for (int label = 0; label < 3; ++label) {
                Phases force{};
                cost->force(output, label, force);
                for (std::size_t i = 0; i < output.size(); ++i) {
                    Phases above = output, below = output;
                    above[i] += h;
                    below[i] -= h;
                    const double slope =
                        (cost->value(above, label) - cost->value(below, label)) / (2.0 * double(h));
                    INFO(kind << ", label " << label << ", output " << i);
                    CHECK(static_cast<double>(force[i]) == Approx(-slope).epsilon(2e-3).margin(1e-5));
                }
            }
    }
}

TEST_CASE("angle costs follow their formulae") {
    const Phases output{1.0F, -1.0F, 2.0F};
    const double quarter = std::acos(0.0);
    double cosine = 0.0, logarithm = 0.0;
    for (std::size_t i = 0; i < 3; ++i) {
        const double d = double(output[i]) - (i == 1 ? quarter : -quarter);
        cosine += 1.0 - std::cos(d);
        logarithm -= std::log((1.0 + std::cos(d)) / 2.0);
    }
    CHECK(make_cost("cosine")->value(output, 1) == Approx(cosine));
    CHECK(make_cost("log_cosine")->value(output, 1) == Approx(logarithm).epsilon(0.05)); // ε softens it
    Phases wanted{};
    for (const auto* kind : {"cosine", "log_cosine"}) {
        make_cost(kind)->target(1, wanted);
        CHECK(double(wanted[0]) == Approx(-quarter));
        CHECK(double(wanted[1]) == Approx(quarter));
        CHECK(make_cost(kind)->value(wanted, 1) == Approx(0.0).margin(1e-6));
    }
    CHECK(make_cost("cosine")->live_law() == NudgeLaw::sine);
    CHECK(make_cost("log_cosine")->live_law() == NudgeLaw::tangent);
}

TEST_CASE("the log-cosine cost and its force stay finite opposite the target") {
    const auto cost = make_cost("log_cosine");
    for (int i = -1000; i <= 1000; ++i) {
        const Phases output{0.0F, static_cast<float>(-1.5707963 + 1e-3 * i), 0.0F};
        Phases force{};
        cost->force(output, 1, force);
        CHECK(std::abs(force[1]) < 10.0F);
        CHECK(std::isfinite(cost->value(output, 1)));
    }
}

TEST_CASE("phases say the class of the largest sine, and one phase tells two classes apart by its sign") {
    for (const auto* kind : {"cosine", "log_cosine"}) {
        const auto cost = make_cost(kind);
        CHECK(cost->prediction(Phases{0.1F, 2.0F, -1.0F}) == 1);
        CHECK(cost->prediction(Phases{3.0F, -0.5F, -1.6F}) == 0);
        CHECK(cost->prediction(Phases{-3.0F, -2.0F, 4.0F}) == 0); // 4 rad has a negative sine
        CHECK(cost->most_classes(3) == 3);
        CHECK(cost->most_classes(1) == 2);
        std::array<float, 1> one{0.3F};
        CHECK(cost->prediction(one) == 1);
        one = {-0.3F};
        CHECK(cost->prediction(one) == 0);
        cost->target(1, one);
        CHECK(one[0] == Approx(1.5707963));
        cost->target(0, one);
        CHECK(one[0] == Approx(-1.5707963));
    }
    const auto moved = configured(make_cost("cosine"), "class_phase = 0.0\nother_phase = 3.14159");
    CHECK(moved->prediction(Phases{2.0F, 0.1F, -2.0F}) == 1);
}

TEST_CASE("angle costs whose two targets are one are refused") {
    REQUIRE_THROWS_AS(configured(make_cost("cosine"), "class_phase = 1.0\nother_phase = 1.0"), ConfigError);
    REQUIRE_THROWS_AS(configured(make_cost("cosine"), "class_phase = 4.0"), ConfigError);
}
