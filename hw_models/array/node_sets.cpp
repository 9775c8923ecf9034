#include "hw_models/array/node_sets.hpp"

#include <algorithm>

namespace isinglass {

namespace {

using Neighbours = std::vector<std::vector<std::size_t>>;

// The smallest colour that no earlier neighbour has, for each in turn.
std::vector<std::size_t> greedy_colours(const Neighbours& neighbours) {
    std::vector<std::size_t> colours(neighbours.size(), 0);
    for (std::size_t i = 0; i < neighbours.size(); ++i) {
        std::vector<bool> taken(neighbours[i].size() + 1, false);
        for (const auto n : neighbours[i])
            if (n < i && colours[n] < taken.size()) taken[colours[n]] = true;
        colours[i] = static_cast<std::size_t>(std::ranges::find(taken, false) - taken.begin());
    }
    return colours;
}

std::vector<std::size_t> layer_colours(const Network& net) {
    Neighbours neighbours(net.layers.size());
    for (const auto& link : net.links) {
        if (link.from == input_layer || link.from == link.to) continue;
        neighbours[link.from].push_back(static_cast<std::size_t>(link.to));
        neighbours[link.to].push_back(static_cast<std::size_t>(link.from));
    }
    return greedy_colours(neighbours);
}

// Of the nodes of one layer, by the couplings within it.
std::vector<std::size_t> node_colours(const Network& net, std::size_t layer) {
    Neighbours neighbours(net.layers[layer].size);
    for (const auto& link : net.links)
        if (link.from == static_cast<int>(layer) && link.to == link.from)
            link.coupling->for_each([&](std::size_t i, std::size_t j, std::size_t) {
                neighbours[i].push_back(j);
                neighbours[j].push_back(i);
            });
    return greedy_colours(neighbours);
}

} // namespace

std::vector<NodeSet> independent_sets(const Network& net) {
    std::vector<NodeSet> sets;
    const auto colours = layer_colours(net);
    const std::size_t layer_sets = colours.empty() ? 0 : *std::ranges::max_element(colours) + 1;
    for (std::size_t c = 0; c < layer_sets; ++c) {
        NodeSet whole;
        for (std::size_t l = 0; l < colours.size(); ++l) {
            if (colours[l] != c) continue;
            const auto nodes = node_colours(net, l);
            const std::size_t count = nodes.empty() ? 0 : *std::ranges::max_element(nodes) + 1;
            if (count <= 1) {
                whole.layers |= LayerSet{1} << l;
                continue;
            }
            for (std::size_t k = 0; k < count; ++k) {
                NodeSet part{.layers = LayerSet{1} << l, .mask = AlignedVector<float>(net.state_columns)};
                for (std::size_t i = 0; i < nodes.size(); ++i)
                    part.mask[net.layers[l].offset + i] = nodes[i] == k ? 1.0F : 0.0F;
                sets.push_back(std::move(part));
            }
        }
        if (whole.layers != 0) sets.push_back(std::move(whole));
    }
    return sets;
}

std::vector<NodeSet> sets_from_outputs(const Network& net) {
    auto sets = independent_sets(net);
    const auto outputs = LayerSet{1} << (net.layers.size() - 1);
    std::stable_partition(sets.begin(), sets.end(),
                          [&](const NodeSet& set) { return (set.layers & outputs) != 0; });
    return sets;
}

} // namespace isinglass
