// What the spin array of a machine does for a network: clock cycles, counts of its steps, and what flows.
#pragma once

#include "hw_models/machine.hpp"
#include "sim/estimate/network_work.hpp"

#include <string>
#include <utility>
#include <vector>

namespace isinglass {

// An action of the ledger and an amount of it.
using Amount = std::pair<std::string, double>;

struct ArrayWork {
    double step_s = 0.0;                   // what a step of relaxation stands for
    double step_cycles = 0.0;              // the same in clock cycles, where steps are counted; otherwise 0
    std::vector<Amount> a_step;            // counts of one step
    std::vector<Amount> a_clamp;           // and of new inputs
    std::uint64_t clamp_cycles = 0;        // that the array takes for those
    std::vector<Amount> flows_per_s;       // while samples are on the array
    std::string reset_action, hold_action; // counted a spin
};

// `magnitudes` [blocks]: Σ|value| over cells as programmed, model units; of words 0. `chips` share the
// products of a step evenly, and have loops' converters each. Throws UserError where the array does not run
// the energy model.
ArrayWork array_work(const MachineSpec& machine, const NetworkSpec& spec, const NetworkWork& work,
                     const std::vector<double>& magnitudes, std::size_t chips = 1);

// Groups of nodes that a digital array moves one after another: those of one layer or colour share none of
// their couplings; 1 where all move together.
std::size_t sets_in_turn(const MachineSpec& machine, const NetworkSpec& spec);

} // namespace isinglass
