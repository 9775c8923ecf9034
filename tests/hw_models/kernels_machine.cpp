#include "hw_models/base/error.hpp"
#include "tests/hw_models/digital_golden.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

namespace {

const auto net = chain({20, 33, 17, 5});

} // namespace

TEST_CASE("A chip model takes its numbers from the machine", "[machine]") {
    MachineSpec machine;
    machine.adc_bank = {.count = 48, .rate_hz = 100e6};
    machine.circuit->time_constant_s = 20e-9;
    machine.injected_range = 0.25;
    machine.read_gain = 4.0;
    machine.chip_seed = 77;
    const auto model = make_chip_model(machine, net, make_hopfield(), 5);
    CHECK(model->slot_rc == Approx(0.5));
    CHECK(model->adc_count == 48);
    CHECK(model->chip_seed == 77);
    CHECK(model->noise_seed == 5);
    CHECK(model->dac->format().bits == 8);
    CHECK(model->adc->format().bits == 8);
    CHECK(model->injected_lines().low == -0.25F);
    CHECK(read_range(model->network->layers[0], false, model->read_gain).high == 1.0F);
    CHECK(read_range(model->network->layers[0], true, model->read_gain).low == -0.125F);
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
    set(*machine.circuit.part(), {{"node_capacitance", 10e-15}});
    machine.circuit->volts_per_unit = 1.0;
    CHECK(model_of(machine, net)->node_noise_units ==
          Approx(0.64e-3).epsilon(0.01)); // 10 fF at 300 K: 0.64 mV
    machine.circuit->volts_per_unit = 0.5;
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
    const auto twin = ideal_twin(machine, *make_hopfield());
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

TEST_CASE("The ideal twin of a digital or feedback array runs the same energy models, on their own circuits",
          "[machine]") {
    for (const auto& [array, name] :
         {std::pair{"digital", "hopfield"}, std::pair{"digital", "xy"}, std::pair{"digital", "oscillator"},
          std::pair{"digital", "binary"}, std::pair{"digital", "predictive"},
          std::pair{"feedback", "hopfield"}, std::pair{"feedback", "coherent"},
          std::pair{"feedback", "predictive"}}) {
        INFO(array << ", " << name);
        MachineSpec machine = test_machine();
        machine.array.choose(array);
        machine.couplings.mismatch = 0.0;
        machine.circuit->time_constant_s = 20e-9;
        const std::shared_ptr<const EnergyModel> energy = make_energy_model(name);
        const auto twin = ideal_twin(machine, *energy);
        const auto model = make_chip_model(twin, digital_case(*energy, 3, 4, 2, 0.5).net, energy, 5);
        CHECK(twin.circuit.name() == energy->circuit());
        CHECK(twin.circuit->time_constant_s == 20e-9);
        CHECK(model->dynamics->relaxation() == (std::string_view(name) == "binary" ? Relaxation::sampling
                                                : std::string_view(name) == "predictive" ? Relaxation::passes
                                                                                         : Relaxation::flow));
    }
}

TEST_CASE("The ideal twin of a digital array samples at the array's temperatures", "[machine]") {
    const std::shared_ptr<const EnergyModel> binary = make_binary();
    const auto spins = std::make_shared<const Network>(
        make_network(20, {{.name = "out", .size = 64, .low = -1.0F, .high = 1.0F, .domain = Domain::sign}},
                     {{.from = input_layer, .to = 0}}, binary->needs()));
    const auto read = [&](double temperature, std::uint64_t seed) {
        const auto machine =
            digital_machine({{"start_temperature", temperature}, {"end_temperature", temperature}});
        const auto model = make_chip_model(ideal_twin(machine, *binary), spins, binary, seed);
        ListWriter list(*model);
        return evaluate(model, list.clamp(clamp_inputs, 1).reset().relax(500).read(1)).codes;
    };
    CHECK(read(1e-4, 1) == read(1e-4, 2)); // all along their fields
    CHECK(read(1e4, 1) != read(1e4, 2));   // tossed
}

TEST_CASE("The ideal twin's results do not depend on any seed", "[machine]") {
    auto machine = ideal_twin(test_machine(), *make_hopfield());
    std::vector<std::vector<std::uint8_t>> codes;
    for (const std::uint64_t seed : {1U, 2U}) {
        machine.chip_seed = static_cast<std::int64_t>(seed);
        const auto model = make_chip_model(machine, net, make_hopfield(), seed);
        ListWriter list(*model);
        list.clamp(clamp_inputs | clamp_targets, 1).reset().relax(30).read(7).relax(10, 0.5F).read(7);
        codes.push_back(evaluate(model, list).codes);
    }
    CHECK(codes[0] == codes[1]);
}

TEST_CASE("Changing a copy of a machine leaves the machine as it was", "[machine]") {
    MachineSpec machine;
    set(machine, {{"gain_error", 0.05}}); // of DACs and ADCs
    const std::vector<float> half(55, 0.5F);
    const auto read = [&](const MachineSpec& spec) {
        std::vector<std::uint8_t> codes(55);
        model_of(spec, net)->adc->convert({}, {.nodes = 55}, half, codes);
        return codes;
    };
    const auto before = read(machine);
    MachineSpec copy = machine;
    CHECK(read(copy) == before); // the same errors
    set(copy, {{"gain_error", 0.0}, {"offset_error", 0.0}});
    CHECK(read(copy) != before);
    CHECK(read(machine) == before);
    copy = machine;
    CHECK(read(copy) == before);
    set(machine, {{"gain_error", 0.0}, {"offset_error", 0.0}});
    CHECK(read(machine) != before);
    CHECK(read(copy) == before);
}

TEST_CASE("A chip model keeps its dynamics when the machine that it was made of changes", "[machine]") {
    MachineSpec machine;
    set(*machine.dynamics.part(), {{"step", 0.1}});
    const auto model = model_of(machine, net);
    set(*machine.dynamics.part(), {{"step", 0.3}});
    CHECK(model->dynamics->step_rc() == 0.1);
    CHECK(MachineSpec(machine).dynamics->step_rc() == 0.3);
}

namespace {

// Parameters of every sort, with names for Settings.
struct Everything {
    double quantity = 1.0;
    std::int64_t integer = 2;
    bool flag = false;
    std::string text = "a", choice = "b", variant = "none";
    RelaxTime relax_time;
    std::vector<double> numbers;
    std::vector<std::int64_t> integers;
    std::vector<double> rows;
    double of_variant = 0.0;

    void fields(Fields& f) {
        static const std::vector<std::string> words{"none", "some"};
        f.table({"in a table"}, [this](Fields& g) { g.quantity({"quantity"}, quantity, Unit::volt, {}); });
        f.integer({"integer"}, integer, {});
        f.flag({"flag"}, flag);
        f.text({"text"}, text);
        f.choice({"choice"}, choice, words);
        f.relax_time({"relax_time"}, relax_time, {});
        f.numbers({"numbers"}, numbers, {});
        f.integers({"integers"}, integers, {});
        f.tables(
            {"rows"}, rows.size(), [this](std::size_t n) { rows.assign(n, 0.0); },
            [this](std::size_t i, Fields& g) { g.number({"row"}, rows[i], {}); });
        f.variant({"variant"}, variant, words, [this](const std::string& word, Fields& g) {
            if (word == "some") g.number({"of_variant"}, of_variant, {});
        });
        f.check(true, "text", "anything");
    }
};

} // namespace

TEST_CASE("A copy has every parameter of the original, whatever its sort", "[machine]") {
    Everything original{.quantity = 7.0,
                        .integer = 8,
                        .flag = true,
                        .text = "hello",
                        .choice = "some",
                        .variant = "some",
                        .relax_time = {.value = 3.0, .unit = RelaxUnit::seconds},
                        .numbers = {1.0, 2.0},
                        .integers = {3, 4, 5},
                        .rows = {6.0, 7.0},
                        .of_variant = 9.0};
    Everything copy;
    copy.rows = {1.0, 1.0, 1.0};
    copy_parameters(original, copy);
    CHECK(copy.quantity == 7.0);
    CHECK(copy.integer == 8);
    CHECK(copy.flag);
    CHECK(copy.text == "hello");
    CHECK(copy.choice == "some");
    CHECK(copy.variant == "some");
    CHECK(copy.relax_time.value == 3.0);
    CHECK(copy.relax_time.unit == RelaxUnit::seconds);
    CHECK(copy.numbers == original.numbers);
    CHECK(copy.integers == original.integers);
    CHECK(copy.rows == original.rows);
    CHECK(copy.of_variant == 9.0);
    CHECK(original.rows == std::vector<double>{6.0, 7.0}); // left as it was
}
