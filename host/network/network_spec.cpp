#include "host/network/network_spec.hpp"

#include "host/network/layer_places.hpp"
#include "hw_models/base/error.hpp"
#include "hw_models/base/random.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cmath>

namespace isinglass {

namespace {

bool is_signal_name(const std::string& name) {
    return !name.empty() &&
           std::ranges::all_of(name, [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '-'; });
}

std::vector<std::string> names_of(const std::vector<Activation>& activations) {
    std::vector<std::string> names;
    for (const auto& a : activations) names.push_back(a.name);
    return names;
}

// "hopfield: clip01 [0, 1], linear [-1, 2]; …" for help texts.
const std::string& activations_of_all_models() {
    static const std::string text = [] {
        std::string all = "which states the nodes can have, by model;";
        for (const auto& model : energy_models()) {
            std::string own;
            for (const auto& a : make_energy_model(model)->activations())
                own += fmt::format("{} {} [{:.4g}, {:.4g}]", own.empty() ? "" : ",", a.name, a.low, a.high);
            all += fmt::format(" {}:{};", model, own);
        }
        all.pop_back();
        return all;
    }();
    return text;
}

} // namespace

void LayerSpec::fields(Fields& f, std::span<const std::string> activations) {
    f.text({"name", "name of the layer, as it appears in traces", true}, name);
    f.check(is_signal_name(name), "name", "letters, digits, '_' and '-'");
    f.integer({"size", "number of nodes; may be left out where shape and at say it"}, size, {1, 1e7});
    f.integers({"shape", "[rows, columns] or [channels, rows, columns], for couplings between neighbours"},
               shape, {1, 1e7});
    f.check(shape.empty() || shape.size() == 2 || shape.size() == 3, "shape",
            "two numbers [rows, columns] or three [channels, rows, columns]");
    f.choice({"at", "where its nodes lie, for layers that share a plane of one shape: spread evenly over "
                    "the first or the last row, or at all places that remain; lattices then join neighbours "
                    "of any layers"},
             at, layer_places());
    const bool whole = at == layer_places().front();
    f.check(whole || shape.size() == 2, "shape", "[rows, columns] of the plane that layers with `at` share");
    if (whole && size == 0 && !shape.empty()) size = static_cast<std::int64_t>(plane().nodes());
    f.check(size > 0 || at == "remaining", "size", "a number of nodes, here or as shape");
    f.check(!whole || shape.empty() || static_cast<std::size_t>(size) == plane().nodes(), "size",
            "the product of shape's numbers");
    f.choice({"activation", activations_of_all_models()}, activation, activations);
}

Grid LayerSpec::plane() const {
    if (shape.size() < 2) return {.columns = static_cast<std::size_t>(size)};
    Grid grid{.rows = static_cast<std::size_t>(shape[shape.size() - 2]),
              .columns = static_cast<std::size_t>(shape.back())};
    if (shape.size() == 3) grid.channels = static_cast<std::size_t>(shape.front());
    return grid;
}

void CouplingLinkSpec::fields(Fields& f) {
    f.text({"from", "layer that the couplings start at", true}, from);
    f.text({"to",
            "layer that they lead to, which may be the same; the first coupling that names it brings the "
            "numbers of its nodes, biases say",
            true},
           to);
    kind.fields(f, {"kind", "which nodes are joined"});
    f.number({"range", "largest magnitude that can be programmed, in model units"}, range, {1e-6, 1e6});
    f.number({"rate", "learning rate of these couplings and of the biases that come with them; 0: that of "
                      "training.rate"},
             rate, {0.0, 1e6});
    f.flag({"trainable", "whether training changes them"}, trainable);
}

void NetworkSpec::fields(Fields& f) {
    model.fields(f, {"model", "energy model"});
    const auto activations = names_of(model->activations());
    f.tables(
        {"layer", "a layer of nodes; the first one is clamped to the inputs, the last one is the output"},
        layers.size(), [&](std::size_t n) { layers.assign(n, LayerSpec{.activation = activations.front()}); },
        [&](std::size_t i, Fields& g) { layers[i].fields(g, activations); });
    size_remaining(layers);
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

namespace {

// Spin layers: all of the description but the first, which is clamped.
std::vector<SpinLayer> spin_layers(const NetworkSpec& spec) {
    const auto activations = spec.model->activations();
    const auto grids = layer_grids(spec.layers);
    std::vector<SpinLayer> spins;
    for (std::size_t l = 1; l < spec.layers.size(); ++l) {
        const auto& layer = spec.layers[l];
        const auto found = std::ranges::find(activations, layer.activation, &Activation::name);
        if (found == activations.end())
            throw UserError(fmt::format(
                "network.layer: '{}' has the activation '{}'; those of model '{}' are: {}", layer.name,
                layer.activation, spec.model.name(), fmt::join(names_of(activations), ", ")));
        spins.push_back({.name = layer.name,
                         .size = static_cast<std::size_t>(layer.size),
                         .low = found->low,
                         .high = found->high,
                         .domain = found->domain,
                         .grid = grids[l]});
    }
    return spins;
}

// With a plane of its own for each of the nodes that an input drives.
Grid input_grid(const std::vector<LayerSpec>& layers, std::size_t nodes_per_input, const std::string& model) {
    Grid grid = layer_grids(layers).front();
    if (!grid.places.empty() && nodes_per_input > 1)
        throw UserError(fmt::format("network.layer: '{}' has at = \"{}\", and with the model '{}' an input "
                                    "drives {} nodes, which have no places; valid is at = \"{}\"",
                                    layers.front().name, layers.front().at, model, nodes_per_input,
                                    layer_places().front()));
    grid.channels *= nodes_per_input;
    return grid;
}

void check_layers(const std::vector<LayerSpec>& layers) {
    if (layers.size() < 2)
        throw UserError(fmt::format("network.layer: {} given; valid is an input layer and at least one more",
                                    layers.size()));
    if (layers.size() > most_layers + 1)
        throw UserError(
            fmt::format("network.layer: {} given; a READ names layers by {} bits, so valid is up to {}",
                        layers.size(), most_layers, most_layers + 1));
    for (std::size_t l = 1; l < layers.size(); ++l)
        for (std::size_t k = 0; k < l; ++k)
            if (layers[k].name == layers[l].name)
                throw UserError(fmt::format("network.layer: two layers are called '{}'; names must differ",
                                            layers[l].name));
}

// -1 for the inputs.
int layer_index(const std::vector<LayerSpec>& layers, const std::string& name) {
    const auto found = std::ranges::find(layers, name, &LayerSpec::name);
    if (found != layers.end()) return static_cast<int>(found - layers.begin()) - 1;
    std::vector<std::string> names;
    for (const auto& layer : layers) names.push_back(layer.name);
    throw UserError(fmt::format("network.coupling: no layer is called '{}'; there are: {}", name,
                                fmt::join(names, ", ")));
}

} // namespace

std::shared_ptr<const Network> NetworkSpec::build() const {
    check_layers(layers);
    auto spins = spin_layers(*this);
    std::vector<LinkRequest> links;
    std::vector<bool> reached(spins.size(), false);
    const auto couplings_now = resolved_couplings();
    for (const auto& c : couplings_now) {
        const LinkRequest link{.from = layer_index(layers, c.from),
                               .to = layer_index(layers, c.to),
                               .kind = c.kind.part(),
                               .range = c.range};
        if (link.to == input_layer)
            throw UserError(
                fmt::format("network.coupling: '{}' is clamped; couplings lead from it, not to it", c.to));
        reached[link.to] = true;
        links.push_back(link);
    }
    for (std::size_t l = 0; l < spins.size(); ++l)
        if (!reached[l])
            throw UserError(fmt::format("network.coupling: no coupling leads to layer '{}'", spins[l].name));
    auto needs = model->needs();
    needs.input_grid = input_grid(layers, needs.nodes_per_input, model.name());
    return std::make_shared<const Network>(
        make_network(static_cast<std::size_t>(layers[0].size), std::move(spins), links, needs));
}

std::vector<float> initial_couplings(const Network& net, const EnergyModel& model, double gain,
                                     std::uint64_t seed) {
    std::vector<float> theta(net.parameters, 0.0F);
    model.initialise(net, gain, RandomStream(seed, Purpose::initial_couplings), theta);
    tie_shared(net, theta, Tie::first);
    return theta;
}

} // namespace isinglass
