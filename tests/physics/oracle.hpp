// Any energy model in plain double precision, and the exact gradient of a cost at its equilibrium: what EP's
// estimates on the machine are measured by. Shares no code with hw_models.
#pragma once

#include "tests/physics/ep_gradient.hpp"

#include <functional>
#include <span>
#include <vector>

namespace isinglass::rig {

// An energy E(s; θ) with its cost C(s), written from the equations alone. Spins lie layer after layer without
// padding, θ is in the order of the machine's parameter vector.
struct Oracle {
    using Vector = std::vector<double>;
    std::function<double(std::span<const double> s, std::span<const double> theta)> energy;
    std::function<double(std::span<const double> s)> cost;
    Vector low, high; // bounds of each spin, infinite for angles
};

// The minimum of E + βC near `start`, by Newton's method on derivatives by finite differences, spins that are
// pushed against a bound held there. Throws std::runtime_error where it does not converge to a projected
// gradient of 1e-9.
Oracle::Vector minimum(const Oracle& oracle, std::span<const double> theta, Oracle::Vector start,
                       double beta = 0.0);

// dC/dθ at the free minimum near `start`, by central differences over θ.
Gradient exact_gradient(const Oracle& oracle, std::span<const double> theta, const Oracle::Vector& start);

// Times and strength of the machine's phases, and what its gradient rule makes of the read-outs of one
// sample.
struct EpSetting {
    EpTimes times{.beta = 1e-3, .free_rc = 150.0, .nudged_rc = 150.0};
    Estimator estimator = Estimator::centred;
    bool frozen = false; // nudges as in run_ep_frozen()
};
struct EpResult {
    Gradient gradient;
    EpRun run;
};
// By the machine's array code (converters ideal) and the host's gradient rule.
EpResult ep_on_machine(const ChipModel& model, std::span<const float> values, const Sample& sample,
                       const EpSetting& setting);

} // namespace isinglass::rig
