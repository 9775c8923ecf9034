// Loops over the state of a block, shared by the integrators.
#pragma once

#include "hw_models/array/dynamics.hpp"

#include <algorithm>
#include <cmath>

namespace isinglass {

// Calls f(layer index, layer, first column, end column) for each layer of `layers`; columns include the
// padding, so that loops over them have no ragged end.
template <class F>
void for_each_layer(const Network& net, LayerSet layers, F f) {
    for (std::size_t l = 0; l < net.layers.size(); ++l)
        if ((layers >> l) & 1U) {
            const auto& layer = net.layers[l];
            f(l, layer, layer.offset, layer.offset + padded(layer.size));
        }
}

inline float clamped(float x, float low, float high) {
    return std::min(std::max(x, low), high);
}

// Adds to `target` of every lane a Gaussian of standard deviation sigma(layer), drawn for this step.
template <class Sigma>
void add_node_noise(const Network& net, const RelaxPhase& phase, std::uint32_t step,
                    const RandomStream& stream, std::size_t lanes, Matrix& target,
                    AlignedVector<float>& scratch, Sigma sigma) {
    for (std::size_t r = 0; r < lanes; ++r) {
        stream.gaussians({phase.presentations[r], phase.command, step}, scratch);
        float* x = target.row(r).data();
        for_each_layer(net, all_layers,
                       [&](std::size_t l, const SpinLayer& layer, std::size_t first, std::size_t) {
                           const auto s = static_cast<float>(sigma(l));
                           for (std::size_t j = first; j < first + layer.size; ++j) x[j] += s * scratch[j];
                       });
    }
}

} // namespace isinglass
