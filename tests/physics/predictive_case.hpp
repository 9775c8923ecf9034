// A predictive network of convolutions, pools and a skip connection, and the exact side of its gradient: a
// forward pass in double precision. Shares no code with hw_models.
#pragma once

#include "tests/physics/ep_gradient.hpp"

namespace isinglass::rig {

struct PredictiveCase {
    std::shared_ptr<const Network> net;
    std::vector<float> values;
    Sample sample;

    // The free states by the definition, layer after layer.
    [[nodiscard]] std::vector<double> states() const;
    // dC/dθ by central differences through the forward pass.
    [[nodiscard]] Gradient exact() const;
};
PredictiveCase predictive_case();

} // namespace isinglass::rig
