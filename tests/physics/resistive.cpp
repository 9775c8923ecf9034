// EP's gradient of resistive networks, and their stability.
#include "host/network/network_spec.hpp"
#include "tests/hw_models/kernel_fixtures.hpp"
#include "tests/physics/resistive_rig.hpp"
#include "tests/set_parameters.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::rig;

namespace {

// A network some of whose diodes conduct and others block, none about to change, and that has a cost.
std::pair<ResistiveCase, Oracle::Vector> away_from_knees() {
    constexpr double beta = 1e-3;
    constexpr double margin = 0.03;
    for (std::uint64_t seed = 1;; ++seed) {
        const ResistiveCase c(seed, true);
        const auto rest =
            run_ep(*c.on("dissipative-sweeps"), c.values, c.sample, {.beta = beta, .free_rc = 400.0});
        std::size_t conducting = 0;
        bool fits = true;
        for (std::size_t j = 0; j < c.net->layers[0].size; ++j) {
            const bool held = rest.free[j] == 0.0;
            conducting += held ? 1 : 0;
            fits = fits && (held || std::abs(rest.free[j]) > margin) && held == (rest.plus[j] == 0.0) &&
                   held == (rest.minus[j] == 0.0);
        }
        if (fits && conducting >= 2 && conducting <= 4) return {c, rest.free};
    }
}

} // namespace

TEST_CASE("EP's gradient of a network of resistors and diodes is that of an oracle", "[physics]") {
    const auto [c, rest] = away_from_knees();
    const std::vector<double> theta(c.values.begin(), c.values.end());
    const auto oracle = resistive_oracle(c);
    const auto exact = exact_gradient(oracle, theta, rest);
    REQUIRE(norm(exact) > 0.05);
    const std::string dynamics = GENERATE("dissipative", "dissipative-sweeps");
    const auto setting = EpSetting{.times = {.beta = 1e-3, .free_rc = 400.0, .nudged_rc = 400.0}};
    const auto ep = ep_on_machine(*c.on(dynamics), c.values, c.sample, setting);
    CHECK(cosine(ep.gradient, exact) > 0.9999);
    CHECK(norm(ep.gradient) == Approx(norm(exact)).epsilon(0.005));
}

TEST_CASE("A conductance's gradient at an active nudge is half the rise of the squared voltage across it",
          "[physics]") {
    const ResistiveCase c(5, false);
    const double beta = 0.5;
    const auto ep = ep_on_machine(*c.on("dissipative-sweeps"), c.values, c.sample,
                                  {.times = {.beta = beta, .free_rc = 400.0, .nudged_rc = 400.0}});
    const auto plus = kirchhoff(circuit_of(c, beta));
    const auto minus = kirchhoff(circuit_of(c, -beta));
    const auto circuit = circuit_of(c);
    const auto voltage = [&](const std::vector<double>& v, std::size_t terminal) {
        const auto source = std::ranges::find(circuit.voltages, terminal, &Kirchhoff::Source::terminal);
        return source != circuit.voltages.end() ? source->value : v[terminal - circuit.spins.front()];
    };
    Gradient expected;
    for (const auto& r : circuit.resistors)
        expected.push_back((std::pow(voltage(plus, r.a) - voltage(plus, r.b), 2) -
                            std::pow(voltage(minus, r.a) - voltage(minus, r.b), 2)) /
                           (4.0 * beta));
    Gradient found; // of the couplings alone, in the same order
    for (const auto& block : c.net->blocks)
        if (block.link >= 0)
            found.insert(found.end(), ep.gradient.begin() + static_cast<long>(block.first),
                         ep.gradient.begin() + static_cast<long>(block.first + block.count()));
    CHECK(relative_error(found, expected) < 1e-4);
}

TEST_CASE("Outputs whose conductances a negative nudge outweighs go to the end that the rest drives them to",
          "[physics]") {
    const std::shared_ptr<EnergyModel> energy = make_resistive();
    const auto net = std::make_shared<const Network>(
        make_network(1, {{.name = "output", .size = 2, .low = -1.0F, .high = 2.0F}},
                     {{.from = input_layer, .to = 0}}, energy->needs()));
    const std::vector<float> values{0.125F, 0.5F, 0.125F,
                                    0.5F,   0.3F, 0.1F}; // [line, complement] × 2; currents
    const std::string dynamics = GENERATE("dissipative", "dissipative-sweeps");
    const auto model =
        make_chip_model(test::with_circuit_of(*energy, ideal_machine(dynamics)), net, energy, 1);
    const double beta = 0.5;
    const auto run = run_ep(*model, values, {.inputs = {0.0F}, .targets = {0.0F, 0.4F}},
                            {.beta = beta, .free_rc = 200.0, .nudged_rc = 200.0});
    CHECK(run.free[0] == Approx(0.3 / 0.25));
    CHECK(run.minus[0] == Approx(2.0)); // from 1.2 away from the target, and 0.25 − 0.5 < 0
    CHECK(run.minus[1] == Approx((0.1 - beta * 0.4) / (1.0 - beta)).margin(1e-5));
}

