// A machine's errors one by one: its ideal twin with a single one of them.
#pragma once

#include "sim/study/bare_machine.hpp"

#include <string>
#include <vector>

namespace isinglass {

struct MachineVariant {
    std::string name; // of the error
    MachineSpec machine;
    EpSettings settings;
};

// Ten times the experiment's relaxation times, in which an ideal machine settles.
inline constexpr double settled_times = 10.0;

// Ideal converters, couplings, nodes and holds, and time to settle.
MachineVariant ideal_variant(const Experiment& experiment);

// The ideal twin with each error that the machine has, alone; then "finite relaxation", with the times that
// the experiment states; last "all together", the machine itself.
std::vector<MachineVariant> machine_variants(const Experiment& experiment);

} // namespace isinglass
