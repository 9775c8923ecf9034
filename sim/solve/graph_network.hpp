// A problem on the array: one layer of spins, joined as the problem says.
#pragma once

#include "hw_models/array/energy_model.hpp"
#include "sim/solve/problem.hpp"

#include <memory>
#include <vector>

namespace isinglass {

// Couplings and fields are programmed in units of the largest of them, so that all are within −1 … 1. There
// is one input line, which leads nowhere: it is what a sample's CLAMP drives.
struct GraphNetwork {
    std::shared_ptr<const Network> network;
    std::vector<float> theta; // parameters to be programmed
    double unit = 1.0;        // of the problem, that 1 of theta stands for
};

// Throws UserError where all couplings are 0.
GraphNetwork graph_network(const IsingProblem& problem, const EnergyModel& model);

} // namespace isinglass
