#include "sim/estimate/network_work.hpp"

#include "host/network/layer_places.hpp"
#include "hw_models/base/error.hpp"
#include "sim/estimate/parameters.hpp"

#include <fmt/core.h>

namespace isinglass {

namespace {

// One link's sizes, and whether its couplings are a matrix.
struct Sizes {
    LinkWork work;
    bool matrix = false;
};

Sizes dense_sizes(const CouplingEnds& ends) {
    const std::size_t pre = ends.pre.nodes();
    const std::size_t post = ends.post.nodes();
    return {
        {.pre_size = pre, .couplings = pre * post, .fan_in = pre, .array_rows = pre, .array_columns = post},
        true};
}

// Every node of `post` has one window on each channel of `pre`. One channel each way is built, which checks
// that the windows fit.
Sizes local_sizes(const CouplingKind& kind, const Parameters& parameters, CouplingEnds ends) {
    const auto& window = parameters.list("window");
    const auto meet = static_cast<std::size_t>(window[0] * window[1]) * ends.pre.channels;
    const std::size_t pre = ends.pre.nodes();
    const std::size_t post = ends.post.nodes();
    if (ends.pre.places.empty()) ends.pre.channels = 1;
    if (ends.post.places.empty()) ends.post.channels = 1;
    static_cast<void>(kind.build(ends));
    return {{.pre_size = pre,
             .couplings = post * meet,
             .fan_in = meet,
             .array_rows = meet,
             .array_columns = post},
            false};
}

Sizes sizes_of(const CouplingLinkSpec& spec, const CouplingEnds& ends) {
    if (spec.kind.name() == "dense" && !ends.lateral) return dense_sizes(ends);
    if (spec.kind.name() == "local" && !ends.lateral) {
        Parameters parameters;
        Chosen(spec.kind)->fields(parameters);
        return local_sizes(*spec.kind.part(), parameters, ends);
    }
    const auto built = spec.kind->build(ends);
    return {{.pre_size = built->pre_size(),
             .couplings = built->parameters(),
             .fan_in = built->fan_in(),
             .array_rows = built->array_rows(),
             .array_columns = built->array_columns()},
            built->is_matrix()};
}

// The same numbers are programmed in rows: of a matrix its own, of a list those of `list_columns`.
BlockWork coupling_block(const Sizes& sizes, std::size_t post) {
    const std::size_t n = sizes.work.couplings;
    if (sizes.matrix) return {.numbers = n, .rows = sizes.work.pre_size, .columns = post};
    return {
        .numbers = n, .rows = (n + list_columns - 1) / list_columns, .columns = std::min(n, list_columns)};
}

std::size_t index_of(const std::vector<LayerSpec>& layers, const std::string& name) {
    for (std::size_t l = 0; l < layers.size(); ++l)
        if (layers[l].name == name) return l;
    throw UserError(fmt::format("network.coupling: no layer is called '{}'", name));
}

} // namespace

std::size_t NetworkWork::couplings(bool from_inputs) const {
    std::size_t n = 0;
    for (const auto& link : links)
        if (link.from_inputs == from_inputs) n += link.couplings;
    return n;
}

NetworkWork network_work(const NetworkSpec& spec) {
    const auto& layers = spec.layers;
    if (layers.size() < 2)
        throw UserError(fmt::format("network.layer: {} given; valid is an input layer and at least one more",
                                    layers.size()));
    const auto needs = spec.model->needs();
    auto grids = layer_grids(layers);
    NetworkWork work{.inputs = static_cast<std::size_t>(layers.front().size),
                     .outputs = static_cast<std::size_t>(layers.back().size),
                     .layers = layers.size() - 1};
    grids.front().channels *= needs.nodes_per_input;
    for (std::size_t l = 1; l < layers.size(); ++l) work.spins += static_cast<std::size_t>(layers[l].size);
    std::vector<bool> reached(layers.size(), false);
    for (const auto& coupling : spec.resolved_couplings()) {
        const std::size_t from = index_of(layers, coupling.from);
        const std::size_t to = index_of(layers, coupling.to);
        auto sizes = sizes_of(coupling, {.pre = grids[from], .post = grids[to], .lateral = from == to});
        sizes.work.name = coupling.from + "-" + coupling.to;
        sizes.work.from_inputs = from == 0;
        auto block = coupling_block(sizes, grids[to].nodes());
        block.range = coupling.range;
        block.link = static_cast<int>(work.links.size());
        block.between_spins = from != 0;
        work.blocks.push_back(block);
        if (!reached[to])
            for (const auto& parameter : needs.node_parameters) {
                const auto nodes = static_cast<std::size_t>(layers[to].size);
                work.blocks.push_back({.numbers = nodes,
                                       .rows = 1,
                                       .columns = nodes,
                                       .range = parameter.range.value_or(coupling.range)});
                ++sizes.work.array_rows;
            }
        reached[to] = true;
        work.links.push_back(std::move(sizes.work));
    }
    for (const auto& block : work.blocks) work.parameters += block.numbers;
    return work;
}

std::size_t line_drives(const NetworkWork& work, std::size_t tile_columns) {
    std::size_t wires = 0;
    for (const auto& link : work.links)
        if (link.from_inputs)
            wires += link.pre_size * ((link.array_columns + tile_columns - 1) / tile_columns);
    return wires;
}

} // namespace isinglass
