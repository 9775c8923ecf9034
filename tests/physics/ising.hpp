// Networks of binary spins by plain enumeration of their states in double precision, and the machine's
// samples of them. The enumeration is written from the energy alone.
#pragma once

#include "tests/physics/oracle.hpp"

namespace isinglass::rig {

// E(s) = −Σ_{i<j} J_ij s_i s_j − Σ h_i s_i over s = ±1, spins in the order of layers.
struct Ising {
    std::size_t n = 0;
    std::vector<double> couplings; // [n × n], symmetric
    std::vector<double> fields;    // inputs and biases together

    Ising(const Network& net, std::span<const double> values, std::span<const float> inputs);

    [[nodiscard]] std::size_t states() const { return std::size_t{1} << n; }
    // Bit i of `state` is spin i: 1 for +1.
    static double spin(std::size_t state, std::size_t i) { return ((state >> i) & 1U) != 0 ? 1.0 : -1.0; }
    [[nodiscard]] double energy(std::size_t state) const;
    // ½ Σ (o − y)² over the last spins.
    [[nodiscard]] double cost(std::size_t state, std::span<const float> targets) const;
    // Probabilities of all states under E + beta·C at that temperature.
    [[nodiscard]] std::vector<double> boltzmann(double temperature, double beta = 0.0,
                                                std::span<const float> targets = {}) const;
};

// Couplings between all pairs of nodes of one layer, each once, in plain loops.
std::shared_ptr<const CouplingKind> all_pairs();

// Layers of ±1 spins; `links` may name all_pairs() within one of them.
std::shared_ptr<const Network> sign_network(std::size_t inputs, const std::vector<std::size_t>& sizes,
                                            const std::vector<LinkRequest>& links);

// The ideal machine of p-bits for that network. A sweep takes 1 RC.
std::shared_ptr<const ChipModel> pbits(std::shared_ptr<const Network> net, const Settings& settings,
                                       bool geometric = false);

// What many presentations of one sample left: the index of each READ's state as Ising numbers it, or its
// tape.
struct Shots {
    std::vector<std::vector<std::size_t>> states; // [READ][presentation]; up to 64 spins
    std::vector<Tape> tapes;                      // [presentation], where asked for
};
// `program` as in rig.cpp: reads name all layers.
Shots shoot(const ChipModel& model, std::span<const float> values, const Sample& sample,
            SampleProgram program, std::size_t presentations, bool taped = false);

// Parts of a program.
SampleOp clamp_op();
SampleOp reset_op();
SampleOp relax_op(double sweeps, double beta = 0.0);
SampleOp read_op();

// What the host's gradient rule makes of pairs of states, each with its scale.
struct StatePair {
    std::size_t first, second;
    double scale;
};
Gradient gradient_of(const Network& net, const EnergyModel& model, std::span<const float> values,
                     const Sample& sample, std::span<const StatePair> pairs);

} // namespace isinglass::rig
