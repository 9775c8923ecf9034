// How the nodes of a chip differ from the cells that were meant: offset, gain, time constant, and dead ones.
#pragma once

#include "hw_models/array/energy_model.hpp"

#include <memory>

namespace isinglass {

// Standard deviations between nodes, drawn when the chip is built; 0 switches one off.
struct SpinSpec {
    double offset_v = 0.0;            // of the voltage at which a cell without input settles
    double gain_error = 0.0;          // of what the other cells see of a node, relative
    double time_constant_error = 0.0; // relative
    double dead = 0.0;                // share of nodes that never leave their reset state
    double droop_v_per_us = 0.0;      // of a held voltage, towards 0

    void fields(Fields& f);
    // Whether the motion of nodes differs from the ideal.
    [[nodiscard]] bool moves_differently() const {
        return offset_v > 0.0 || gain_error > 0.0 || time_constant_error > 0.0 || dead > 0.0;
    }
};

// Errors of every node of one chip, [state columns] each.
struct SpinErrors {
    AlignedVector<float> offset; // model units, of a node with a leak of 1
    AlignedVector<float> gain;   // 1 + relative error
    AlignedVector<float> rate;   // nominal over real time constant; 0: dead
};

// Drawn from the chip's seed, a Gaussian each a node; time constants no shorter than a tenth of the nominal.
[[nodiscard]] SpinErrors draw_spin_errors(const Network& net, const SpinSpec& spec, double volts_per_unit,
                                          std::uint64_t chip_seed);

// The same energy model on nodes with such errors: cell i moves by rate · (−leak·s + offset + field(gain ∘
// s)), for any integrator. `errors` and `net` must outlive it.
[[nodiscard]] std::unique_ptr<FieldKernel> with_spin_errors(std::unique_ptr<FieldKernel> ideal,
                                                            const Network& net, const SpinErrors& errors);

} // namespace isinglass
