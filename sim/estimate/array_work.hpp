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

// `magnitudes` [blocks]: Σ|value| as programmed, model units. Throws UserError where the array does not run
// the energy model.
ArrayWork array_work(const MachineSpec& machine, const NetworkSpec& spec, const NetworkWork& work,
                     const std::vector<double>& magnitudes);

} // namespace isinglass