TEST_CASE("A negative nudge that no conductances could outweigh is refused, a frozen one is not",
          "[physics]") {
    const ResistiveCase c(1, true); // 6 + 2 · 4 conductances of at most 1 meet in an output
    CHECK_NOTHROW(c.energy->check_nudge(*c.net, {.beta = -13.9}));
    CHECK_NOTHROW(c.energy->check_nudge(*c.net, {.beta = -14.0, .frozen = true}));
    CHECK_NOTHROW(c.energy->check_nudge(*c.net, {.beta = 50.0}));
    REQUIRE_THROWS_WITH(c.energy->check_nudge(*c.net, {.beta = -14.0}),
                        Catch::Contains("-14") && Catch::Contains("output"));
    REQUIRE_THROWS_WITH(c.energy->check_nudge(*c.net, {.beta = 1.0, .law = NudgeLaw::sine}),
                        Catch::Contains("sine"));
}

TEST_CASE("Steps of any length reach the equilibrium of large conductances", "[physics]") {
    ResistiveCase c(2, true);
    for (const auto& block : c.net->blocks)
        if (block.link >= 0)
            for (auto& g : std::span(c.values).subspan(block.first, block.count())) g *= 40.0F;
    const EpTimes times{.beta = 1.0, .free_rc = 60.0, .nudged_rc = 60.0};
    const auto exact =
        run_ep(*c.on("dissipative-sweeps"), c.values, c.sample, {.beta = 1.0, .free_rc = 400.0});
    for (const std::string dynamics : {"dissipative", "dissipative-fast"})
        for (const double step : {0.01, 0.25, 1.0}) {
            INFO(dynamics << " in steps of " << step << " RC");
            const auto run = run_ep(*c.on(dynamics, {{"step", step}}), c.values, c.sample, times);
            for (std::size_t j = 0; j < run.free.size(); ++j)
                CHECK(run.free[j] == Approx(exact.free[j]).margin(1e-4));
        }
}

TEST_CASE("Conductances start at the positive half of the draws and never become negative", "[physics]") {
    const ResistiveCase c(1, true);
    const auto theta = initial_couplings(*c.net, *c.energy, 0.6, 7);
    for (std::size_t b = 0; b < c.net->blocks.size(); ++b) {
        const auto& block = c.net->blocks[b];
        const auto start = std::span(theta).subspan(block.first, block.count());
        if (block.link < 0) {
            CHECK(std::ranges::all_of(start, [](float x) { return x == 0.0F; }));
        } else {
            const double bound = 0.6 / std::sqrt(static_cast<double>(block.rows));
            CHECK(std::ranges::all_of(start, [&](float g) { return g >= 0.0F && double{g} <= bound; }));
            CHECK(std::ranges::count(start, 0.0F) > static_cast<long>(start.size() / 5));
            CHECK(std::ranges::count(start, 0.0F) < static_cast<long>(start.size() * 4 / 5));
        }
        std::vector<float> moved(block.count(), -0.25F);
        moved.back() = 0.5F;
        c.energy->confine(*c.net, b, moved);
        CHECK(moved.front() == (block.link < 0 ? -0.25F : 0.0F));
        CHECK(moved.back() == 0.5F);
    }
}

TEST_CASE("No cell's mismatch turns the sign of its coupling", "[physics]") {
    const ResistiveCase c(1, true);
    CouplingStore store(*c.net, {.bits = 8, .mismatch = 0.5}, 3); // gains of 1 ± ½: some would be negative
    WorkerPool pool(1);
    std::size_t off = 0;
    for (std::size_t b = 0; b < c.net->blocks.size(); ++b)
        store.program_all(b, std::vector<std::uint8_t>(c.net->blocks[b].count(), 100), pool);
    for (std::size_t i = 0; i < c.net->parameters; ++i) {
        CHECK(store.values()[i] >= 0.0F);
        off += store.values()[i] == 0.0F ? 1 : 0;
    }
    CHECK(off > 0);
}

TEST_CASE("Read-outs of resistive networks do not depend on the number of lanes or threads", "[lanes]") {
    const ResistiveCase c(1, true, 4.0F);
    auto machine = test::test_machine();
    machine.adc.choose("ideal");
    for (const std::string dynamics : {"dissipative", "dissipative-sweeps"}) {
        machine.dynamics.choose(dynamics);
        const auto model = make_chip_model(test::with_circuit_of(*c.energy, machine), c.net, c.energy, 5);
        test::ListWriter list(*model);
        for (std::uint64_t p = 0; p < 70; ++p) {
            list.clamp(clamp_inputs | clamp_targets, p).reset().relax(15).read(3).hold();
            for (const float beta : {0.5F, -0.5F}) list.restore().relax(8, beta).read(3);
        }
        const auto expected = test::evaluate(model, list, {.lanes = 32, .threads = 1});
        for (const auto& way : {test::Lanes{1, 1}, {33, 1}, {256, 2}})
            CHECK(test::evaluate(model, list, way) == expected);
    }
}
