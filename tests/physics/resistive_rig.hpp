// Small resistive networks for the physics tests, and the same as circuits: elements between numbered
// terminals.
#pragma once

#include "tests/physics/oracle.hpp"

#include <optional>
#include <string>

namespace isinglass::rig {

constexpr float wide = 1000.0F; // a range that no voltage of these tests reaches

// Inputs, one hidden layer, outputs; inputs also lead to the outputs, past the hidden layer. Conductances
// U(0, 1) and current sources U(−½, ½). Hidden nodes have diodes, or nothing but their conductances.
struct ResistiveCase {
    ResistiveCase(std::uint64_t seed, bool diodes, float hidden_range = wide);

    [[nodiscard]] std::shared_ptr<const ChipModel> on(const std::string& dynamics,
                                                      const Settings& settings = {}) const;

    std::shared_ptr<EnergyModel> energy;
    std::shared_ptr<const Network> net;
    std::vector<float> values;
    Sample sample;
    static constexpr double input_gain = 3.0;
};

// Terminal 0 is ground.
struct Kirchhoff {
    struct Resistor {
        std::size_t a, b;
        double conductance;
    };
    struct Source { // of a voltage against ground, or of a current into the terminal
        std::size_t terminal;
        double value;
    };
    std::size_t terminals = 1;
    std::vector<Resistor> resistors;
    std::vector<Source> voltages, currents;
    std::vector<std::size_t> keep_positive, keep_negative; // terminals with a diode to ground
    std::vector<std::size_t> spins;                        // terminals of the machine's nodes, in their order
};

// The outputs are nudged by voltage sources y behind conductances of beta.
Kirchhoff circuit_of(const ResistiveCase& c, double beta = 0.0);

// Voltages of circuit.spins by Kirchhoff's current law: one linear equation a terminal, without the diodes.
std::vector<double> kirchhoff(const Kirchhoff& circuit);

// The same by ngspice's operating point, with diodes of a very sharp knee; nothing where it is not installed.
std::optional<std::vector<double>> ngspice(const Kirchhoff& circuit);

// Energy and cost of the network, terminals numbered as in its circuit.
Oracle resistive_oracle(const ResistiveCase& c);

} // namespace isinglass::rig
