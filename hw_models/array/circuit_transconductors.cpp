#include "hw_models/array/circuit.hpp"

namespace isinglass {

void TransconductorCircuit::fields(Fields& f) {
    time_fields(f);
    f.quantity(
        {"node_capacitance", "capacitance of a node: cells, wire and hold (0.3 fF a cell at 1 um pitch)"},
        node_capacitance_f, Unit::farad, {1e-18, 1e-6});
    voltage_fields(f);
    f.quantity({"supply", "supply voltage of the cells"}, supply_v, Unit::volt, {0.1, 100.0});
    f.number({"class_a_margin", "tail current of a cell over its largest output current"}, class_a_margin,
             {1.0, 10.0});
}

double TransconductorCircuit::noise_units(double temperature_k) const {
    return thermal_noise_units(node_capacitance_f, temperature_k);
}

std::vector<Flow> TransconductorCircuit::flows(const ArrayLoad& load) const {
    const double nodes = static_cast<double>(load.net.spins()) * load.nodes_per_spin;
    return {{"coupling.bias", directed_magnitude(load) * bias_a_per_unit()},
            {"node.bias", nodes * bias_a_per_unit()}};
}

std::unique_ptr<Circuit> make_transconductors() {
    return std::make_unique<TransconductorCircuit>();
}

} // namespace isinglass
