// Which energy models run on which arrays, as the registries and the parts themselves say.
#pragma once

#include "hw_models/machine.hpp"

#include <string>

namespace isinglass {

// Throws UserError, saying what would fit, where the machine's array with its dynamics does not run the
// model, on any network.
void check_runs(const MachineSpec& machine, const EnergyModel& model);

// A Markdown page: a table of models and arrays, and why the pairs that are missing are.
std::string support_page();

} // namespace isinglass
