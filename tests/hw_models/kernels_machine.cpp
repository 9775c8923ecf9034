#include "hw_models/base/error.hpp"
#include "tests/hw_models/kernel_fixtures.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

namespace {

const auto net = chain({20, 33, 17, 5});

} // namespace

TEST_CASE("A chip model takes its numbers from the machine", "[machine]") {
    MachineSpec machine;
    machine.adc_bank = {.count = 48, .rate_hz = 100e6};
    machine.circuit.time_constant_s = 20e-9;
    machine.injected_range = 0.25;
    machine.read_gain = 4.0;
    machine.chip_seed = 77;
    const auto model = make_chip_model(machine, net, "hopfield", 5);
    CHECK(model->slot_rc == Approx(0.5));
    CHECK(model->adc_count == 48);
    CHECK(model->chip_seed == 77);
    CHECK(model->noise_seed == 5);
    CHECK(model->dac->format().bits == 8);
    CHECK(model->adc->format().bits == 8);
    CHECK(model->injected_lines().low == -0.25F);
    CHECK(model->read_range(0, false).high == 1.0F);
    CHECK(model->read_range(0, true).low == -0.125F);
    REQUIRE_THROWS_AS(make_chip_model(machine, net, "hopfeld", 5), UserError);
}

TEST_CASE("Line groups follow one another in wiring order", "[machine]") {
    const auto model = model_of({}, net);
    CHECK(model->input_lines().first_line == 0);
    CHECK(model->input_lines().lines == 20);
    CHECK(model->target_lines().first_line == 20);
    CHECK(model->injected_lines().first_line == 25);
    CHECK(model->injected_lines().lines == 5);
}

TEST_CASE("Node noise is kT/C in model units", "[machine]") {
    MachineSpec machine;
    machine.circuit.node_capacitance_f = 10e-15;
    machine.circuit.volts_per_unit = 1.0;
    CHECK(model_of(machine, net)->node_noise_units ==
          Approx(0.64e-3).epsilon(0.01)); // 10 fF at 300 K: 0.64 mV
    machine.circuit.volts_per_unit = 0.5;
    CHECK(model_of(machine, net)->node_noise_units == Approx(1.28e-3).epsilon(0.01));
    for (const auto& [word, mode] : {std::pair{"off", NodeNoise::off},
                                     {"sampled", NodeNoise::sampled},
                                     {"dynamic", NodeNoise::dynamic}}) {
        machine.node_noise = word;
        CHECK(model_of(machine, net)->node_noise == mode);
    }
}

TEST_CASE("A duration takes the clock cycles that cover it", "[machine]") {
    MachineSpec machine;
    CHECK(machine.clock_fs() == 2000000);
    CHECK(machine.cycles(0.0) == 0);
    CHECK(machine.cycles(10e-9) == 5);
    CHECK(machine.cycles(10.01e-9) == 6);
    CHECK(machine.cycles(150e-9) == 75);
    CHECK(machine.cycle_rc() == Approx(0.2));
}

TEST_CASE("The ideal twin has ideal converters and couplings and no noise, and is the same machine otherwise",
          "[machine]") {
    MachineSpec machine = test_machine();
    machine.name = "demo";
    machine.dynamics.choose("conjugate");
    const auto twin = ideal_twin(machine);
    const auto model = model_of(twin, net);
    CHECK_FALSE(model->dac->format().bits);
    CHECK_FALSE(model->adc->format().bits);
    CHECK_FALSE(model->couplings.format().bits);
    CHECK(model->node_noise == NodeNoise::off);
    CHECK(model->dynamics->nodes_per_spin() == 2);
    CHECK(twin.name == "demo (ideal)");
    CHECK(twin.detector.kind == machine.detector.kind);
    CHECK(model_of(machine, net)->adc->format().bits == 8); // the machine itself stays as it was
    CHECK(machine.couplings.kind == "codes");
}

TEST_CASE("The ideal twin's results do not depend on any seed", "[machine]") {
    auto machine = ideal_twin(test_machine());
    std::vector<std::vector<std::uint8_t>> codes;
    for (const std::uint64_t seed : {1U, 2U}) {
        machine.chip_seed = static_cast<std::int64_t>(seed);
        const auto model = make_chip_model(machine, net, "hopfield", seed);
        ListWriter list(*model);
        list.clamp(clamp_inputs | clamp_targets, 1).reset().relax(30).read(7).relax(10, 0.5F).read(7);
        codes.push_back(evaluate(model, list).codes);
    }
    CHECK(codes[0] == codes[1]);
}

TEST_CASE("Changing a copy of a machine leaves the machine as it was", "[machine][!shouldfail]") {
    MachineSpec machine;
    MachineSpec copy = machine;
    set(copy, {{"gain_error", 0.0}, {"offset_error", 0.0}});
    MachineSpec fresh;
    const std::vector<float> half(55, 0.5F);
    const auto read = [&](const MachineSpec& spec) {
        std::vector<std::uint8_t> codes(55);
        model_of(spec, net)->adc->convert({}, {.nodes = 55}, half, codes);
        return codes;
    };
    const bool same = read(machine) == read(fresh);
    CHECK(same);
}
