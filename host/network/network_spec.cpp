#include "host/network/network_spec.hpp"

#include "hw_models/array/energy_model.hpp"
#include "hw_models/base/error.hpp"
#include "hw_models/base/random.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cmath>

namespace isinglass {

namespace {

const std::vector<std::string> activations{"clip01", "linear"};

bool is_signal_name(const std::string& name) {
    return !name.empty() &&
           std::ranges::all_of(name, [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '-'; });
}

} // namespace

void LayerSpec::fields(Fields& f) {
    f.text({"name", "name of the layer, as it appears in traces", true}, name);
    f.check(is_signal_name(name), "name", "letters, digits, '_' and '-'");
    f.integer({"size", "number of nodes", true}, size, {1, 1e7});
    f.choice({"activation", "clip01: states in [0, 1]; linear: free up to the rails at -1 and 2"}, activation,
             activations);
}

void CouplingLinkSpec::fields(Fields& f) {
    f.text({"from", "layer that the couplings start at", true}, from);
    f.text({"to", "layer that they lead to; also gets a bias from the first coupling that names it", true},
           to);
    const auto kinds = coupling_kinds();
    f.choice({"kind", "which nodes are joined"}, kind, kinds);
    f.number({"range", "largest magnitude that can be programmed, in model units"}, range, {1e-6, 1e6});
    f.number({"rate", "learning rate of these couplings and their biases; 0 keeps them as they are"}, rate,
             {0.0, 1e6});
}

void NetworkSpec::fields(Fields& f) {
    f.choice({"model", "energy model"}, model, energy_models());
    f.tables(
        {"layer", "a layer of nodes; the first one is clamped to the inputs, the last one is the output"},
        layers.size(), [this](std::size_t n) { layers.assign(n, {}); },
        [this](std::size_t i, Fields& g) { layers[i].fields(g); });
    f.tables(
        {"coupling", "couplings between two layers; without any, each layer is joined to the next"},
        couplings.size(), [this](std::size_t n) { couplings.assign(n, {}); },
        [this](std::size_t i, Fields& g) { couplings[i].fields(g); });
}

std::vector<CouplingLinkSpec> NetworkSpec::resolved_couplings() const {
    if (!couplings.empty()) return couplings;
    std::vector<CouplingLinkSpec> chain;
    for (std::size_t l = 1; l < layers.size(); ++l)
        chain.push_back({.from = layers[l - 1].name, .to = layers[l].name});
    return chain;
}

std::shared_ptr<const Network> NetworkSpec::build() const {
    if (layers.size() < 2)
        throw UserError(fmt::format("network.layer: {} given; valid is an input layer and at least one more",
                                    layers.size()));
    if (layers.size() > 17)
        throw UserError(fmt::format(
            "network.layer: {} given; a READ names layers by 16 bits, so valid is up to 17", layers.size()));
    std::vector<std::string> names;
    std::vector<SpinLayer> spins;
    for (std::size_t l = 0; l < layers.size(); ++l) {
        const auto& layer = layers[l];
        if (std::ranges::find(names, layer.name) != names.end())
            throw UserError(
                fmt::format("network.layer: two layers are called '{}'; names must differ", layer.name));
        names.push_back(layer.name);
        const bool linear = layer.activation == "linear";
        if (l > 0)
            spins.push_back({.name = layer.name,
                             .size = static_cast<std::size_t>(layer.size),
                             .low = linear ? -1.0F : 0.0F,
                             .high = linear ? 2.0F : 1.0F});
    }
    auto index = [&](const std::string& name) {
        const auto found = std::ranges::find(names, name);
        if (found == names.end())
            throw UserError(fmt::format("network.coupling: no layer is called '{}'; there are: {}", name,
                                        fmt::join(names, ", ")));
        return static_cast<int>(found - names.begin()) - 1;
    };
    std::vector<LinkRequest> links;
    std::vector<bool> reached(spins.size(), false);
    for (const auto& c : resolved_couplings()) {
        const LinkRequest link{.from = index(c.from), .to = index(c.to), .kind = c.kind, .range = c.range};
        if (link.to == input_layer)
            throw UserError(
                fmt::format("network.coupling: '{}' is clamped; couplings lead from it, not to it", c.to));
        reached[link.to] = true;
        links.push_back(link);
    }
    for (std::size_t l = 0; l < spins.size(); ++l)
        if (!reached[l])
            throw UserError(fmt::format("network.coupling: no coupling leads to layer '{}'", spins[l].name));
    return std::make_shared<const Network>(
        make_network(static_cast<std::size_t>(layers[0].size), std::move(spins), links));
}

std::vector<float> initial_couplings(const Network& net, double gain, std::uint64_t seed) {
    std::vector<float> theta(net.parameters, 0.0F);
    const RandomStream stream(seed, Purpose::initial_couplings);
    for (std::size_t b = 0; b < net.blocks.size(); ++b) {
        const auto& block = net.blocks[b];
        if (block.link < 0) continue;
        const std::span<float> values(theta.data() + block.first, block.count());
        stream.uniforms({b}, values);
        const auto bound = static_cast<float>(
            gain / std::sqrt(static_cast<double>(net.links[block.link].coupling->fan_in())));
        for (auto& w : values) w = bound * (2.0F * w - 1.0F);
    }
    return theta;
}

} // namespace isinglass
