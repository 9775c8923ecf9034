#include "host/network/layer_places.hpp"

#include "hw_models/base/error.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>

namespace isinglass {

namespace {

const std::vector<std::string> words{"everywhere", "first-row", "last-row", "remaining"};

bool in_a_row(const LayerSpec& layer) {
    return layer.at == "first-row" || layer.at == "last-row";
}

// A plane, and which of its places are taken.
struct Plane {
    std::size_t rows, columns;
    std::vector<bool> taken;
    explicit Plane(const LayerSpec& layer)
        : rows(static_cast<std::size_t>(layer.shape.front())),
          columns(static_cast<std::size_t>(layer.shape.back())),
          taken(rows * columns) {}
};

// Spread evenly over the row.
std::vector<std::size_t> take_row(const LayerSpec& layer, Plane& plane) {
    const auto nodes = static_cast<std::size_t>(layer.size);
    if (nodes > plane.columns)
        throw UserError(fmt::format("network.layer: '{}' has {} nodes at = \"{}\" of a plane of [{}, {}]; "
                                    "valid is up to {}",
                                    layer.name, nodes, layer.at, plane.rows, plane.columns, plane.columns));
    const std::size_t row = layer.at == "first-row" ? 0 : plane.rows - 1;
    std::vector<std::size_t> places;
    for (std::size_t k = 0; k < nodes; ++k) {
        const std::size_t place = row * plane.columns + (2 * k + 1) * plane.columns / (2 * nodes);
        if (plane.taken[place])
            throw UserError(fmt::format("network.layer: '{}' and another layer both have a node at row {}, "
                                        "column {} of the plane of [{}, {}]; layers need places of their own",
                                        layer.name, place / plane.columns, place % plane.columns, plane.rows,
                                        plane.columns));
        plane.taken[place] = true;
        places.push_back(place);
    }
    return places;
}

std::vector<std::size_t> take_remaining(const LayerSpec& layer, Plane& plane) {
    std::vector<std::size_t> places;
    for (std::size_t p = 0; p < plane.taken.size(); ++p)
        if (!plane.taken[p]) places.push_back(p);
    if (places.empty() || places.size() != static_cast<std::size_t>(layer.size))
        throw UserError(fmt::format("network.layer: '{}' has {} nodes at = \"remaining\" of a plane of "
                                    "[{}, {}], where the other layers leave {} places",
                                    layer.name, layer.size, plane.rows, plane.columns, places.size()));
    plane.taken.assign(plane.taken.size(), true);
    return places;
}

} // namespace

std::span<const std::string> layer_places() {
    return words;
}

void size_remaining(std::vector<LayerSpec>& layers) {
    for (auto& layer : layers) {
        if (layer.at != "remaining" || layer.size != 0 || layer.shape.size() != 2) continue;
        std::int64_t places = layer.shape[0] * layer.shape[1];
        for (const auto& other : layers)
            if (in_a_row(other) && other.shape == layer.shape) places -= other.size;
        layer.size = std::max<std::int64_t>(0, places);
    }
}

std::vector<Grid> layer_grids(const std::vector<LayerSpec>& layers) {
    std::vector<Grid> grids;
    std::map<std::vector<std::int64_t>, Plane> planes;
    const auto take = [&](std::size_t l, auto how) {
        auto& plane = planes.try_emplace(layers[l].shape, layers[l]).first->second;
        grids[l].places = how(layers[l], plane);
    };
    for (const auto& layer : layers) grids.push_back(layer.plane());
    for (std::size_t l = 0; l < layers.size(); ++l)
        if (in_a_row(layers[l])) take(l, take_row);
    for (std::size_t l = 0; l < layers.size(); ++l)
        if (layers[l].at == "remaining") take(l, take_remaining);
    return grids;
}

} // namespace isinglass
