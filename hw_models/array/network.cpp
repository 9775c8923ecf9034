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

const ParameterBlock& Network::bias(std::size_t layer) const {
    for (const auto& block : blocks)
        if (block.link < 0 && block.layer == static_cast<int>(layer)) return block;
    throw UserError(fmt::format("layer '{}' has no bias: no coupling leads to it", layers[layer].name));
}

std::size_t Network::first_node(std::size_t layer) const {
    std::size_t n = 0;
    for (std::size_t l = 0; l < layer; ++l) n += layers[l].size;
    return n;
}

Network make_network(std::size_t inputs, std::vector<SpinLayer> layers,
                     const std::vector<LinkRequest>& links) {
    if (layers.size() > most_layers)
        throw UserError(fmt::format("the network has {} spin layers; valid is up to {}, since a READ names "
                                    "layers by {} bits",
                                    layers.size(), most_layers, most_layers));
    Network net;
    net.inputs = inputs;
    net.layers = std::move(layers);
    for (auto& layer : net.layers) {
        layer.offset = net.state_columns;
        net.state_columns += padded(layer.size);
    }
    std::vector<bool> has_bias(net.layers.size(), false);
    auto add_block = [&](ParameterBlock block) {
        block.first = net.parameters;
        net.parameters += block.count();
        net.blocks.push_back(std::move(block));
    };
    for (const auto& request : links) {
        const auto to = static_cast<std::size_t>(request.to);
        const std::string from = request.from == input_layer ? "input" : net.layers[request.from].name;
        const std::size_t pre = request.from == input_layer ? inputs : net.layers[request.from].size;
        std::shared_ptr<const Coupling> coupling = make_coupling(request.kind, pre, net.layers[to].size);
        add_block({.name = from + "-" + net.layers[to].name,
                   .rows = 1,
                   .columns = coupling->parameters(),
                   .range = request.range,
                   .link = static_cast<int>(net.links.size()),
                   .layer = request.to});
        if (coupling->parameters() == pre * net.layers[to].size) {
            net.blocks.back().rows = pre;
            net.blocks.back().columns = net.layers[to].size;
        }
        if (!has_bias[to])
            add_block({.name = net.layers[to].name + "-bias",
                       .rows = 1,
                       .columns = net.layers[to].size,
                       .range = request.range,
                       .layer = request.to});
        has_bias[to] = true;
        net.links.push_back({request.from, request.to, std::move(coupling)});
    }
    return net;
}

} // namespace isinglass
