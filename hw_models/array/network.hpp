// Which spins there are and which couplings join them: the wiring that host and chip agree on.
#pragma once

#include "hw_models/couplings/coupling.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace isinglass {

// A group of spins with common bounds. Layer 0 of the description is clamped (the inputs) and is no
// SpinLayer.
struct SpinLayer {
    std::string name;
    std::size_t size = 0;
    std::size_t offset = 0; // first column in a state row; layers start on cache lines
    float low = 0.0F;       // bounds of the state, in model units
    float high = 1.0F;
};

// Full scale of a layer's read-out: its bounds, or ± half its swing over the read gain for differences from
// the held state.
struct ReadRange {
    float low, high;
};
[[nodiscard]] ReadRange read_range(const SpinLayer& layer, bool differences, double read_gain);

inline constexpr int input_layer = -1;
inline constexpr std::size_t most_layers = 16; // bits of Command::target, by which a READ names layers

// One block of couplings and, where it is the first into its layer, the bias row of that layer.
struct NetworkLink {
    int from = input_layer; // index into layers, or input_layer
    int to = 0;
    std::shared_ptr<const Coupling> coupling;
};

// A run of programmed numbers: the couplings of one link, or the biases of one layer.
struct ParameterBlock {
    std::string name;
    std::size_t first = 0; // in the parameter vector
    std::size_t rows = 0;  // rows × columns numbers, row-major
    std::size_t columns = 0;
    double range = 1.0; // largest magnitude that can be programmed, in model units
    int link = -1;      // index into links, or -1 for biases
    int layer = 0;      // the layer that receives it
    [[nodiscard]] std::size_t count() const { return rows * columns; }
};

// Immutable once built; see make_network. Layers, links and blocks are in the order of the description.
struct Network {
    std::size_t inputs = 0;
    std::vector<SpinLayer> layers; // the last one is the output
    std::vector<NetworkLink> links;
    std::vector<ParameterBlock> blocks;
    std::size_t state_columns = 0; // of a state row, padding included
    std::size_t parameters = 0;

    [[nodiscard]] const SpinLayer& output() const { return layers.back(); }
    [[nodiscard]] std::size_t spins() const;
    // The bias block of a layer.
    [[nodiscard]] const ParameterBlock& bias(std::size_t layer) const;
    // Number of read nodes that come before `layer` when all layers are read.
    [[nodiscard]] std::size_t first_node(std::size_t layer) const;
};

// How a link is asked for.
struct LinkRequest {
    int from = input_layer;
    int to = 0;
    std::string kind = "dense";
    double range = 1.0; // programmable magnitude, model units
};

// Lays out state rows and the parameter vector: the couplings of a link, then the biases of the layer it is
// the first to reach. Layers need only name, size and bounds. Throws UserError beyond most_layers, or for an
// unknown kind of coupling.
Network make_network(std::size_t inputs, std::vector<SpinLayer> layers,
                     const std::vector<LinkRequest>& links);

} // namespace isinglass
