#include "hw_models/array/energy_model.hpp"

#include "hw_models/base/error.hpp"
#include "hw_models/base/registry.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace isinglass {

namespace {

const Registry<std::unique_ptr<EnergyModel>>& models() {
    static const Registry<std::unique_ptr<EnergyModel>> registry("energy model",
                                                                 {
                                                                     {"hopfield", make_hopfield},
                                                                     {"coherent", make_coherent},
                                                                     {"xy", make_xy},
                                                                     {"oscillator", make_oscillator},
                                                                     {"binary", make_binary},
                                                                     {"resistive", make_resistive},
                                                                     {"predictive", make_predictive},
                                                                     {"bifurcation", make_bifurcation},
                                                                 });
    return registry;
}

} // namespace

std::unique_ptr<EnergyModel> make_energy_model(const std::string& name) {
    return models().make(name);
}
std::span<const std::string> energy_models() {
    return models().names();
}

std::string_view name_of(NudgeLaw law) {
    switch (law) {
    case NudgeLaw::difference: return "difference";
    case NudgeLaw::sine: return "sine";
    case NudgeLaw::tangent: return "tangent";
    }
    return "unknown";
}

void add_difference_nudge(const Network& net, const Nudge& nudge, const LaneBlock& block, LayerSet layers,
                          Matrix& field) {
    if (nudge.beta == 0.0 || ((layers >> (net.layers.size() - 1)) & 1U) == 0) return;
    const auto& out = net.output();
    const Matrix& source = nudge.frozen ? block.injected : block.targets;
    const auto gain = static_cast<float>(nudge.beta);
    for (std::size_t r = 0; r < block.lanes; ++r) {
        const float* from = source.row(r).data();
        float* to = field.row(r).data() + out.offset;
        for (std::size_t j = 0; j < out.size; ++j) to[j] += gain * from[j];
    }
}

double nudge_conductance(const Network& net, std::size_t layer, const Nudge& nudge) {
    return layer + 1 == net.layers.size() && !nudge.frozen ? nudge.beta : 0.0;
}

void check_difference_nudge(const Network& net, const Nudge& nudge, std::string_view model) {
    if (nudge.frozen) return;
    refuse_other_laws(nudge, {NudgeLaw::difference}, model);
    if (1.0 + nudge.beta > 0.0) return;
    throw UserError(
        fmt::format("a live nudge of beta = {} makes the leak of the outputs '{}' negative (1 + beta = "
                    "{}); valid is beta > -1",
                    nudge.beta, net.output().name, 1.0 + nudge.beta));
}

void refuse_other_laws(const Nudge& nudge, std::initializer_list<NudgeLaw> valid, std::string_view model) {
    if (std::ranges::find(valid, nudge.law) != valid.end()) return;
    std::vector<std::string_view> names;
    for (const auto law : valid) names.push_back(name_of(law));
    throw UserError(
        fmt::format("the cost asks for a live nudge by the law '{}', and the outputs of a network "
                    "of model '{}' have: {}",
                    name_of(nudge.law), model, fmt::join(names, ", ")));
}

void EnergyModel::initialise(const Network& net, double gain, const RandomStream& draws,
                             std::span<float> theta) const {
    for (std::size_t b = 0; b < net.blocks.size(); ++b) {
        const auto& block = net.blocks[b];
        if (block.link < 0) continue;
        const auto values = theta.subspan(block.first, block.count());
        draws.uniforms({b}, values);
        const auto bound = static_cast<float>(
            gain / std::sqrt(static_cast<double>(net.links[block.link].coupling->fan_in())));
        for (auto& w : values) w = bound * (2.0F * w - 1.0F);
    }
}

void EnergyModel::add_node_gradient(const Network& net, std::size_t layer, std::span<const float>,
                                    std::span<const float> s, float weight, std::span<float> gradient) const {
    const auto& bias = net.node_block(layer);
    const float* states = s.data() + net.layers[layer].offset;
    float* sums = gradient.data() + bias.first;
    if (bias.nodes_per_number == 1)
        for (std::size_t j = 0; j < bias.columns; ++j) sums[j] -= weight * states[j];
    else
        for (std::size_t j = 0; j < bias.columns; ++j)
            for (std::size_t k = 0; k < bias.nodes_per_number; ++k) sums[j] -= weight * *states++;
}

void EnergyModel::observe(std::span<const float> s, std::span<float> o) const {
    std::ranges::copy(s, o.begin());
}

} // namespace isinglass
