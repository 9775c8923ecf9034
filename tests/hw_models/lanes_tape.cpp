#include "tests/hw_models/kernel_fixtures.hpp"

#include <catch2/catch.hpp>

#include <cstring>

using namespace isinglass;
using namespace isinglass::test;

namespace {

constexpr std::uint16_t all = 7;

void learn(ListWriter& list, std::uint64_t presentation, std::uint8_t flags = 0) {
    list.clamp(clamp_inputs | clamp_targets, presentation).reset().relax(15, 0.0F, flags).read(all).hold();
    for (const float beta : {0.5F, -0.5F}) list.restore().relax(8, beta, flags).read(all);
}

std::vector<float> spins_of(const TapeStep& step, const Network& net) {
    std::vector<float> spins;
    for (const auto& layer : net.layers)
        spins.insert(spins.end(), step.state.begin() + layer.offset,
                     step.state.begin() + layer.offset + layer.size);
    return spins;
}

// The last step before op `read` of the program.
const TapeStep& last_before(const Tape& tape, std::uint32_t read) {
    const TapeStep* last = nullptr;
    for (const auto& step : tape)
        if (step.op < read) last = &step;
    return *last;
}

} // namespace

TEST_CASE("Recording a sample changes no read-out, for any dynamics, lanes and threads", "[tape]") {
    auto machine = test_machine();
    machine.adc.choose("ideal");
    for (const auto& dynamics : hopfield_dynamics())
        for (const std::uint8_t flags : {std::uint8_t{0}, relax_until_settled}) {
            machine.dynamics.choose(dynamics);
            machine.node_noise = possible_noise(machine, "dynamic");
            const auto model = model_of(machine, chain({20, 33, 17, 5}));
            ListWriter list(*model);
            for (std::uint64_t p = 0; p < 40; ++p) learn(list, p, flags);
            const auto untraced = evaluate(model, list);
            CHECK(untraced.tape.empty());
            for (const std::uint64_t traced : {0U, 17U, 39U}) {
                const auto reference = evaluate(model, list, {.traced = traced});
                CHECK(reference == untraced);
                for (const auto way : {Lanes{1, 1, traced}, Lanes{20, 1, traced}, Lanes{256, 2, traced}}) {
                    const auto outcome = evaluate(model, list, way);
                    CHECK(outcome == untraced);
                    CHECK(std::ranges::equal(outcome.tape, reference.tape,
                                             [](const TapeStep& a, const TapeStep& b) {
                                                 return a.op == b.op && a.time_rc == b.time_rc &&
                                                        a.state == b.state && a.second == b.second;
                                             }));
                }
            }
        }
}

TEST_CASE("What an ideal ADC reads is the tape's last state before the READ, to the last bit", "[tape]") {
    auto machine = test_machine();
    machine.adc.choose("ideal");
    for (const auto& dynamics : hopfield_dynamics())
        for (const auto* noise : {"off", "dynamic"})
            for (const std::uint8_t flags : {std::uint8_t{0}, relax_until_settled}) {
                INFO(dynamics << ", noise " << noise << (flags != 0 ? ", until settled" : ""));
                machine.dynamics.choose(dynamics);
                const bool possible = machine.dynamics->takes_dynamic_noise();
                machine.node_noise = possible ? noise : "off"; // a read draws sampled noise of its own
                const auto model = model_of(machine, chain({20, 33, 17, 5}));
                ListWriter list(*model);
                for (std::uint64_t p = 0; p < 35; ++p) learn(list, p, flags);
                const auto outcome = evaluate(model, list, {.traced = 33});
                const std::size_t read_bytes = 55 * 4;
                const std::uint8_t* codes = outcome.codes.data() + 33 * 3 * read_bytes;
                for (const std::uint32_t read : {3U, 7U, 10U}) { // ops of the program
                    const auto spins = spins_of(last_before(outcome.tape, read), *model->network);
                    CHECK(std::memcmp(codes, spins.data(), read_bytes) == 0);
                    codes += read_bytes;
                }
            }
}

TEST_CASE("A tape holds every integration step at its time since its command began", "[tape]") {
    const auto model = model_of(test_machine(), chain({20, 33, 17, 5}));
    ListWriter list(*model);
    learn(list, 1);
    const auto tape = evaluate(model, list, {.traced = 1}).tape;
    // RESET, 15 cycles of .2 RC in steps of at most .25 RC, then twice RESTORE and 8 cycles.
    REQUIRE(tape.size() == 1 + 12 + 2 * (1 + 7));
    CHECK(tape[0].op == 1);
    CHECK(std::ranges::all_of(tape[0].state, [](float s) { return s == 0.0F; }));
    for (std::size_t i = 1; i <= 12; ++i) {
        CHECK(tape[i].op == 2);
        CHECK(tape[i].time_rc == Approx(0.25 * static_cast<double>(i)));
    }
    CHECK(tape[13].op == 5);
    CHECK(tape[13].state == tape[12].state); // restored
    for (std::size_t i = 1; i <= 7; ++i)
        CHECK(tape[13 + i].time_rc == Approx(1.6 / 7.0 * static_cast<double>(i)));
    CHECK(tape[21].state == tape[12].state);
    CHECK(tape[14].state != tape[22].state);
    CHECK(tape[5].second.empty());
}

TEST_CASE("A tape of conjugate dynamics holds the conjugate variable too", "[tape]") {
    auto machine = test_machine();
    machine.dynamics.choose("conjugate");
    const auto model = model_of(machine, chain({20, 33, 17, 5}));
    ListWriter list(*model);
    learn(list, 1);
    const auto tape = evaluate(model, list, {.traced = 1}).tape;
    for (const auto& step : tape) REQUIRE(step.second.size() == model->network->state_columns);
    CHECK(std::ranges::any_of(tape[5].second, [](float p) { return p != 0.0F; }));
    CHECK(std::ranges::all_of(tape[13].second, [](float p) { return p == 0.0F; })); // RESTORE discharges it
}

TEST_CASE("HOLD brings conjugate variables to rest as RESTORE does, so that nudged phases start alike",
          "[tape]") {
    for (const auto* dynamics : {"conjugate", "conjugate-fast", "conjugate-sweeps"}) {
        INFO(dynamics);
        auto machine = ideal_twin(test_machine(), *make_hopfield());
        machine.dynamics.choose(dynamics);
        const auto model = model_of(machine, chain({20, 33, 17, 5}));
        ListWriter held(*model), on(*model);
        held.clamp(clamp_inputs | clamp_targets, 1).reset().relax(5).hold(); // in full motion
        held.relax(5, 0.5F).read(7).restore().relax(5, 0.5F).read(7);
        on.clamp(clamp_inputs | clamp_targets, 1).reset().relax(5).relax(5, 0.5F).read(7);
        const auto codes = evaluate(model, held).codes;
        const auto [first, second] =
            std::pair(std::span(codes).first(codes.size() / 2), std::span(codes).last(codes.size() / 2));
        CHECK(std::ranges::equal(first, second));
        CHECK_FALSE(std::ranges::equal(first, evaluate(model, on).codes));
    }
}

TEST_CASE("A presentation that a job holds twice is recorded once", "[tape]") {
    const auto model = model_of(test_machine(), chain({20, 33, 17, 5}));
    ListWriter once(*model);
    learn(once, 5);
    ListWriter often(*model);
    for (int i = 0; i < 70; ++i) learn(often, 5);
    const auto expected = evaluate(model, once, {.traced = 5}).tape;
    CHECK(evaluate(model, often, {.lanes = 256, .threads = 2, .traced = 5}).tape.size() == expected.size());
}
