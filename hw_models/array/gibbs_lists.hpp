// Gibbs sampling on graphs: the same sampling as on matrices of couplings, node by node for all lanes at
// once.
#pragma once

#include "hw_models/array/annealing.hpp"

namespace isinglass {

// Whether couplings between spins are lists rather than matrices, so that the list sampler is the faster one.
bool joined_by_lists(const Network& net);

std::unique_ptr<Integrator> make_list_sampler(const Network& net, const RandomStream& draws,
                                              const Annealing& annealing);

} // namespace isinglass
