// Layers on planes: responses and couplings of every node at its place, over training.
#include "host/network/layer_places.hpp"
#include "sim/report/sections.hpp"

#include <cmath>
#include <numeric>

namespace isinglass {

namespace {

// |couplings| that meet in each node, the clamped inputs' included: [nodes], layer after layer.
std::vector<float> coupling_strengths(const Network& net, std::span<const float> theta) {
    std::vector<float> sums(net.spins());
    for (const auto& block : net.blocks) {
        if (block.link < 0) continue;
        const auto& link = net.links[static_cast<std::size_t>(block.link)];
        std::vector<float> magnitudes;
        for (const float w : theta.subspan(block.first, block.count())) magnitudes.push_back(std::abs(w));
        const auto of = [&](int layer) -> std::span<float> {
            if (layer == input_layer) return {};
            const auto l = static_cast<std::size_t>(layer);
            return std::span(sums).subspan(net.first_node(l), net.layers[l].size);
        };
        link.coupling->add_sums(magnitudes.data(), of(link.from), of(link.to));
    }
    return sums;
}

constexpr std::size_t most_lines = 8000; // that a picture still shows

// Couplings between nodes on one plane, a line each: {"rows", "columns", "from": [place], "to": [place],
// "epochs": [couplings]}. Nothing where layers have planes of their own.
Json lines_of(const ReportSource& source) {
    const auto& net = *source.network;
    const auto input = layer_grids(source.experiment.network.layers).front();
    Json lines = Json::array();
    for (const auto& block : net.blocks) {
        if (block.link < 0) continue;
        const auto& link = net.links[static_cast<std::size_t>(block.link)];
        const auto grid_of = [&](int layer) -> const Grid& {
            return layer == input_layer ? input : net.layers[static_cast<std::size_t>(layer)].grid;
        };
        const Grid &pre = grid_of(link.from), &post = grid_of(link.to);
        if (pre.places.empty() || post.places.empty() || pre.rows != post.rows ||
            pre.columns != post.columns || link.coupling->cells() > most_lines)
            continue;
        std::vector<std::size_t> from, to, numbers;
        link.coupling->for_each([&](std::size_t i, std::size_t j, std::size_t w) {
            from.push_back(pre.places.at(i));
            to.push_back(post.places.at(j));
            numbers.push_back(block.first + w);
        });
        Json one{{"rows", pre.rows}, {"columns", pre.columns}, {"from", from}, {"to", to}};
        for (const auto& saved : source.epochs) {
            std::vector<float> couplings;
            for (const auto n : numbers) couplings.push_back(saved.theta[n]);
            one["epochs"].push_back(packed(couplings));
        }
        lines.push_back(std::move(one));
    }
    return lines;
}

} // namespace

Json maps_numbers(const ReportSource& source) {
    const auto& net = *source.network;
    Json layers = Json::array();
    std::vector<std::vector<float>> strengths;
    for (const auto& saved : source.epochs) strengths.push_back(coupling_strengths(net, saved.theta));
    for (std::size_t l = 0; l < net.layers.size(); ++l) {
        const auto& layer = net.layers[l];
        const auto& grid = layer.grid;
        if (grid.rows < 2 || grid.columns < 2 || grid.channels > 1) continue;
        Json json{{"name", layer.name}, {"rows", grid.rows}, {"columns", grid.columns}};
        std::vector<std::size_t> places(layer.size);
        std::iota(places.begin(), places.end(), 0);
        json["shared"] = !grid.places.empty(); // a plane that layers share is shown as one
        json["places"] = grid.places.empty() ? places : grid.places;
        for (std::size_t e = 0; e < source.epochs.size(); ++e) {
            const auto part = [&](const std::vector<float>& nodes) {
                return packed(std::span(nodes).subspan(net.first_node(l), layer.size));
            };
            Json one{{"epoch", source.epochs[e].epoch}, {"couplings", part(strengths[e])}};
            if (source.epochs[e].responses.size() == net.spins())
                one["responses"] = part(source.epochs[e].responses);
            json["epochs"].push_back(std::move(one));
        }
        layers.push_back(std::move(json));
    }
    if (layers.empty() || source.epochs.empty()) return nullptr;
    return {{"layers", std::move(layers)}, {"lines", lines_of(source)}};
}

} // namespace isinglass
