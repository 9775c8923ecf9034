// How far the machine's recorded voltages are from the adaptive reference.
#pragma once

#include "tests/physics/rig.hpp"

#include <array>
#include <optional>

namespace isinglass::rig {

// Largest |s − reference| over all spins and recorded steps, model units: free phase, +β, −β.
using TransientError = std::array<double, 3>;

// Runs one EP presentation on `model` and the same with reference::Adaptive, which carries its own state
// through all phases. `pair` says the conjugate dynamics' numbers, nothing the dissipative dynamics.
TransientError transient_error(const ChipModel& model, std::span<const float> values, const Sample& sample,
                               const EpTimes& times, const std::optional<reference::Pair>& pair);

// The same numbers as a machine file's keys.
Settings settings_of(const reference::Pair& pair);

double worst(const TransientError& error);

} // namespace isinglass::rig
