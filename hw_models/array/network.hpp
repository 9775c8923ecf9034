// Which spins there are and which couplings join them: the wiring that host and chip agree on.
#pragma once

#include "hw_models/couplings/coupling.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace isinglass {

// Which states a node can have.
// - interval: low … high.
// - diodes: the first half of a layer, rounded up, 0 … high, the rest low … 0.
// - circle: angles, low and high being the same point.
// - sign: low or high, nothing between.
enum class Domain { interval, diodes, circle, sign };

// A group of spins of one kind. Layer 0 of the description is clamped (the inputs) and is no SpinLayer.
struct SpinLayer {
    std::string name;
    std::size_t size = 0;
    std::size_t offset = 0; // first column in a state row; layers start on cache lines
    float low = 0.0F;       // bounds of the state, in model units
    float high = 1.0F;
    Domain domain = Domain::interval;
    Grid grid{}; // where its nodes lie, for couplings between neighbours; size × 1 × 1 unless said
};

// Full scale of a layer's read-out: its bounds, or ± half its swing over the read gain for differences from
// the held state.
struct ReadRange {
    float low, high;
};
[[nodiscard]] ReadRange read_range(const SpinLayer& layer, bool differences, double read_gain);

inline constexpr int input_layer = -1;
inline constexpr std::size_t most_layers = 16; // bits of Command::target, by which a READ names layers

// Numbers that every node has beside its couplings: biases, say.
struct NodeParameter {
    std::string name = "bias";
    std::optional<double> range; // largest magnitude that can be programmed; nothing: that of the couplings
};

// One block of couplings and, where it is the first into its layer, the node parameters of that layer. With
// from == to the couplings lie within a layer, each pair of nodes once.
struct NetworkLink {
    int from = input_layer; // index into layers, or input_layer
    int to = 0;
    std::shared_ptr<const Coupling> coupling;
};

// A run of programmed numbers: the couplings of one link, or one parameter of the nodes of one layer.
struct ParameterBlock {
    std::string name;
    std::size_t first = 0;   // in the parameter vector
    std::size_t numbers = 0; // row-major; of a list, the last row may be shorter than the others
    std::size_t rows = 0;
    std::size_t columns = 0;
    bool list = false;                // numbers in one dimension, cut into rows for programming only
    double range = 1.0;               // largest magnitude that can be programmed, in model units
    int link = -1;                    // index into links, or -1 for node parameters
    int layer = 0;                    // the layer that receives it
    int node_parameter = 0;           // which of them, where there is no link
    std::size_t nodes_per_number = 1; // of node parameters: nodes that share one, next to each other
    // Where the values of its cells start in the vector of programmed values, after all numbers; nothing
    // where all cells of a number have its value.
    std::optional<std::size_t> cells_at{};
    [[nodiscard]] std::size_t count() const { return numbers; }
    [[nodiscard]] std::size_t row_size(std::size_t row) const {
        return std::min(columns, numbers - row * columns);
    }
    // As files of arrays have it.
    [[nodiscard]] std::vector<std::size_t> shape() const;
};

// Rows of a list of couplings, so that programming one has many short tasks.
inline constexpr std::size_t list_columns = 512;

// Immutable once built; see make_network. Layers, links and blocks are in the order of the description.
struct Network {
    std::size_t inputs = 0;        // clamped lines
    std::size_t input_nodes = 0;   // nodes that they drive, which couplings start at
    std::vector<SpinLayer> layers; // the last one is the output
    std::vector<NetworkLink> links;
    std::vector<ParameterBlock> blocks;
    std::size_t state_columns = 0; // of a state row, padding included
    std::size_t parameters = 0;
    std::size_t values = 0; // length of the vector of programmed values: parameters, then cells of their own
    // Whether couplings that share a number have a cell each, as on analog arrays. Elsewhere a number is one
    // word.
    bool unrolled = false;
    // Of a chip whose couplings differ between their two directions: where in the programmed vector those
    // from `to` back to `from` lie, behind all others. 0: both directions are one number.
    std::size_t backward_offset = 0;
    // Whether products, on the host also those of gradients, may take their operands as two words of 8 bits
    // each (Coupling::split_kernel, split_co_activity).
    bool split_products = false;

    [[nodiscard]] const SpinLayer& output() const { return layers.back(); }
    [[nodiscard]] std::size_t spins() const;
    // The block of a layer's node parameter; by default the first one, the bias.
    [[nodiscard]] const ParameterBlock& node_block(std::size_t layer, int parameter = 0) const;
    // The cells of number i of a block: [first, last), counted over the block.
    struct Cells {
        std::size_t first, last;
        [[nodiscard]] std::size_t count() const { return last - first; }
    };
    [[nodiscard]] Cells cells(const ParameterBlock& block, std::size_t i) const;
    // Of a link whose couplings have one value each, in the products that split_products says.
    [[nodiscard]] std::unique_ptr<CouplingKernel> kernel(int link, std::size_t pre_stride,
                                                         std::size_t post_stride) const;
    // Number of read nodes that come before `layer` when all layers are read.
    [[nodiscard]] std::size_t first_node(std::size_t layer) const;
};

// How a link is asked for.
struct LinkRequest {
    int from = input_layer;
    int to = 0;
    std::shared_ptr<const CouplingKind> kind{}; // nothing: dense
    double range = 1.0;                         // programmable magnitude, model units
};

// What an energy model asks of a network.
struct NetworkNeeds {
    std::vector<NodeParameter> node_parameters{NodeParameter{}};
    std::size_t nodes_per_input = 1;
    Grid input_grid{}; // of the input nodes
    // Whether couplings may pool, and the nodes of a channel of a convolution share their node parameters.
    bool convolves = false;
    bool one_way = false; // whether couplings lead from earlier layers to later ones only
};

// Lays out state rows and the parameter vector: the couplings of a link, then the node parameters of the
// layer it is the first to reach. Layers need only name, size, bounds and what couplings ask for. Throws
// UserError beyond most_layers, or where a kind of coupling does not fit the layers.
Network make_network(std::size_t inputs, std::vector<SpinLayer> layers, const std::vector<LinkRequest>& links,
                     const NetworkNeeds& needs = {});

// The network as an array has it that gives every coupling a cell; `apart` where cells of one number can have
// values of their own.
Network unrolled(Network net, bool apart);

// Coupling::tie for all links of a parameter vector.
void tie_shared(const Network& net, std::span<float> theta, Tie how);

} // namespace isinglass
