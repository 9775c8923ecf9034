// Measurements of the array's dynamics, printed as tables on stdout. They assert nothing and take seconds to
// minutes.
#pragma once

#include "hw_models/array/network.hpp"

#include <string>
#include <vector>

namespace isinglass {

// A network with couplings, untrained or trained, and samples to relax.
struct BenchCase {
    const Network& net;
    std::vector<float> values;              // Network::parameters
    std::vector<std::vector<float>> inputs; // a sample each, Network::inputs levels in 0 … 1
    std::vector<int> labels;                // index of the output whose target is 1, a sample each
    std::string name;
    bool live_nudge =
        true; // otherwise the cost's force comes from the host, and free phases are measured only
};

// How fast each dynamics settles, free and nudged by ±beta: RC, steps and coupling products until the
// residual is, and stays, below 1e-2, 1e-3 and 1e-4 (median over the samples that the phase moves); the
// residual is the max-norm of projected gradient and of p, relative to the projected gradient when the phase
// starts. The conjugate dynamics are tuned over friction and step, as Euler is over its step. Then
// `rc_per_step` of the iterations: the RC that the equations of motion need to the residual that the
// iteration has after as many steps as training takes, divided by these.
void bench_residuals(const BenchCase& bench, double beta = 0.5);
// The last part alone, which takes a few relaxations.
void bench_rc_per_step(const BenchCase& bench, double beta = 0.5);

// Largest deviation of recorded voltages from an adaptive reference over all times and spins, % of full
// scale. Chains of dense couplings only. A sample of 784-512-10 takes seconds a row: give few.
void bench_transients(const BenchCase& bench, double beta = 0.5);

} // namespace isinglass
