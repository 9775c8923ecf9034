#include "hw_models/array/network.hpp"

#include "hw_models/base/aligned.hpp"
#include "hw_models/base/error.hpp"

#include <fmt/core.h>

namespace isinglass {

ReadRange read_range(const SpinLayer& layer, bool differences, double read_gain) {
    if (!differences) return {layer.low, layer.high};
    const auto half = static_cast<float>(0.5 * static_cast<double>(layer.high - layer.low) / read_gain);
    return {-half, half};
}

std::size_t Network::spins() const {
    std::size_t n = 0;
    for (const auto& layer : layers) n += layer.size;
    return n;
}

const ParameterBlock& Network::node_block(std::size_t layer, int parameter) const {
    for (const auto& block : blocks)
        if (block.link < 0 && block.layer == static_cast<int>(layer) && block.node_parameter == parameter)
            return block;
    throw UserError(fmt::format("layer '{}' has no bias: no coupling leads to it", layers[layer].name));
}

std::size_t Network::first_node(std::size_t layer) const {
    std::size_t n = 0;
    for (std::size_t l = 0; l < layer; ++l) n += layers[l].size;
    return n;
}

std::vector<std::size_t> ParameterBlock::shape() const {
    return list || rows == 1 ? std::vector{numbers} : std::vector{rows, columns};
}

Network::Cells Network::cells(const ParameterBlock& block, std::size_t i) const {
    if (!unrolled) return {i, i + 1};
    if (block.link < 0) return {i * block.nodes_per_number, (i + 1) * block.nodes_per_number};
    const auto& coupling = *links[block.link].coupling;
    return {coupling.first_cell(i), coupling.first_cell(i + 1)};
}

std::unique_ptr<CouplingKernel> Network::kernel(int link, std::size_t pre_stride,
                                                std::size_t post_stride) const {
    const auto& coupling = *links[link].coupling;
    // Inputs drive a matrix once a phase, which does not pay for packing it.
    const bool once = links[link].from == input_layer && coupling.is_matrix();
    return split_products && !once ? coupling.split_kernel(pre_stride, post_stride)
                                   : coupling.kernel(pre_stride, post_stride);
}

Network unrolled(Network net, bool apart) {
    net.unrolled = true;
    if (!apart) return net;
    for (auto& block : net.blocks) {
        const std::size_t all = net.cells(block, block.count() - 1).last;
        if (all == block.count()) continue;
        block.cells_at = net.values;
        net.values += all;
    }
    return net;
}

void tie_shared(const Network& net, std::span<float> theta, Tie how) {
    for (const auto& block : net.blocks)
        if (block.link >= 0)
            net.links[block.link].coupling->tie(theta.subspan(block.first, block.count()), how);
}

namespace {

// Adds blocks to a network's parameter vector.
void add_block(Network& net, ParameterBlock block) {
    if (!block.list) block.numbers = block.rows * block.columns;
    block.first = net.parameters;
    net.parameters += block.count();
    net.values = net.parameters;
    net.blocks.push_back(std::move(block));
}

std::unique_ptr<Coupling> build_coupling(const LinkRequest& request, const CouplingEnds& ends,
                                         const std::string& name) {
    if (!request.kind) return make_dense_coupling(ends.pre.nodes(), ends.post.nodes());
    try {
        return request.kind->build(ends);
    } catch (const UserError& error) {
        throw UserError(fmt::format("coupling {}: {}", name, error.what()));
    }
}

void add_link(Network& net, const LinkRequest& request, const NetworkNeeds& needs, const Grid& input_grid) {
    const auto& to = net.layers[request.to];
    const bool clamped = request.from == input_layer;
    const CouplingEnds ends{.pre = clamped ? input_grid : net.layers[request.from].grid,
                            .post = to.grid,
                            .lateral = request.from == request.to};
    const std::string name = (clamped ? "input" : net.layers[request.from].name) + "-" + to.name;
    std::shared_ptr<const Coupling> coupling = build_coupling(request, ends, name);
    if (coupling->pools() && !needs.convolves)
        throw UserError(
            fmt::format("coupling {}: pool > 1 does not fit this energy model; pool = 1 does, and "
                        "the models 'hopfield' and 'predictive' have pools",
                        name));
    const std::size_t count = coupling->parameters();
    const bool matrix = coupling->is_matrix();
    add_block(net, {.name = name,
                    .numbers = count,
                    .rows = matrix ? coupling->pre_size() : (count + list_columns - 1) / list_columns,
                    .columns = matrix ? coupling->post_size() : std::min(count, list_columns),
                    .list = !matrix,
                    .range = request.range,
                    .link = static_cast<int>(net.links.size()),
                    .layer = request.to});
    net.links.push_back({request.from, request.to, std::move(coupling)});
}

} // namespace

Network make_network(std::size_t inputs, std::vector<SpinLayer> layers, const std::vector<LinkRequest>& links,
                     const NetworkNeeds& needs) {
    if (layers.size() > most_layers)
        throw UserError(fmt::format("the network has {} spin layers; valid is up to {}, since a READ names "
                                    "layers by {} bits",
                                    layers.size(), most_layers, most_layers));
    Network net;
    net.inputs = inputs;
    net.input_nodes = inputs * needs.nodes_per_input;
    net.layers = std::move(layers);
    for (auto& layer : net.layers) {
        layer.offset = net.state_columns;
        net.state_columns += padded(layer.size);
        if (layer.grid.nodes() != layer.size) layer.grid = {.columns = layer.size};
    }
    Grid input_grid = needs.input_grid;
    if (input_grid.nodes() != net.input_nodes) input_grid = {.columns = net.input_nodes};
    std::vector<bool> reached(net.layers.size(), false);
    for (const auto& request : links) {
        if (needs.one_way && request.from >= request.to)
            throw UserError(
                fmt::format("coupling {}-{}: in this energy model every layer predicts later ones; "
                            "valid is a coupling to a layer that is described after it",
                            net.layers[request.from].name, net.layers[request.to].name));
        add_link(net, request, needs, input_grid);
        const auto to = static_cast<std::size_t>(request.to);
        if (reached[to]) continue;
        reached[to] = true;
        const std::size_t shared = needs.convolves ? net.links.back().coupling->nodes_per_channel() : 1;
        for (std::size_t p = 0; p < needs.node_parameters.size(); ++p)
            add_block(net, {.name = net.layers[to].name + "-" + needs.node_parameters[p].name,
                            .rows = 1,
                            .columns = net.layers[to].size / shared,
                            .range = needs.node_parameters[p].range.value_or(request.range),
                            .layer = request.to,
                            .node_parameter = static_cast<int>(p),
                            .nodes_per_number = shared});
    }
    return net;
}

} // namespace isinglass
