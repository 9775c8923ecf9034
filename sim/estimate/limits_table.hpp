// Physical limits beside an estimate's figures.
#pragma once

#include "sim/estimate/training_cost.hpp"

#include <string>

namespace isinglass {

// Counts of an epoch priced by the library's two profiles, beside the least that physics asks for at 300 K.
std::string energy_limits(const CostSheet& epoch, const MachineSpec& machine, ComponentLibrary library);

// Time and noise of the nodes beside what the ADC's bits ask for; nothing of arrays without a time constant.
std::string settling_limits(const TrainingCost& cost);

} // namespace isinglass
