// A Hopfield network of convolutions with padding and stride behind which the host keeps a softmax layer, and
// the exact side of the gradient of its cross-entropy. Shares no code with hw_models.
#pragma once

#include "tests/physics/oracle.hpp"

namespace isinglass::rig {

struct ReadoutCase {
    std::shared_ptr<const Network> net;
    std::vector<float> values;
    Sample sample; // its targets are nudged(free)
    Oracle oracle;
};
ReadoutCase readout_case();

// The sample with targets that make a frozen nudge the force of the cross-entropy at this free state: output
// plus force.
Sample nudged(const ReadoutCase& c, std::span<const double> free);

} // namespace isinglass::rig
