#include "tests/hw_models/kernel_fixtures.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

TEST_CASE("Phases, drawn anew at each reset, do not depend on the number of lanes or threads", "[lanes]") {
    for (const auto* name : {"xy", "oscillator"})
        for (const auto* dynamics : {"dissipative", "dissipative-fast", "dissipative-sweeps"}) {
            INFO(name << " with " << dynamics);
            const std::shared_ptr<const EnergyModel> energy = make_energy_model(name);
            const auto states = energy->activations().front();
            std::vector<SpinLayer> layers;
            for (const std::size_t size : {33, 17, 5})
                layers.push_back({.name = fmt::format("n{}", size),
                                  .size = size,
                                  .low = states.low,
                                  .high = states.high,
                                  .domain = states.domain});
            const auto net = std::make_shared<const Network>(
                make_network(20, layers, {{input_layer, 0}, {0, 1}, {1, 2}, {0, 2}}, energy->needs()));
            auto machine = test_machine();
            machine.adc.choose("ideal"); // states are compared to the last bit
            machine.dynamics.choose(dynamics);
            const auto law = std::string(name) == "xy" ? NudgeLaw::tangent : NudgeLaw::difference;
            const auto model = make_chip_model(with_circuit_of(*energy, machine), net, energy, 5, law);
            ListWriter list(*model);
            for (std::uint64_t p = 0; p < 70; ++p) {
                list.clamp(clamp_inputs | clamp_targets, p % 35).reset().relax(15).read(7).hold();
                for (const float beta : {0.5F, -0.5F}) list.restore().relax(8, beta).read(7);
            }
            const auto expected = evaluate(model, list.interrupt(), {.lanes = 32, .threads = 1});
            for (const auto& way : {Lanes{1, 1}, Lanes{33, 1}, Lanes{256, 2}})
                CHECK(evaluate(model, list, way) == expected);
            // A presentation number given twice, in other company, comes to the same.
            const auto half = static_cast<std::ptrdiff_t>(expected.codes.size() / 2);
            CHECK(std::equal(expected.codes.begin(), expected.codes.begin() + half,
                             expected.codes.begin() + half));
        }
}
