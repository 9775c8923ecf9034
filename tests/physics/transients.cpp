// Recorded voltages against Boost.odeint at every step of all three phases. 1 % of full scale is 0.01: spins
// lie in 0 … 1.
#include "tests/physics/transient_error.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;

namespace {

// Couplings as initialised have gain 1. Training makes them larger; gain 2 drives cells from rail to rail.
struct Array {
    std::vector<std::size_t> sizes;
    double gain;
    double bias;
};
const Array untrained{{64, 32, 10}, 1.0, 0.0};
const Array strong{{64, 32, 10}, 2.0, 0.3};
const Array violent{{64, 32, 10}, 3.0, 0.3}; // grows by e^1.7 an RC between the walls
const Array deep{{64, 40, 24, 10}, 1.0, 0.0};

// Worst error over three samples.
double error_of(const Array& array, const std::string& kind, const rig::Settings& settings,
                const std::optional<reference::Pair>& pair) {
    const auto net = rig::chain(array.sizes);
    const auto model = make_chip_model(rig::ideal_machine(kind, settings), net, make_hopfield(), 1);
    double largest = 0.0;
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        const auto values = rig::random_values(*net, array.gain, array.bias, seed);
        rig::Sample sample{rig::random_levels(net->inputs, seed), std::vector<float>(10, 0.0F)};
        sample.targets[seed] = 1.0F;
        const rig::EpTimes times{.beta = 0.5, .free_rc = 12.0, .nudged_rc = 4.0};
        largest = std::max(largest, rig::worst(rig::transient_error(*model, values, sample, times, pair)));
    }
    return largest;
}

double dissipative_error(const Array& array, const rig::Settings& settings = {}) {
    return error_of(array, "dissipative", settings, {});
}

double conjugate_error(const Array& array, const reference::Pair& pair, rig::Settings settings = {}) {
    settings.merge(rig::settings_of(pair));
    return error_of(array, "conjugate", settings, pair);
}

} // namespace

TEST_CASE("dissipative voltages stay within 1 % of full scale of the reference at all times", "[physics]") {
    CHECK(dissipative_error(untrained) < 0.001);
    CHECK(dissipative_error(deep) < 0.002);
    CHECK(dissipative_error(strong) < 0.01);
    CHECK(dissipative_error(violent, {{"step", 0.125}}) < 0.01);
}

TEST_CASE("conjugate voltages stay within 1 % of full scale of the reference at all times", "[physics]") {
    for (const double friction : {0.3, 0.5, 1.0, 2.0, 4.0, 10.0}) {
        INFO("friction " << friction);
        CHECK(conjugate_error(untrained, {.friction = friction}) < 0.002);
        CHECK(conjugate_error(strong, {.friction = friction}) < 0.01);
    }
    CHECK(conjugate_error(deep, {}) < 0.001);
    CHECK(conjugate_error(violent, {.friction = 0.5}, {{"step", 0.125}}) < 0.01);
    CHECK(conjugate_error(strong, {.stiffness = 4.0, .friction = 4.0}) < 0.01);
}

TEST_CASE("conjugate voltages follow the reference through the pump's ramp", "[physics]") {
    CHECK(conjugate_error(strong, {.pump_start = 0.0}) < 0.01);
    CHECK(conjugate_error(strong, {.friction = 1.0, .pump_start = -1.0, .pump_ramp = 3.0}) < 0.01);
}

TEST_CASE("a cell thrown against its wall stops there and leaves from rest", "[physics]") {
    // One free cell at γ = 0.3 overshoots its target of 0.8 by half: it meets the upper wall at full speed,
    // mid-step.
    const auto net = rig::chain({1, 1});
    const std::vector<float> values{0.0F, 0.8F};
    const reference::Pair pair{.friction = 0.3};
    const auto model =
        make_chip_model(rig::ideal_machine("conjugate", rig::settings_of(pair)), net, make_hopfield(), 1);
    const rig::Sample sample{{0.0F}, {0.0F}};
    const auto error = rig::transient_error(*model, values, sample, {.beta = 0.5, .free_rc = 20.0}, pair);
    CHECK(rig::worst(error) < 0.003);
}
