// A circuit's constants say each thing once.
#include "hw_models/array/circuit.hpp"
#include "sim/run/experiment.hpp"
#include "sim/study/spice_netlist.hpp"
#include "tests/set_parameters.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;

TEST_CASE("a crossbar's conductance is its capacitance over its time constant in power, wires and netlists") {
    auto machine = load_machine("epc1-28nm", std::vector<std::string>{"machine.circuit.kind=crossbar"});
    test::set(*machine.circuit.part(), {{"time_constant", 20e-9}, {"node_capacitance", 0.4e-12}});
    constexpr double siemens = 0.4e-12 / 20e-9;
    CHECK(machine.circuit->unit_conductance_s() == Approx(siemens));

    const auto model = make_resistive();
    const auto net =
        make_network(2, {{.name = "out", .size = 3}}, {{.from = input_layer, .to = 0}}, model->needs());
    const std::vector<double> magnitudes{5.0, 7.0}; // of couplings, and of sources, which are no conductances
    const auto flows = machine.circuit->flows({net, magnitudes, 1});
    REQUIRE(flows.size() == 1);
    CHECK(flows[0].per_s == Approx(5.0 * siemens * 0.1 * 0.1)); // rms_drop 0.1 V

    std::vector<float> values(net.parameters, 0.0F);
    values[0] = 0.5F;
    const std::vector<float> levels{1.0F, 0.0F}, targets(3, 0.0F);
    const auto netlist = spice_netlist(
        machine, net, *model, {.values = values, .inputs = levels, .targets = targets, .free_s = 1e-7}, "v");
    CHECK(netlist.find("C = 4e-13 F, G = 2e-05 S a model unit, RC = 2e-08 s") != std::string::npos);
    CHECK(netlist.find(fmt::format(" {:.9g}\n", 1.0 / (0.5 * siemens))) != std::string::npos);
}

TEST_CASE("a crossbar's conductance cannot be stated against its capacitance and time constant") {
    CHECK_THROWS_WITH(
        load_machine("epc1-28nm", std::vector<std::string>{"machine.circuit.kind=crossbar",
                                                           "machine.circuit.unit_conductance=1 uS"}),
        Catch::Contains("unit_conductance"));
}
