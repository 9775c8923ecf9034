#include "tests/hw_models/kernel_fixtures.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

namespace {

const auto net = chain({20, 33, 17, 5});

MachineSpec quiet_machine(const std::string& dynamics, double threshold_lsb) {
    auto machine = test_machine();
    machine.dynamics.choose(dynamics);
    machine.node_noise = "off";
    machine.adc.choose("ideal");
    machine.detector.threshold_lsb = threshold_lsb;
    return machine;
}

// Largest movement between two states, in LSB of an 8-bit read-out of the range 0 … 1.
double movement(const TapeStep& a, const TapeStep& b) {
    double largest = 0.0;
    for (std::size_t i = 0; i < a.state.size(); ++i)
        largest =
            std::max(largest, std::abs(static_cast<double>(a.state[i]) - static_cast<double>(b.state[i])));
    return 255.0 * largest;
}

const TapeStep& at_time(const Tape& tape, double time_rc) {
    const auto found = std::ranges::find_if(tape, [&](const TapeStep& step) {
        return step.op == (time_rc == 0.0 ? 1 : 2) && std::abs(step.time_rc - time_rc) < 1e-9;
    });
    REQUIRE(found != tape.end());
    return *found;
}

} // namespace

TEST_CASE("A RELAX ends at the first check at which no node has moved beyond the threshold", "[settling]") {
    for (const auto& dynamics : hopfield_dynamics())
        for (const double threshold : {0.5, 4.0}) {
            INFO(dynamics << ", threshold " << threshold);
            const auto model = model_of(quiet_machine(dynamics, threshold), net);
            ListWriter list(*model);
            for (std::uint64_t p = 0; p < 5; ++p)
                list.clamp(clamp_inputs, p).reset().relax(500, 0.0F, relax_until_settled).read(7);
            const auto outcome = evaluate(model, list, {.traced = 3});
            const auto& relaxed = outcome.results[3].relaxed[0];
            REQUIRE(relaxed.settled);
            REQUIRE(relaxed.checks >= 2);
            CHECK(relaxed.time_rc == relaxed.checks * model->detector.period_rc);
            for (std::uint32_t check = 1; check <= relaxed.checks; ++check) {
                const double moved =
                    movement(at_time(outcome.tape, check), at_time(outcome.tape, check - 1.0));
                CHECK((moved <= threshold) == (check == relaxed.checks));
            }
            CHECK(outcome.tape.back().time_rc ==
                  Approx(relaxed.time_rc)); // nothing is recorded after it settled
        }
}

TEST_CASE("A RELAX that reaches its limit says so, with the time and checks it took", "[settling]") {
    const auto model = model_of(quiet_machine("dissipative", 1e-6), net);
    ListWriter list(*model);
    for (const std::uint32_t cycles : {5U, 20U})
        list.clamp(clamp_inputs, 1).reset().relax(cycles, 0.0F, relax_until_settled);
    const auto outcome = evaluate(model, list);
    for (const std::uint32_t rc : {1U, 4U}) {
        const auto& relaxed = outcome.results[rc / 4].relaxed[0];
        CHECK_FALSE(relaxed.settled);
        CHECK(relaxed.checks == rc);
        CHECK(relaxed.time_rc == Approx(rc));
    }
}

TEST_CASE("A RELAX of fixed time reports its time and no checks", "[settling]") {
    const auto model = model_of(test_machine(), net);
    ListWriter list(*model);
    list.clamp(clamp_inputs | clamp_targets, 1).reset().relax(15).relax(7, 0.5F);
    const auto relaxed = evaluate(model, list).results[0].relaxed;
    REQUIRE(relaxed.size() == 2);
    CHECK(relaxed[0].time_rc == Approx(3.0));
    CHECK(relaxed[1].time_rc == Approx(1.4));
    CHECK(relaxed[0].checks == 0);
    CHECK(relaxed[0].settled);
}

TEST_CASE("Checking for settlement does not disturb the array", "[settling]") {
    // A limit that is reached is the same relaxation as a fixed time, conjugate variables included. (An
    // iteration takes whole steps a period, so that there the two differ.)
    for (const auto& dynamics : hopfield_dynamics()) {
        if (make_dynamics(dynamics)->settled_values_only()) continue;
        INFO(dynamics);
        const auto model = model_of(quiet_machine(dynamics, 1e-6), net);
        ListWriter fixed(*model), watched(*model);
        for (std::uint64_t p = 0; p < 3; ++p) {
            fixed.clamp(clamp_inputs, p).reset().relax(10).relax(10).read(7);
            watched.clamp(clamp_inputs, p).reset().relax(10, 0.0F, relax_until_settled).relax(10).read(7);
        }
        CHECK(evaluate(model, watched).codes == evaluate(model, fixed).codes);
    }
}

TEST_CASE("A finer threshold settles later and nearer to equilibrium", "[settling]") {
    double before = 0.0;
    for (const double threshold : {16.0, 4.0, 1.0, 0.25}) {
        const auto model = model_of(quiet_machine("dissipative", threshold), net);
        ListWriter list(*model);
        list.clamp(clamp_inputs, 1).reset().relax(1000, 0.0F, relax_until_settled);
        const double time = evaluate(model, list).results[0].relaxed[0].time_rc;
        CHECK(time > before);
        before = time;
    }
}
