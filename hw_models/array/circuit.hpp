// The circuit that an analog array is built of: what turns model units into volts, seconds, amperes and
// noise.
#pragma once

#include "hw_models/base/fields.hpp"

#include <cmath>

namespace isinglass {

inline constexpr double boltzmann_j_per_k = 1.380649e-23; // exact, SI 2019

// Transconductor cells with leak. A coupling W is a pair of transconductors (one a direction) of gm = |W|·G,
// driving the node's capacitance C against the node's leak G, so that C dv/dt = −G v + Σ gm v_j: RC = C/G,
// whatever W is. Class A: a cell's tail current carries its largest output current, gm times the full-scale
// voltage, all the time.
struct TransconductorCircuit {
    double time_constant_s = 10e-9; // RC
    double node_capacitance_f = 0.3e-12;
    double volts_per_unit = 0.5;
    double supply_v = 0.9;
    double temperature_k = 300.0;
    double class_a_margin = 1.2; // tail current over the largest output current

    void fields(Fields& f) {
        f.quantity({"time_constant", "RC of a node"}, time_constant_s, Unit::second, {1e-12, 1.0});
        f.quantity(
            {"node_capacitance", "capacitance of a node: cells, wire and hold (0.3 fF a cell at 1 um pitch)"},
            node_capacitance_f, Unit::farad, {1e-18, 1e-6});
        f.quantity({"volts_per_unit", "node voltage of one model unit"}, volts_per_unit, Unit::volt,
                   {1e-3, 100.0});
        f.quantity({"supply", "supply voltage of the cells"}, supply_v, Unit::volt, {0.1, 100.0});
        f.quantity({"temperature", "temperature, for kT/C noise"}, temperature_k, Unit::kelvin,
                   {1.0, 1000.0});
        f.number({"class_a_margin", "tail current of a cell over its largest output current"}, class_a_margin,
                 {1.0, 10.0});
    }

    [[nodiscard]] double unit_conductance_s() const { return node_capacitance_f / time_constant_s; }
    // Bias current of one direction of a coupling of one model unit, or of a node's leak.
    [[nodiscard]] double bias_a_per_unit() const {
        return class_a_margin * unit_conductance_s() * volts_per_unit;
    }
    // √(kT/C) in model units: the stationary law of a passive node; an active array's grows as (I − W)⁻¹.
    [[nodiscard]] double noise_units() const {
        return std::sqrt(boltzmann_j_per_k * temperature_k / node_capacitance_f) / volts_per_unit;
    }
};

} // namespace isinglass
