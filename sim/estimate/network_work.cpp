#include "sim/estimate/network_work.hpp"

#include "host/network/layer_places.hpp"
#include "hw_models/base/error.hpp"
#include "sim/estimate/parameters.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <numeric>

namespace isinglass {

namespace {

// One link's sizes, and how its numbers are programmed.
struct Sizes {
    LinkWork work;
    bool matrix = false;
    std::size_t numbers = 0;
    std::vector<std::size_t> copies{1};
    std::size_t stored_columns = 0;    // of the rectangle where every number is stored once
    std::size_t nodes_per_channel = 1; // nodes of `post` that share their parameters
};

Sizes dense_sizes(const CouplingEnds& ends) {
    const std::size_t pre = ends.pre.nodes();
    const std::size_t post = ends.post.nodes();
    return {.work = {.pre_size = pre,
                     .couplings = pre * post,
                     .fan_in = pre,
                     .array_rows = pre,
                     .array_columns = post},
            .matrix = true,
            .numbers = pre * post,
            .stored_columns = post};
}

// A single channel each way is built, which checks that the windows fit.
void check_windows(const CouplingKind& kind, CouplingEnds ends) {
    if (ends.pre.places.empty()) ends.pre.channels = 1;
    if (ends.post.places.empty()) ends.post.channels = 1;
    static_cast<void>(kind.build(ends));
}

// Every node of `post` has one window on each channel of `pre`, with numbers of its own.
Sizes local_sizes(const Parameters& parameters, const CouplingEnds& ends) {
    const auto& window = parameters.list("window");
    const auto meet = static_cast<std::size_t>(window[0] * window[1]) * ends.pre.channels;
    const std::size_t post = ends.post.nodes();
    return {.work = {.pre_size = ends.pre.nodes(),
                     .couplings = post * meet,
                     .fan_in = meet,
                     .array_rows = meet,
                     .array_columns = post},
            .numbers = post * meet,
            .stored_columns = post};
}

// Of each tap of a window along one axis, at how many of `places` windows it lies on a node and not on the
// padding.
std::vector<std::size_t> taps_on_nodes(std::size_t taps, std::size_t places, std::size_t stride,
                                       std::size_t padding, std::size_t nodes) {
    std::vector<std::size_t> counts(taps, 0);
    for (std::size_t k = 0; k < taps; ++k) {
        const std::size_t first = k >= padding ? 0 : (padding - k + stride - 1) / stride;
        const std::size_t end = nodes + padding <= k ? 0 : (nodes + padding - k - 1) / stride + 1;
        counts[k] = std::min(end, places) - std::min(first, std::min(end, places));
    }
    return counts;
}

// A number serves all windows of a pair of channels; each node of `post` takes the largest of pool x pool of
// them.
Sizes convolution_sizes(const Parameters& parameters, const CouplingEnds& ends) {
    const auto size = [&](const char* name) { return static_cast<std::size_t>(parameters.number(name)); };
    const auto& window = parameters.list("window");
    const auto rows = static_cast<std::size_t>(window[0]);
    const auto columns = static_cast<std::size_t>(window[1]);
    const std::size_t pool = size("pool");
    const auto& [pre, post, lateral] = ends;
    const auto down = taps_on_nodes(rows, post.rows * pool, size("stride"), size("padding"), pre.rows);
    const auto across =
        taps_on_nodes(columns, post.columns * pool, size("stride"), size("padding"), pre.columns);
    std::vector<std::size_t> copies;
    std::size_t of_a_pair = 0; // of channels
    for (const std::size_t y : down)
        for (const std::size_t x : across) {
            copies.push_back(y * x);
            of_a_pair += y * x;
        }
    const std::size_t pairs = pre.channels * post.channels;
    const std::size_t meet = pre.channels * rows * columns;
    return {.work = {.pre_size = pre.nodes(),
                     .couplings = pairs * of_a_pair,
                     .fan_in = meet,
                     .array_rows = meet,
                     .array_columns = post.nodes() * pool * pool},
            .numbers = pairs * rows * columns,
            .copies = std::move(copies),
            .stored_columns = post.channels,
            .nodes_per_channel = post.rows * post.columns};
}

Sizes built_sizes(const Coupling& built) {
    return {.work = {.pre_size = built.pre_size(),
                     .couplings = built.parameters(),
                     .fan_in = built.fan_in(),
                     .array_rows = built.array_rows(),
                     .array_columns = built.array_columns()},
            .matrix = built.is_matrix(),
            .numbers = built.parameters(),
            .stored_columns = built.array_columns()};
}

Sizes sizes_of(const CouplingLinkSpec& spec, const CouplingEnds& ends) {
    const auto& kind = spec.kind.name();
    if (ends.lateral) return built_sizes(*spec.kind->build(ends));
    if (kind == "dense") return dense_sizes(ends);
    if (kind != "local" && kind != "convolution") return built_sizes(*spec.kind->build(ends));
    check_windows(*spec.kind.part(), ends);
    Parameters parameters;
    Chosen(spec.kind)->fields(parameters);
    return kind == "local" ? local_sizes(parameters, ends) : convolution_sizes(parameters, ends);
}

// The same numbers are programmed in rows: of a matrix its own, of a list those of `list_columns`.
BlockWork coupling_block(const Sizes& sizes, std::size_t post) {
    const std::size_t n = sizes.numbers;
    if (sizes.matrix) return {.numbers = n, .rows = sizes.work.pre_size, .columns = post};
    return {.numbers = n,
            .copies = sizes.copies,
            .rows = (n + list_columns - 1) / list_columns,
            .columns = std::min(n, list_columns)};
}

std::size_t index_of(const std::vector<LayerSpec>& layers, const std::string& name) {
    for (std::size_t l = 0; l < layers.size(); ++l)
        if (layers[l].name == name) return l;
    throw UserError(fmt::format("network.coupling: no layer is called '{}'", name));
}

} // namespace

std::size_t BlockWork::served() const {
    return numbers / copies.size() * std::accumulate(copies.begin(), copies.end(), std::size_t{0});
}

std::size_t NetworkWork::cells() const {
    std::size_t n = 0;
    for (const auto& block : blocks) n += cells(block);
    return n;
}

std::size_t NetworkWork::couplings(bool from_inputs) const {
    std::size_t n = 0;
    for (const auto& link : links)
        if (link.from_inputs == from_inputs) n += link.couplings;
    return n;
}

namespace {

// What the nodes of a layer have beside couplings; those of a channel share it where the model convolves.
void add_node_blocks(const NetworkNeeds& needs, std::size_t nodes, std::size_t shared, double range,
                     NetworkWork& work) {
    for (const auto& parameter : needs.node_parameters)
        work.blocks.push_back({.numbers = nodes / shared,
                               .copies = {shared},
                               .rows = 1,
                               .columns = nodes / shared,
                               .range = parameter.range.value_or(range)});
}

} // namespace

NetworkWork network_work(const NetworkSpec& spec, const MachineSpec& machine) {
    const auto& layers = spec.layers;
    if (layers.size() < 2)
        throw UserError(fmt::format("network.layer: {} given; valid is an input layer and at least one more",
                                    layers.size()));
    const auto needs = spec.model->needs();
    auto grids = layer_grids(layers);
    NetworkWork work{.inputs = static_cast<std::size_t>(layers.front().size),
                     .outputs = static_cast<std::size_t>(layers.back().size),
                     .layers = layers.size() - 1,
                     .unrolled = !machine.array->sums_digitally()};
    grids.front().channels *= needs.nodes_per_input;
    for (std::size_t l = 1; l < layers.size(); ++l) work.spins += static_cast<std::size_t>(layers[l].size);
    std::vector<bool> reached(layers.size(), false);
    for (const auto& coupling : spec.resolved_couplings()) {
        const std::size_t from = index_of(layers, coupling.from);
        const std::size_t to = index_of(layers, coupling.to);
        auto sizes = sizes_of(coupling, {.pre = grids[from], .post = grids[to], .lateral = from == to});
        sizes.work.name = coupling.from + "-" + coupling.to;
        sizes.work.from_inputs = from == 0;
        if (!work.unrolled) sizes.work.array_columns = sizes.stored_columns;
        auto block = coupling_block(sizes, grids[to].nodes());
        block.range = coupling.range;
        block.link = static_cast<int>(work.links.size());
        block.between_spins = from != 0;
        work.blocks.push_back(block);
        if (!reached[to]) {
            add_node_blocks(needs, static_cast<std::size_t>(layers[to].size),
                            needs.convolves ? sizes.nodes_per_channel : 1, coupling.range, work);
            sizes.work.array_rows += needs.node_parameters.size();
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
