// What phase models share: the field that couplings make at every node, as a vector in the plane, and the
// exact solution of a node whose energy is more than the projection on one direction.
#pragma once

#include "hw_models/array/link_products.hpp"
#include "hw_models/array/state_loops.hpp"
#include "hw_models/array/trigonometry.hpp"

#include <array>

namespace isinglass {

// Matrices of a block, all [rows × state columns]. Bound to one thread and one network.
class PhaseProducts {
  public:
    explicit PhaseProducts(const Network& net);

    // The part of the field that no spin makes: `x` and `y` [state columns] of the nodes, the same for all
    // lanes, and the products of features of the inputs [rows × input nodes]; none in y where there is no
    // such feature.
    void set_still(const float* values, std::span<const float> x, std::span<const float> y,
                   const Matrix& input_x, const Matrix* input_y);

    // (x, y) = still part + Σ_j W_ij (cos φ_j, sin φ_j), for the columns of `layers`. Afterwards cosine and
    // sine are those of `s`: of `layers` too where `own` says so, else where they were needed.
    void update(const float* values, const Matrix& s, std::size_t lanes, LayerSet layers, bool own);

    // Of lane r, [state columns] each. A kernel may add its nudge to (x, y).
    struct Row {
        float *x, *y;
        const float *cosine, *sine;
    };
    [[nodiscard]] Row row(std::size_t r) {
        return {x_.row(r).data(), y_.row(r).data(), cosine_.row(r).data(), sine_.row(r).data()};
    }

  private:
    const Network& net_;
    LinkProducts links_;
    Matrix cosine_, sine_;
    Matrix x_, y_;
    Matrix still_x_, still_y_;
    std::vector<LayerSet> partners_; // of each layer: those that couplings join to it
};

// EnergyModel::mean_abs_sine of phases.
double mean_abs_sine_of(const Network& net, std::span<const float> s);

// Writes solutions [state columns] of a stretch to the nodes of the set.
inline void put(const NodeSet& nodes, const Stretch& part, const float* solved, float* s) {
    if (nodes.mask.empty())
        std::copy(solved + part.first, solved + part.end, s + part.first);
    else
        for (std::size_t j = part.first; j < part.end; ++j) s[j] = nodes.chosen(j, solved[j], s[j]);
}

// Angles side by side, each known to lie between `low` and `high`.
struct Brackets {
    static constexpr std::size_t size = vector_floats;
    alignas(64) std::array<float, size> low, high, at;
};

// Moves every `at` to the root of a function that rises through it, by Newton's method with bisection where
// that would leave the bracket. `slope(j, sine, cosine)` returns the function and its derivative at the angle
// of that sine and cosine.
template <class Slope>
void close_in(Brackets& b, Slope slope) {
    constexpr int rounds = 10;
    for (int round = 0; round < rounds; ++round)
        for (std::size_t j = 0; j < Brackets::size; ++j) {
            const float at = b.at[j];
            const auto [sine, cosine] = sine_cosine(at);
            const auto [value, derivative] = slope(j, sine, cosine);
            const float low = value < 0.0F ? at : b.low[j];
            const float high = value < 0.0F ? b.high[j] : at;
            const float newton = at - value / derivative;
            b.at[j] = newton >= low && newton <= high ? newton : 0.5F * (low + high);
            b.low[j] = low;
            b.high[j] = high;
        }
}

struct ValueAndDerivative {
    float value, derivative;
};

} // namespace isinglass
