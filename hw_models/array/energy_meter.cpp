#include "hw_models/array/energy_meter.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace isinglass {

namespace {

struct Point {
    double at, weight;
};

// Gauss-Legendre on 0 … 1 (Abramowitz and Stegun, table 25.4, moved there from −1 … 1).
constexpr std::array<Point, 8> gauss{{{0.0198550717512319, 0.0506142681451881},
                                      {0.1016667612931866, 0.1111905172266872},
                                      {0.2372337950418355, 0.1568533229389437},
                                      {0.4082826787521751, 0.1813418916891810},
                                      {0.5917173212478249, 0.1813418916891810},
                                      {0.7627662049581645, 0.1568533229389437},
                                      {0.8983332387068134, 0.1111905172266872},
                                      {0.9801449282487681, 0.0506142681451881}}};

} // namespace

EnergyMeter::EnergyMeter(const Network& net)
    : net_(net), state_(LaneBlock::rows(), net.state_columns), force_(LaneBlock::rows(), net.state_columns) {}

// Of one row; the others are there because kernels work on whole blocks.
void EnergyMeter::find_force(FieldKernel& kernel, const float* values, const Nudge& nudge,
                             const LaneBlock& block, std::size_t row, const Matrix& state) {
    kernel.field(values, nudge, block, state, all_layers, force_);
    for (std::size_t l = 0; l < net_.layers.size(); ++l) {
        const auto leak = static_cast<float>(kernel.leak(l, nudge));
        const auto& layer = net_.layers[l];
        for (std::size_t j = layer.offset; j < layer.offset + layer.size; ++j)
            force_.row(row)[j] += block.constant.row(row)[j] - leak * state.row(row)[j];
    }
}

double EnergyMeter::residual(FieldKernel& kernel, const float* values, const Nudge& nudge,
                             const LaneBlock& block, std::size_t row) {
    find_force(kernel, values, nudge, block, row, block.state);
    float largest = 0.0F;
    for (const auto& layer : net_.layers)
        for (std::size_t j = layer.offset; j < layer.offset + layer.size; ++j) {
            const float s = block.state.row(row)[j];
            float force = force_.row(row)[j];
            if (layer.domain == Domain::interval) {
                if (s <= layer.low) force = std::max(force, 0.0F);
                if (s >= layer.high) force = std::min(force, 0.0F);
            }
            largest = std::max(largest, std::abs(force));
        }
    return static_cast<double>(largest);
}

double EnergyMeter::energy(FieldKernel& kernel, const float* values, const LaneBlock& block,
                           std::size_t row) {
    double work = 0.0;
    for (const auto& [at, weight] : gauss) {
        for (std::size_t j = 0; j < net_.state_columns; ++j)
            state_.row(row)[j] = static_cast<float>(at) * block.state.row(row)[j];
        find_force(kernel, values, {}, block, row, state_);
        for (const auto& layer : net_.layers)
            for (std::size_t j = layer.offset; j < layer.offset + layer.size; ++j)
                work += weight * static_cast<double>(force_.row(row)[j] * block.state.row(row)[j]);
    }
    return -work;
}

} // namespace isinglass
