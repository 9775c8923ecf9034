#include "hw_models/array/circuit.hpp"

#include "hw_models/base/registry.hpp"
#include "hw_models/energy/limits.hpp"

namespace isinglass {

namespace {

const Registry<std::unique_ptr<Circuit>>& circuits() {
    static const Registry<std::unique_ptr<Circuit>> registry("circuit",
                                                             {
                                                                 {"transconductors", make_transconductors},
                                                                 {"oscillators", make_oscillators},
                                                                 {"crossbar", make_crossbar},
                                                                 {"p-bits", make_pbits},
                                                             });
    return registry;
}

} // namespace

std::unique_ptr<Circuit> make_circuit(const std::string& name) {
    return circuits().make(name);
}
std::span<const std::string> circuit_kinds() {
    return circuits().names();
}

void Circuit::time_fields(Fields& f) {
    f.quantity({"time_constant", "RC of a node"}, time_constant_s, Unit::second, {1e-12, 1.0});
}

void Circuit::voltage_fields(Fields& f) {
    f.quantity({"volts_per_unit", "node voltage of one model unit"}, volts_per_unit, Unit::volt,
               {1e-3, 100.0});
}

double Circuit::thermal_noise_units(double capacitance_f, double temperature_k) const {
    return node_noise_v(capacitance_f, temperature_k) / volts_per_unit;
}

double Circuit::class_a_bias_a(double capacitance_f, double margin) const {
    return margin * (capacitance_f / time_constant_s) * volts_per_unit;
}

double directed_magnitude(const ArrayLoad& load) {
    double sum = 0.0;
    for (std::size_t b = 0; b < load.net.blocks.size(); ++b) {
        const int link = load.net.blocks[b].link;
        const bool between_spins = link >= 0 && load.net.links[link].from != input_layer;
        sum += (between_spins ? 2.0 : 1.0) * load.magnitudes[b];
    }
    return sum;
}

} // namespace isinglass
