// Layers on planes: responses and couplings of every node at its place, over training.
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
    return {{"layers", std::move(layers)}};
}

} // namespace isinglass
