// Networks of phases for the physics tests, and their energies in plain double precision.
#pragma once

#include "tests/physics/oracle.hpp"

#include <memory>

namespace isinglass::rig {

// Inputs, then layers a, b and out, each joined to the next; inputs and a also joined to out.
std::shared_ptr<const Network> skipping_phases(const std::vector<std::size_t>& sizes,
                                               const EnergyModel& model);

// N(0, scale²), but U(−π, π) for node parameters that are angles.
std::vector<float> phase_values(const Network& net, double scale, std::uint64_t seed);

// E of the model "xy" for clamped levels, from its equation.
Oracle xy_oracle(const Network& net, const std::vector<float>& levels, const std::vector<float>& targets,
                 NudgeLaw law);

// Likewise of the model "oscillator", with its squared error.
Oracle oscillator_oracle(const Network& net, const std::vector<float>& levels,
                         const std::vector<float>& targets);

// The largest difference between two sets of angles, the short way round.
double farthest(const std::vector<double>& a, const std::vector<double>& b);

} // namespace isinglass::rig
