// A Hopfield network of convolutions, max-pools and a skip connection, and the exact side of its gradient: an
// energy written from the geometry alone. Shares no code with hw_models.
#pragma once

#include "tests/physics/oracle.hpp"

namespace isinglass::rig {

struct PooledCase {
    std::shared_ptr<const Network> net;
    std::vector<float> values;
    Sample sample;
};
PooledCase pooled_case();

// Pools make several equilibria possible: this is the one nearest to where the machine came to rest.
struct PooledRest {
    Oracle::Vector states;
    double margin = 0.0;       // by which the closest winner of a pool wins
    bool same_winners = false; // as where the machine rests
    Gradient gradient;         // of the cost there, [θ]
};
PooledRest exact_side(const PooledCase& c, std::span<const double> free);

} // namespace isinglass::rig
