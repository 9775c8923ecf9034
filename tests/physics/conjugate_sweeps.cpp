// Sweeps with inertia: where they are exact solutions, and where they settle what steps of all layers do not.
#include "tests/physics/ising.hpp"
#include "tests/physics/rig.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::rig;

namespace {

constexpr double sweep_rc = 4.0; // any: the time that a sweep is said to stand for

// States after each of so many sweeps or steps from zero, without a nudge.
std::vector<std::vector<double>> path(const std::string& kind, Settings settings,
                                      const std::shared_ptr<const Network>& net,
                                      std::span<const float> values, const Sample& sample, int sweeps) {
    settings["rc_per_step"] = sweep_rc;
    const auto model = make_chip_model(ideal_machine(kind, settings), net, make_hopfield(), 1);
    const auto run = run_ep(*model, values, sample, {.free_rc = sweep_rc * sweeps, .nudged_rc = sweep_rc});
    std::vector<std::vector<double>> states;
    for (const auto& step : run.tape)
        if (step.op == free_op) states.push_back(spins(*net, step.state));
    return states;
}

double distance(const std::vector<double>& a, const std::vector<double>& b) {
    double worst = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) worst = std::max(worst, std::abs(a[i] - b[i]));
    return worst;
}

// A layer coupled within itself, whose nodes take turns, between two that are not.
std::shared_ptr<const Network> coupled_within() {
    return std::make_shared<const Network>(
        make_network(12, {{.name = "a", .size = 6}, {.name = "b", .size = 5}, {.name = "out", .size = 4}},
                     {{.from = input_layer, .to = 0},
                      {.from = 0, .to = 1},
                      {.from = 1, .to = 1, .kind = all_pairs()},
                      {.from = 1, .to = 2}}));
}

} // namespace

TEST_CASE("sweeps with so much friction that nothing is left of a move are exact solutions", "[physics]") {
    const auto net = GENERATE(chain({12, 10, 8, 6}), coupled_within());
    const auto values = random_values(*net, 1.5, 0.4, 3);
    const Sample sample{.inputs = random_levels(12, 3), .targets = std::vector<float>(net->output().size)};
    const auto exact = path("dissipative-sweeps", {}, net, values, sample, 6);
    const auto at_rest = path("conjugate-sweeps", {{"friction", 1.0}}, net, values, sample, 6);
    const auto in_motion = path("conjugate-sweeps", {{"friction", 0.7}}, net, values, sample, 6);
    REQUIRE(exact.size() >= 6);
    REQUIRE(at_rest.size() == exact.size());
    for (std::size_t n = 0; n < exact.size(); ++n) CHECK(distance(at_rest[n], exact[n]) < 1e-6);
    CHECK(distance(in_motion[2], exact[2]) > 1e-3);
    CHECK(distance(exact[1], exact.back()) > 1e-3); // not at rest from the start
}

// a and b want to be 1 unless the other is: together they step from (0, 0) to (1, 1) and back for ever.
TEST_CASE("sweeps settle two layers that swing against each other when they step together", "[physics]") {
    const auto net = chain({1, 1, 1});
    std::vector<float> values(net->parameters, 0.0F);
    for (const auto& block : net->blocks)
        values[block.first] = block.link < 0                               ? 1.0F
                              : net->links[block.link].from == input_layer ? 0.0F
                                                                           : -1.5F;
    const Sample sample{.inputs = {0.0F}, .targets = {0.0F}};
    const auto together = path("conjugate-fast", {{"step", 1.0}, {"friction", 0.9}}, net, values, sample, 40);
    CHECK(distance(together[38], together[39]) == 1.0);
    const auto swept = path("conjugate-sweeps", {{"friction", 0.9}}, net, values, sample, 40);
    CHECK(swept[39] == std::vector{1.0, 0.0});
    CHECK(swept[38] == swept[39]);
}

// Of a strongly coupled pair, the slowest mode falls by w² a sweep, and with inertia by |z| for the roots of
// (z − m + m/z)² = w²z, m = 1 − friction: 0.80 instead of 0.90 at w = 0.95 and m = 0.2.
TEST_CASE("inertia hastens sweeps of strongly coupled layers as the closed form says", "[physics]") {
    const auto net = chain({1, 1, 1}, -2.0F, 2.0F);
    std::vector<float> values(net->parameters, 0.0F);
    for (const auto& block : net->blocks)
        values[block.first] = block.link < 0                               ? 0.05F
                              : net->links[block.link].from == input_layer ? 0.0F
                                                                           : 0.95F;
    const Sample sample{.inputs = {0.0F}, .targets = {0.0F}};
    const auto fall = [&](double friction) { // of the distance to rest, a sweep
        const auto states = path("conjugate-sweeps", {{"friction", friction}}, net, values, sample, 25);
        return (1.0 - states[20].front()) / (1.0 - states[19].front());
    };
    CHECK(fall(1.0) == Approx(0.95 * 0.95).epsilon(1e-3));
    const double z = fall(0.8);
    CHECK(std::pow(z - 0.2 + 0.2 / z, 2) == Approx(0.95 * 0.95 * z).epsilon(2e-3));
    CHECK(z < 0.85);
}
