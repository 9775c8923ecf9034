#include "tests/hw_models/kernel_fixtures.hpp"

#include <catch2/catch.hpp>

#include <cstring>

using namespace isinglass;
using namespace isinglass::test;

namespace {

const auto net = chain({20, 33, 17, 5}); // 55 nodes: 7 slots of 8 converters
constexpr std::uint16_t all = 7;
constexpr std::uint32_t slot_cycles = 2;

// A slot of two clock cycles, two integration steps each, so that slots and RELAX cut time alike.
std::shared_ptr<const ChipModel> model_with(bool sample_and_hold, const std::string& dynamics,
                                            std::int64_t converters = 8) {
    auto machine = test_machine();
    machine.dynamics.choose(dynamics);
    set(*machine.dynamics.part(), {{"step", 0.1}});
    machine.node_noise = "off";
    machine.sample_and_hold = sample_and_hold;
    machine.adc.choose("ideal");
    machine.adc_bank = {.count = converters, .rate_hz = 250e6};
    return model_of(machine, net);
}

std::vector<float> nodes(const Outcome& outcome) {
    std::vector<float> values(outcome.codes.size() / 4);
    std::memcpy(values.data(), outcome.codes.data(), outcome.codes.size());
    return values;
}

constexpr std::uint8_t lines = clamp_inputs | clamp_targets;

// What a machine with holds reads after `slots` more slots of the same relaxation.
std::vector<float> later(const std::string& dynamics, float beta, std::uint32_t slots) {
    const auto model = model_with(true, dynamics);
    ListWriter list(*model);
    list.clamp(lines, 1).reset().relax(3).relax(2, beta);
    if (slots > 0) list.relax(slots * slot_cycles, beta);
    return nodes(evaluate(model, list.read(all)));
}

double difference(float a, float b) {
    return std::abs(static_cast<double>(a) - static_cast<double>(b));
}

} // namespace

TEST_CASE("Without sample-and-holds a node is read as it stands in its own conversion slot", "[holds]") {
    for (const auto* dynamics : {"dissipative", "conjugate"})
        for (const float beta : {0.0F, 0.5F}) {
            INFO(dynamics << ", beta " << beta);
            const auto model = model_with(false, dynamics);
            CHECK(model->slot_rc == Approx(0.4));
            ListWriter list(*model);
            const auto read =
                nodes(evaluate(model, list.clamp(lines, 1).reset().relax(3).relax(2, beta).read(all)));
            REQUIRE(read.size() == 55);
            double moved = 0.0, worst = 0.0;
            const auto at_once = later(dynamics, beta, 0);
            for (std::uint32_t slot = 0; slot < 7; ++slot) {
                const auto expected = later(dynamics, beta, slot);
                for (std::size_t i = 8 * slot; i < std::min<std::size_t>(8 * slot + 8, 55); ++i) {
                    worst = std::max(worst, difference(read[i], expected[i]));
                    moved = std::max(moved, difference(read[i], at_once[i]));
                }
            }
            CHECK(worst < 1e-6);
            CHECK(moved > 0.05);
        }
}

TEST_CASE("Without sample-and-holds a READ of some layers packs their nodes into slots", "[holds]") {
    const auto model = model_with(false, "dissipative");
    ListWriter list(*model);
    const auto read =
        nodes(evaluate(model, list.clamp(lines, 1).reset().relax(3).relax(2).read(6))); // 17 + 5 nodes
    for (std::uint32_t i = 0; i < 22; ++i)
        CHECK(difference(read[i], later("dissipative", 0.0F, i / 8)[33 + i]) < 1e-6);
}

TEST_CASE(
    "Without sample-and-holds a node is read in its own converter's turn, also where layers are left out",
    "[holds]") {
    // Five converters; nodes 0-32 give 0, 1 and 2 seven turns and 3 and 4 six; nodes 50-54 are wired to 0-4.
    const auto model = model_with(false, "dissipative", 5);
    ListWriter list(*model);
    const auto read = nodes(evaluate(model, list.clamp(lines, 1).reset().relax(3).relax(2).read(5)));
    REQUIRE(read.size() == 33 + 5);
    for (std::uint32_t i = 0; i < 33; ++i)
        CHECK(difference(read[i], later("dissipative", 0.0F, i / 5)[i]) < 1e-6);
    for (std::uint32_t i = 0; i < 5; ++i)
        CHECK(difference(read[33 + i], later("dissipative", 0.0F, i < 3 ? 7 : 6)[50 + i]) < 1e-6);
}

TEST_CASE("After a READ without sample-and-holds the array has moved on by all of its slots", "[holds]") {
    // 55 nodes leave the last slot part-filled; it takes its time all the same.
    const auto model = model_with(false, "dissipative");
    ListWriter list(*model);
    list.clamp(lines, 1).reset().relax(3).relax(2).read(all).read(1);
    const auto read = nodes(evaluate(model, list));
    const auto distance = [&](std::uint32_t slots) { // of the first slot of the second READ
        const auto expected = later("dissipative", 0.0F, slots);
        double largest = 0.0;
        for (std::size_t i = 0; i < 8; ++i)
            largest = std::max(largest, difference(read[55 + i], expected[i]));
        return largest;
    };
    CHECK(distance(7) < 1e-6);
    CHECK(distance(6) > 1e-4);
    CHECK(distance(8) > 1e-4);
}

TEST_CASE("With sample-and-holds reading changes nothing, however often", "[holds]") {
    const auto model = model_with(true, "conjugate");
    ListWriter list(*model);
    list.clamp(lines, 1).reset().relax(3).relax(2).read(all).read(all);
    const auto read = nodes(evaluate(model, list));
    CHECK(std::equal(read.begin(), read.begin() + 55, read.begin() + 55));
    CHECK(std::equal(read.begin(), read.begin() + 55, later("conjugate", 0.0F, 0).begin()));
}

TEST_CASE("A tape without sample-and-holds goes on through the READ", "[holds]") {
    const auto model = model_with(false, "dissipative");
    ListWriter list(*model);
    list.clamp(lines, 1).reset().relax(5).read(all);
    const auto outcome = evaluate(model, list, {.traced = 1});
    const auto in_read =
        std::ranges::count_if(outcome.tape, [](const TapeStep& step) { return step.op == 3; });
    CHECK(in_read == 7 * 4);
    CHECK(outcome.tape.back().time_rc == Approx(7 * 0.4));
    const float last =
        outcome.tape[outcome.tape.size() - 1 - 4].state[net->output().offset + 4]; // at the start of slot 7
    CHECK(nodes(outcome)[54] == last);
}
