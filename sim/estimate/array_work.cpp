#include "sim/estimate/array_work.hpp"

#include "hw_models/array/digital_rule.hpp"
#include "sim/estimate/parameters.hpp"

#include <cmath>
#include <functional>
#include <map>

namespace isinglass {

namespace {

struct Site {
    const MachineSpec& machine;
    const NetworkSpec& spec;
    const NetworkWork& work;
    const std::vector<double>& magnitudes;
    const Parameters& array;
    const Parameters& circuit;
    double chips = 1.0;

    [[nodiscard]] double macs() const { return chips * array.number("macs"); }
};

double slots(double nodes, double converters) {
    return std::ceil(nodes / converters);
}

// Multiply-accumulates; a coupling's word is read for each.
void add_products(double products, const MachineSpec& machine, std::vector<Amount>& amounts) {
    const double bits =
        machine.couplings.kind == "ideal" ? 32.0 : static_cast<double>(machine.couplings.bits);
    amounts.emplace_back("digital.mac", products);
    amounts.emplace_back("digital.coupling_byte", products * bits / 8.0);
}

ArrayWork digital(const Site& site) {
    const auto& rule = digital_model(site.spec.model.name());
    const auto spins = static_cast<double>(site.work.spins);
    const double macs = site.macs();
    const double a_step = 2.0 * static_cast<double>(rule.spin_features * site.work.couplings(false));
    const double a_clamp = static_cast<double>(rule.input_features * site.work.couplings(true));
    ArrayWork work{.step_cycles =
                       std::ceil(a_step / macs) + static_cast<double>(sets_in_turn(site.machine, site.spec)) *
                                                      (site.array.number("pipeline") + 1.0),
                   .clamp_cycles = static_cast<std::uint64_t>(std::ceil(a_clamp / macs)),
                   .reset_action = "digital.update",
                   .hold_action = "digital.update"};
    add_products(a_step, site.machine, work.a_step);
    work.a_step.emplace_back("digital.update", spins * rule.words);
    if (rule.lookups > 0)
        work.a_step.emplace_back("digital.lookup", spins * static_cast<double>(rule.lookups));
    add_products(a_clamp, site.machine, work.a_clamp);
    return work;
}

// A round: all spins through the loop's ADCs, sums, forces through its DACs.
ArrayWork feedback(const Site& site) {
    const auto& m = site.machine;
    const auto spins = static_cast<double>(site.work.spins);
    const double a_step = 2.0 * static_cast<double>(site.work.couplings(false));
    const double a_clamp = static_cast<double>(site.work.couplings(true));
    const auto conversion = [&](const char* count, double rate_hz) {
        return static_cast<double>(m.cycles(slots(spins, site.chips * site.array.number(count)) / rate_hz));
    };
    const double sums = std::ceil(a_step / site.macs()) + site.array.number("pipeline");
    ArrayWork work{.step_cycles = conversion("loop_adcs", m.adc_bank.rate_hz) + sums +
                                  conversion("loop_dacs", m.dac_bank.rate_hz),
                   .clamp_cycles = static_cast<std::uint64_t>(std::ceil(a_clamp / site.macs()))};
    add_products(a_step, m, work.a_step);
    work.a_step.emplace_back(m.adc->action(), spins);
    work.a_step.emplace_back(m.dac->action(), spins);
    add_products(a_clamp, m, work.a_clamp);
    return work;
}

ArrayWork analog(const Site& site) {
    const double rc_s = site.machine.circuit->time_constant_s;
    return {.step_s = site.machine.dynamics->physical_rc_per_step() * rc_s};
}

// --- what flows, by circuit

// A coupling of one model unit drives a node: its tail current is `margin` times C / RC times a unit's volts.
double unit_current_a(const Site& site, double margin) {
    return margin * site.circuit.number("node_capacitance") / site.circuit.number("time_constant") *
           site.circuit.number("volts_per_unit");
}

// Couplings between spins are two cells, one each way.
double cells(const Site& site) {
    double sum = 0.0;
    for (std::size_t b = 0; b < site.work.blocks.size(); ++b)
        sum += (site.work.blocks[b].between_spins ? 2.0 : 1.0) * site.magnitudes[b];
    return sum;
}

std::vector<Amount> transconductors(const Site& site) {
    const double unit_a = unit_current_a(site, site.circuit.number("class_a_margin"));
    const bool analog = site.machine.array.name() == "analog";
    const double nodes =
        static_cast<double>(site.work.spins) * (analog ? site.machine.dynamics->nodes_per_spin() : 1);
    return {{"coupling.bias", cells(site) * unit_a}, {"node.bias", nodes * unit_a}};
}

std::vector<Amount> pbits(const Site& site) {
    constexpr double margin = 1.2; // tail current over the largest output current of a class-A cell
    return {{"coupling.bias", cells(site) * unit_current_a(site, margin)},
            {"pbit.run", static_cast<double>(site.work.spins)}};
}

std::vector<Amount> oscillators(const Site& site) {
    double full_strength = 0.0;
    for (std::size_t b = 0; b < site.work.blocks.size(); ++b)
        full_strength += site.magnitudes[b] / site.work.blocks[b].range;
    return {{"oscillator.run", static_cast<double>(site.work.spins)}, {"oscillator.coupling", full_strength}};
}

std::vector<Amount> crossbar(const Site& site) {
    double units = 0.0;
    for (std::size_t b = 0; b < site.work.blocks.size(); ++b)
        if (site.work.blocks[b].link >= 0) units += site.magnitudes[b];
    const double siemens = site.circuit.number("node_capacitance") / site.circuit.number("time_constant");
    const double drop_v = site.circuit.number("rms_drop");
    return {{"crossbar.conduction", units * siemens * drop_v * drop_v}};
}

using Flows = std::function<std::vector<Amount>(const Site&)>;
const std::map<std::string, Flows>& flows_by_circuit() {
    static const std::map<std::string, Flows> all{{"transconductors", transconductors},
                                                  {"p-bits", pbits},
                                                  {"oscillators", oscillators},
                                                  {"crossbar", crossbar}};
    return all;
}

} // namespace

std::size_t sets_in_turn(const MachineSpec& machine, const NetworkSpec& spec) {
    if (machine.array.name() != "digital") return 1;
    const auto& rule = digital_model(spec.model.name());
    if (rule.layer_by_layer) return spec.layers.size() - 1;
    return rule.set_by_set ? independent_sets(*spec.build()).size() : 1;
}

ArrayWork array_work(const MachineSpec& machine, const NetworkSpec& spec, const NetworkWork& work,
                     const std::vector<double>& magnitudes, std::size_t chips) {
    Parameters array_parameters;
    Parameters circuit_parameters;
    machine.array.part()->fields(array_parameters);
    at_corner(machine).circuit.part()->fields(circuit_parameters); // currents are those of the chip
    const Site site{
        machine, spec, work, magnitudes, array_parameters, circuit_parameters, static_cast<double>(chips)};
    const auto& kind = machine.array.name();
    ArrayWork result = kind == "digital" ? digital(site) : kind == "feedback" ? feedback(site) : analog(site);
    if (result.step_cycles > 0.0)
        result.step_s = result.step_cycles * static_cast<double>(machine.clock_fs()) * 1e-15;
    if (kind != "digital") {
        result.flows_per_s = flows_by_circuit().at(machine.circuit.name())(site);
        result.reset_action = "node.reset";
        result.hold_action = "sample_hold.sample";
    }
    return result;
}

} // namespace isinglass
