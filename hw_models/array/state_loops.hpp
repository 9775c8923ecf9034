// Loops over the state of a block, shared by integrators and energy models.
#pragma once

#include "hw_models/array/dynamics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace isinglass {

// Columns of a state row that share bounds: a layer, or the half of one whose diodes point one way.
struct Stretch {
    std::size_t first = 0;
    std::size_t end =
        0; // padding included where it follows, so that loops over whole layers have no ragged end
    std::size_t nodes_end = 0;
    float low = 0.0F, high = 1.0F; // infinite on a circle
    bool circle = false;
};

// Calls f(layer index, stretch) for each stretch of the layers of `layers`.
template <class F>
void for_each_stretch(const Network& net, LayerSet layers, F f) {
    constexpr float infinite = std::numeric_limits<float>::infinity();
    for (std::size_t l = 0; l < net.layers.size(); ++l) {
        if (((layers >> l) & 1U) == 0) continue;
        const auto& layer = net.layers[l];
        const std::size_t first = layer.offset;
        const std::size_t end = first + padded(layer.size);
        const std::size_t nodes_end = first + layer.size;
        if (layer.domain == Domain::circle) {
            f(l, Stretch{first, end, nodes_end, -infinite, infinite, true});
        } else if (layer.domain == Domain::diodes) {
            const std::size_t half = first + (layer.size + 1) / 2;
            f(l, Stretch{first, half, half, 0.0F, layer.high});
            f(l, Stretch{half, end, nodes_end, layer.low, 0.0F});
        } else {
            f(l, Stretch{first, end, nodes_end, layer.low, layer.high});
        }
    }
}

// A held value after losing `loss` of its distance from 0.
inline float drooped(float value, float loss) {
    return value > 0.0F ? std::max(0.0F, value - loss) : std::min(0.0F, value + loss);
}

inline float clamped(float x, float low, float high) {
    return std::min(std::max(x, low), high);
}

// The same angle in −π … π.
inline float wrapped(float angle) {
    constexpr float turn = 6.2831855F;
    return angle - turn * std::nearbyint(angle * (1.0F / turn));
}

// a − b, the short way round where states are angles.
inline float difference(const SpinLayer& layer, float a, float b) {
    return layer.domain == Domain::circle ? wrapped(a - b) : a - b;
}

// Brings angles that have left −π … π back.
inline void wrap_circles(const Network& net, Matrix& s, std::size_t lanes) {
    for_each_stretch(net, all_layers, [&](std::size_t, const Stretch& x) {
        if (!x.circle) return;
        for (std::size_t r = 0; r < lanes; ++r) {
            float* state = s.row(r).data();
            for (std::size_t j = x.first; j < x.end; ++j) state[j] = wrapped(state[j]);
        }
    });
}

// Adds to `target` of every lane a Gaussian of standard deviation sigma(layer), drawn for this step.
template <class Sigma>
void add_node_noise(const Network& net, const RelaxPhase& phase, std::uint32_t step,
                    const RandomStream& stream, std::size_t lanes, Matrix& target,
                    AlignedVector<float>& scratch, Sigma sigma) {
    for (std::size_t r = 0; r < lanes; ++r) {
        stream.gaussians({phase.presentations[r], phase.command, step}, scratch);
        float* x = target.row(r).data();
        for_each_stretch(net, all_layers, [&](std::size_t l, const Stretch& stretch) {
            const auto s = static_cast<float>(sigma(l));
            for (std::size_t j = stretch.first; j < stretch.nodes_end; ++j) x[j] += s * scratch[j];
        });
    }
}

} // namespace isinglass
