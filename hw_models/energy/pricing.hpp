// Joules from counts: the one place where a ledger and a component library meet. Another table re-prices the
// same ledger without simulating again.
#pragma once

#include "hw_models/energy/component_library.hpp"
#include "hw_models/energy/ledger.hpp"

#include <array>
#include <map>
#include <string>
#include <vector>

namespace isinglass {

using JoulesByPhase = std::array<double, phase_count>; // indexed by Phase

// Every breakdown adds up to total_j, up to rounding.
struct EnergyReport {
    std::string library;
    std::string profile;
    double total_j = 0.0;
    JoulesByPhase by_phase_j{};
    std::map<std::string, JoulesByPhase> by_component_and_phase_j;
    std::map<std::string, double> by_component_j;
    std::map<std::string, double> by_action_j;
    std::map<std::string, double> by_group_j; // every group, also at 0
    std::map<std::string, double> by_mark_j;  // how much of the total rests on assumptions
    std::vector<std::string> not_included;
};

// Throws UserError naming an action that has an amount but no row in the library's profile. Rows without
// amounts cost nothing.
[[nodiscard]] EnergyReport price(const Ledger& ledger, const ComponentLibrary& library);

} // namespace isinglass
