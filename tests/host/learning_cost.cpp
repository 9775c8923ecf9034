#include "host/learning/cost.hpp"
#include "hw_models/base/error.hpp"
#include "tests/host/learning_configured.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cmath>

using namespace isinglass;

namespace {

using Outputs = std::array<float, 4>;

struct Setting {
    const char* kind;
    const char* text;
};

const std::vector<Setting> settings{
    {"squared_error", ""},
    {"squared_error", "low = -0.25\nhigh = 0.75"},
    {"cross_entropy", ""},
    {"cross_entropy", "gain = 5.0"},
};

const std::vector<Outputs> outputs{
    {0.0F, 0.25F, 1.0F, 0.5F}, {-1.5F, 2.0F, 0.125F, 0.0F}, {1.0F, 1.0F, 1.0F, 1.0F}};

std::unique_ptr<Cost> made(const Setting& setting) {
    return configured(make_cost(setting.kind), setting.text);
}

} // namespace

TEST_CASE("a cost's force is minus its central finite difference") {
    constexpr float h = 0x1p-9F; // exact beside the outputs above
    for (const Setting& setting : settings) {
        const auto cost = made(setting);
        for (const Outputs& output : outputs)
            for (int label = 0; label < 4; ++label) {
                Outputs force{};
                cost->force(output, label, force);
                for (std::size_t i = 0; i < output.size(); ++i) {
                    INFO(setting.kind << " " << setting.text << ", label " << label << ", output " << i);
                    Outputs above = output, below = output;
                    above[i] += h;
                    below[i] -= h;
                    const double slope = (cost->value(above, label) - cost->value(below, label)) /
                                         (2.0 * static_cast<double>(h));
                    // The error of the difference is h²/6 · C''' ≤ 6.4e-7 · gain³/(6√3) = 7.6e-6 at gain 5.
                    REQUIRE(static_cast<double>(force[i]) == Approx(-slope).margin(3e-5));
                }
            }
    }
}

TEST_CASE("a live cost's force is target minus output, and no other cost's is") {
    for (const Setting& setting : settings) {
        const auto cost = made(setting);
        bool difference = true;
        for (const Outputs& output : outputs) {
            Outputs force{}, target{};
            cost->force(output, 2, force);
            cost->target(2, target);
            for (std::size_t i = 0; i < output.size(); ++i)
                difference = difference && force[i] == target[i] - output[i];
        }
        INFO(setting.kind);
        REQUIRE(difference == cost->live_law().has_value());
    }
}

TEST_CASE("squared error is half the squared distance from the target levels") {
    const auto plain = made(settings[0]);
    Outputs target{};
    plain->target(1, target);
    REQUIRE(target == Outputs{0.0F, 1.0F, 0.0F, 0.0F});
    REQUIRE(plain->value(target, 1) == 0.0);
    REQUIRE(plain->value(Outputs{0.5F, 0.5F, 0.0F, 2.0F}, 1) == 0.5 * (0.25 + 0.25 + 4.0));
    const auto moved = made(settings[1]);
    moved->target(3, target);
    REQUIRE(target == Outputs{-0.25F, -0.25F, -0.25F, 0.75F});
    REQUIRE(moved->value(target, 3) == 0.0);
}

TEST_CASE("squared error wants the same level of all outputs of a class and adds them up to predict") {
    const auto cost = made({"squared_error", "low = -1.0\nhigh = 1.0\nreplicas = 3"});
    REQUIRE(cost->outputs_per_class() == 3);
    std::array<float, 6> target{};
    cost->target(1, target);
    REQUIRE(target == std::array<float, 6>{-1.0F, 1.0F, -1.0F, 1.0F, -1.0F, 1.0F}); // 2 classes, in turn
    REQUIRE(cost->value(target, 1) == 0.0);
    REQUIRE(cost->value(target, 0) == 12.0);
    std::array<float, 6> force{};
    cost->force(std::array<float, 6>{}, 1, force);
    REQUIRE(force == target); // y - o
    REQUIRE(cost->prediction(target) == 1);
    REQUIRE(cost->prediction(std::array<float, 6>{1.0F, -1.0F, -1.0F, 1.0F, 1.0F, -1.0F}) == 0);
    REQUIRE(cost->prediction(std::array<float, 6>{9.0F, 4.0F, 0.0F, 4.0F, 0.0F, 4.0F}) == 1);
    REQUIRE(cost->prediction(std::array<float, 6>{}) == 0); // the first of equals
}

TEST_CASE("cross-entropy of equal outputs is the logarithm of their number") {
    REQUIRE(made(settings[3])->value(outputs[2], 1) == Approx(std::log(4.0)));
}

TEST_CASE("cross-entropy takes the softmax of gain times the outputs") {
    // Logits 0 and ln 3 give probabilities ¼ and ¾.
    const auto cost = configured(make_cost("cross_entropy"), "gain = 2.0");
    const std::array<float, 2> output{0.0F, static_cast<float>(std::log(3.0) / 2.0)};
    std::array<float, 2> force{};
    cost->force(output, 0, force);
    REQUIRE(cost->value(output, 0) == Approx(std::log(4.0)));
    REQUIRE(force[0] == Approx(2.0 * 0.75));
    REQUIRE(force[1] == Approx(-2.0 * 0.75));
}

TEST_CASE("cross-entropy stays finite for outputs whose exponentials overflow or vanish") {
    const auto cost = configured(make_cost("cross_entropy"), "gain = 1000.0");
    const Outputs output{5000.0F, -5000.0F, 0.0F, 5000.0F};
    Outputs force{};
    cost->force(output, 1, force);
    REQUIRE(force == Outputs{-500.0F, 1000.0F, 0.0F, -500.0F});
    REQUIRE(cost->value(output, 1) == Approx(1e7));
    REQUIRE(cost->value(output, 0) == Approx(std::log(2.0)));
}

TEST_CASE("the predicted class is that of the largest output, the first of equals") {
    for (const auto* kind : {"squared_error", "cross_entropy"}) {
        const auto cost = make_cost(kind);
        REQUIRE(cost->prediction(outputs[0]) == 2);
        REQUIRE(cost->prediction(Outputs{-3.0F, -2.0F, -5.0F, -4.0F}) == 1);
        REQUIRE(cost->prediction(Outputs{0.0F, 1.0F, 0.0F, 1.0F}) == 1);
    }
}

TEST_CASE("what no cost can run with is refused") {
    REQUIRE_THROWS_WITH(made({"squared_error", "low = 1.0"}), Catch::Contains("low must be below high"));
    REQUIRE_THROWS_AS(made({"cross_entropy", "gain = 0.0"}), ConfigError);
    REQUIRE_THROWS_AS(made({"squared_error", "gain = 2.0"}), ConfigError);
    REQUIRE_THROWS_AS(made({"squared_error", "replicas = 0"}), ConfigError);
    REQUIRE_THROWS_WITH(make_cost("hinge"), Catch::Contains("there are: squared_error, cross_entropy"));
}
