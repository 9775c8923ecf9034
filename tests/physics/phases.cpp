#include "tests/physics/phases.hpp"

#include "hw_models/base/random.hpp"

#include <cmath>
#include <limits>

namespace isinglass::rig {

std::shared_ptr<const Network> skipping_phases(const std::vector<std::size_t>& sizes,
                                               const EnergyModel& model) {
    const auto states = model.activations().front();
    std::vector<SpinLayer> layers;
    for (const auto* name : {"a", "b", "out"})
        layers.push_back({.name = name,
                          .size = sizes[layers.size() + 1],
                          .low = states.low,
                          .high = states.high,
                          .domain = states.domain});
    return std::make_shared<const Network>(make_network(sizes[0], layers,
                                                        {{.from = input_layer, .to = 0},
                                                         {.from = 0, .to = 1},
                                                         {.from = 1, .to = 2},
                                                         {.from = input_layer, .to = 2},
                                                         {.from = 0, .to = 2}},
                                                        model.needs()));
}

std::vector<float> phase_values(const Network& net, double scale, std::uint64_t seed) {
    std::vector<float> values(net.parameters), angles(net.parameters);
    const RandomStream stream(seed, Purpose::test);
    stream.gaussians({}, values);
    stream.uniforms({.presentation = 1}, angles);
    for (const auto& block : net.blocks)
        for (std::size_t i = block.first; i < block.first + block.count(); ++i)
            values[i] = block.name.ends_with("-direction") ? 6.2831853F * (angles[i] - 0.5F)
                                                           : static_cast<float>(scale) * values[i];
    return values;
}

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

// Sum over the couplings: term(from, to, coupling) of two spins' angles, line(input, to, coupling) of a
// clamped line and a spin's angle.
template <class Line, class Term>
double over_couplings(const Network& net, std::span<const double> s, std::span<const double> theta, Line line,
                      Term term) {
    double sum = 0.0;
    for (const auto& block : net.blocks) {
        if (block.link < 0) continue;
        const auto& link = net.links[block.link];
        const std::size_t to = net.first_node(static_cast<std::size_t>(link.to));
        link.coupling->for_each([&](std::size_t i, std::size_t j, std::size_t w) {
            const double coupling = theta[block.first + w];
            if (link.from == input_layer)
                sum += line(i, s[to + j], coupling);
            else
                sum += term(s[net.first_node(static_cast<std::size_t>(link.from)) + i], s[to + j], coupling);
        });
    }
    return sum;
}

// Sum of term(φ, first, second) over the nodes with their two parameters.
template <class Term>
double over_nodes(const Network& net, std::span<const double> s, std::span<const double> theta, Term term) {
    double sum = 0.0;
    for (std::size_t l = 0; l < net.layers.size(); ++l)
        for (std::size_t j = 0; j < net.layers[l].size; ++j)
            sum += term(s[net.first_node(l) + j], theta[net.node_block(l, 0).first + j],
                        theta[net.node_block(l, 1).first + j]);
    return sum;
}

double aligned(double from, double to, double coupling) {
    return -coupling * std::cos(from - to);
}

double angle_cost(NudgeLaw law, double d) {
    return law == NudgeLaw::sine ? 1.0 - std::cos(d) : -std::log((1.005 + std::cos(d)) / 2.005);
}

} // namespace

Oracle xy_oracle(const Network& net, const std::vector<float>& levels, const std::vector<float>& targets,
                 NudgeLaw law) {
    const auto energy = [&net, levels](std::span<const double> s, std::span<const double> theta) {
        const auto line = [&](std::size_t i, double to, double coupling) {
            return aligned(3.141592653589793 * (static_cast<double>(levels[i]) - 0.5), to, coupling);
        };
        const auto node = [](double phi, double h, double psi) { return aligned(phi, psi, h); };
        return over_couplings(net, s, theta, line, aligned) + over_nodes(net, s, theta, node);
    };
    const auto cost = [targets, law, first = net.spins() - targets.size()](std::span<const double> s) {
        double sum = 0.0;
        for (std::size_t j = 0; j < targets.size(); ++j)
            sum += angle_cost(law, s[first + j] - static_cast<double>(targets[j]));
        return sum;
    };
    return {energy, cost, Oracle::Vector(net.spins(), -infinite), Oracle::Vector(net.spins(), infinite)};
}

Oracle oscillator_oracle(const Network& net, const std::vector<float>& levels,
                         const std::vector<float>& targets) {
    const auto energy = [&net, levels](std::span<const double> s, std::span<const double> theta) {
        const auto line = [&](std::size_t i, double to, double coupling) {
            return -coupling * static_cast<double>(levels[i]) * std::cos(to);
        };
        const auto node = [](double phi, double h, double sync) {
            return -h * std::cos(phi) - 0.5 * sync * std::cos(2.0 * phi);
        };
        return over_couplings(net, s, theta, line, aligned) + over_nodes(net, s, theta, node);
    };
    const auto cost = [targets, first = net.spins() - targets.size()](std::span<const double> s) {
        double sum = 0.0;
        for (std::size_t j = 0; j < targets.size(); ++j)
            sum += 0.5 * std::pow(std::cos(s[first + j]) - static_cast<double>(targets[j]), 2);
        return sum;
    };
    return {energy, cost, Oracle::Vector(net.spins(), -infinite), Oracle::Vector(net.spins(), infinite)};
}

double farthest(const std::vector<double>& a, const std::vector<double>& b) {
    double most = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i)
        most = std::max(most, std::abs(std::remainder(a[i] - b[i], 2.0 * 3.141592653589793)));
    return most;
}

} // namespace isinglass::rig
