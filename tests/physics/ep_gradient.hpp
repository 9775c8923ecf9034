// The EP estimate from the machine's read-outs, and the exact gradient by finite differences of the cost at
// the free equilibrium, which an independent solver finds in double precision.
#pragma once

#include "tests/physics/rig.hpp"

namespace isinglass::rig {

using Gradient = std::vector<double>; // in the order of the parameter vector

// A network with couplings, and a sample with its targets.
struct GradientCase {
    std::shared_ptr<const Network> net;
    std::vector<float> values;
    Sample sample;
    std::vector<double> inputs, targets;
};

// The first network, by seed, of which every spin stays further than `margin` from its bounds in the free
// state and under a nudge of ±beta: in between, no spin changes regime and the cost is smooth in all
// parameters. The cost is not small, so that there is a gradient to find.
GradientCase away_from_kinks(const std::vector<std::size_t>& sizes, double beta, double margin);

// dC/dθ at the free equilibrium by central differences.
Gradient exact_gradient(const GradientCase& c);

enum class Estimator { centred, one_sided };

// EP's estimate by the array code of the machine, in its ideal setting, with that dynamics.
Gradient ep_estimate(const GradientCase& c, const std::string& dynamics, double beta, Estimator estimator);

double norm(const Gradient& g);
double cosine(const Gradient& a, const Gradient& b);
// |a − b| / |b|.
double relative_error(const Gradient& a, const Gradient& b);

// The networks that tests and bench take: inputs, hidden layers, outputs.
const std::vector<std::vector<std::size_t>>& gradient_networks();

} // namespace isinglass::rig
