// A small array as a SPICE netlist, written from its circuit's constants.
#pragma once

#include "hw_models/machine.hpp"

#include <span>
#include <string>

namespace isinglass {

// One sample on the array: the free phase from the reset state, then the nudged one.
struct SpiceSample {
    std::span<const float> values;  // programmed couplings [Network::parameters]
    std::span<const float> inputs;  // levels [inputs], 0 … 1
    std::span<const float> targets; // [outputs], model units
    double beta = 0.0;              // of the nudged phase
    double free_s = 0.0, nudged_s = 0.0;
};

// ngspice's dialect; `ngspice -b FILE` writes the voltages of all nodes to `data_file`, the time in front.
// - Transconductor cells (model hopfield): every node C with its leak G = C / RC, couplings as controlled
// sources
//   |W| G each way, biases as currents.
// - Crossbar (model resistive): conductances W g between nodes, and C = RC g at each, g the unit conductance.
// - Live nudges are sources β G (y − v), switched on after the free phase; the nodes' bounds are diodes with
// a
//   knee of some 50 µV.
// Throws UserError for other energy models and arrays.
std::string spice_netlist(const MachineSpec& machine, const Network& net, const EnergyModel& model,
                          const SpiceSample& sample, const std::string& data_file);

// Voltage node of every spin, in the order of layers, as the netlist calls it.
std::vector<std::string> spice_nodes(const Network& net);

} // namespace isinglass
