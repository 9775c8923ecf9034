// The circuit that an analog array is built of: what turns model units into volts, seconds, amperes and
// noise.
#pragma once

#include "hw_models/array/network.hpp"
#include "hw_models/base/fields.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace isinglass {

// What the ledger counts a second while samples are on the array.
struct Flow {
    std::string_view action;
    double per_s = 0.0;
};

// What flows depend on.
struct ArrayLoad {
    const Network& net;
    std::span<const double> magnitudes; // Σ|value| of each parameter block as programmed, model units
    int nodes_per_spin = 1;
};

// A kind of circuit with its parameters. Every kind has nodes of one time constant.
class Circuit {
  public:
    double time_constant_s = 10e-9; // RC
    double volts_per_unit = 0.5;    // node voltage of one model unit, where states are voltages

    virtual ~Circuit() = default;
    virtual void fields(Fields& f) = 0;

    // Standard deviation of a sampled node, model units.
    [[nodiscard]] virtual double noise_units(double temperature_k) const = 0;
    // Whether temperature and supply change the conductances, and so the time constant, as those of
    // transistors.
    [[nodiscard]] virtual bool made_of_transistors() const { return true; }
    // Of a coupling of one model unit, where its current flows between the nodes that it joins; 0 elsewhere.
    [[nodiscard]] virtual double unit_conductance_s() const { return 0.0; }
    // The same actions in the same order for any load.
    [[nodiscard]] virtual std::vector<Flow> flows(const ArrayLoad& load) const = 0;

  protected:
    void time_fields(Fields& f);
    void voltage_fields(Fields& f);
    // √(kT/C), in model units.
    [[nodiscard]] double thermal_noise_units(double capacitance_f, double temperature_k) const;
    // Tail current of a class-A cell that drives a node of that capacitance by a coupling of one model unit:
    // `margin` times its largest output current, C/RC times the voltage of one model unit.
    [[nodiscard]] double class_a_bias_a(double capacitance_f, double margin) const;
};

inline constexpr double usual_class_a_margin = 1.2; // tail current over the largest output current

std::unique_ptr<Circuit> make_circuit(const std::string& name);
std::span<const std::string> circuit_kinds();

// Σ|value| over couplings and biases, those between spins twice: a cell for each direction.
double directed_magnitude(const ArrayLoad& load);

// Transconductor cells with leak. A coupling W is a pair of transconductors (one a direction) of gm = |W|·G,
// driving the node's capacitance C against the node's leak G, so that C dv/dt = −G v + Σ gm v_j: RC = C/G,
// whatever W is. Class A: a cell's tail current carries its largest output current, gm times the full-scale
// voltage, all the time.
class TransconductorCircuit final : public Circuit {
  public:
    double node_capacitance_f = 0.3e-12;
    double supply_v = 0.9;
    double class_a_margin = usual_class_a_margin;

    void fields(Fields& f) override;
    // The stationary law of a passive node; an active array's grows as (I − W)⁻¹.
    [[nodiscard]] double noise_units(double temperature_k) const override;
    [[nodiscard]] std::vector<Flow> flows(const ArrayLoad& load) const override;

    // Bias current of one direction of a coupling of one model unit, or of a node's leak.
    [[nodiscard]] double bias_a_per_unit() const {
        return class_a_bias_a(node_capacitance_f, class_a_margin);
    }
};

std::unique_ptr<Circuit> make_transconductors();
std::unique_ptr<Circuit> make_oscillators(); // coupled oscillators whose phases are the states
std::unique_ptr<Circuit> make_crossbar();    // conductances between nodes, passive
std::unique_ptr<Circuit> make_pbits();       // two-valued nodes that flip at random

} // namespace isinglass
