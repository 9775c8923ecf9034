// Which energy models run on which arrays, as the registries and the parts themselves say.
#pragma once

#include "hw_models/machine.hpp"
#include "sim/run/experiment.hpp"

#include <string>

namespace isinglass {

// Throws UserError, saying what would fit, where the machine's array with its dynamics does not run the
// model, on any network.
void check_runs(const MachineSpec& machine, const EnergyModel& model);

// Throws UserError where a predictive network is deeper than its free phase has steps, on an array that takes
// values one layer further in each: what lies behind would stay where it was reset.
void check_depth(const Experiment& experiment);

// A Markdown page: a table of models and arrays, and why the pairs that are missing are.
std::string support_page();

} // namespace isinglass
