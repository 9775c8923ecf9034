// Equilibria of resistive networks against circuits that are solved in other ways.
#include "tests/physics/resistive_rig.hpp"
#include "tests/set_parameters.hpp"

#include <catch2/catch.hpp>

#include <iostream>

using namespace isinglass;
using namespace isinglass::rig;

namespace {

double largest_difference(std::span<const double> a, std::span<const double> b) {
    REQUIRE(a.size() == b.size());
    double largest = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
    return largest;
}

constexpr double beta = 0.7;
constexpr EpTimes long_enough{.beta = beta, .free_rc = 400.0, .nudged_rc = 400.0};

} // namespace

TEST_CASE("Free and nudged voltages of resistors obey Kirchhoff's laws", "[physics]") {
    const std::string dynamics = GENERATE("dissipative", "dissipative-sweeps");
    for (const std::uint64_t seed : {1, 2, 3}) {
        const ResistiveCase c(seed, false);
        const auto run = run_ep(*c.on(dynamics), c.values, c.sample, long_enough);
        CHECK(largest_difference(run.free, kirchhoff(circuit_of(c))) < 2e-5);
        CHECK(largest_difference(run.plus, kirchhoff(circuit_of(c, beta))) < 2e-5);
        CHECK(largest_difference(run.minus, kirchhoff(circuit_of(c, -beta))) < 2e-5);
        CHECK(largest_difference(run.plus, run.free) > 0.01);
    }
}

TEST_CASE("Voltages of resistors and diodes are those of ngspice", "[physics]") {
    for (const std::uint64_t seed : {1, 2, 3}) {
        const ResistiveCase c(seed, true);
        const auto expected = ngspice(circuit_of(c));
        if (!expected) {
            std::cout << "skipped: ngspice is not installed\n";
            return;
        }
        const auto run = run_ep(*c.on("dissipative-sweeps"), c.values, c.sample, long_enough);
        CHECK(largest_difference(run.free, *expected) < 2e-4); // the diodes drop some 50 µV
        CHECK(largest_difference(run.plus, *ngspice(circuit_of(c, beta))) < 2e-4);
        CHECK(std::ranges::count(run.free, 0.0) > 0); // some diodes conduct
    }
}

TEST_CASE("A node follows its source with the time constant of all its conductances", "[physics]") {
    const std::shared_ptr<EnergyModel> energy = make_resistive();
    test::set(*energy, {{"input_gain", 2.0}});
    const auto net = std::make_shared<const Network>(
        make_network(1, {{.name = "output", .size = 1, .low = -wide, .high = wide}},
                     {{.from = input_layer, .to = 0}}, energy->needs()));
    const std::vector<float> values{0.5F, 0.25F, 0.125F}; // to the line, to its complement; a current
    const auto model =
        make_chip_model(test::with_circuit_of(*energy, ideal_machine("dissipative")), net, energy, 1);
    const auto run = run_ep(*model, values, {.inputs = {0.8F}, .targets = {0.0F}}, {.free_rc = 3.0});
    const double end = (0.5 * 1.6 - 0.25 * 1.6 + 0.125) / 0.75;
    std::size_t steps = 0;
    for (const auto& step : run.tape) {
        if (step.op != free_op) continue;
        ++steps;
        CHECK(double{step.state[0]} == Approx(end * -std::expm1(-0.75 * step.time_rc)).margin(1e-5));
    }
    CHECK(steps == 12);
}
