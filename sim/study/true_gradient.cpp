#include "sim/study/true_gradient.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace isinglass {

namespace {

constexpr double tolerance = 1e-11;     // largest component of the projected gradient
constexpr int newton_steps = 100;       // an active set that has not settled by then goes in circles
constexpr double relative_left = 1e-13; // of the linear systems

double product(std::span<const double> a, std::span<const double> b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

} // namespace

// A state with what is needed of the energy there.
struct TrueGradient::Point {
    std::vector<double> inputs;     // [input nodes]
    std::vector<double> s;          // [state columns]
    std::vector<double> slope, own; // ∂E/∂s, and the diagonal of ∂²E/∂s²
    std::vector<double> off;        // [pairs of spins]: w ∂²e/∂a∂b
    std::vector<char> moves;        // 0: held at a bound
    double largest = 0.0;           // projected gradient
};

TrueGradient::TrueGradient(const Network& net, const PairEnergy& energy, std::span<const float> theta)
    : net_(net), energy_(energy), low_(net.state_columns, 0.0), high_(net.state_columns, 0.0) {
    for (const auto& block : net.blocks)
        for (std::size_t i = 0; i < block.count(); ++i)
            theta_.push_back(
                std::clamp(static_cast<double>(theta[block.first + i]), -block.range, block.range));
    constexpr double far = std::numeric_limits<double>::infinity();
    for (const auto& layer : net.layers)
        for (std::size_t j = 0; j < layer.size; ++j) {
            const bool first_half = j < (layer.size + 1) / 2;
            const bool diodes = layer.domain == Domain::diodes;
            const bool circle = layer.domain == Domain::circle;
            low_[layer.offset + j] = circle                 ? -far
                                     : diodes && first_half ? 0.0
                                                            : static_cast<double>(layer.low);
            high_[layer.offset + j] = circle                  ? far
                                      : diodes && !first_half ? 0.0
                                                              : static_cast<double>(layer.high);
        }
    for (const auto& block : net.blocks) {
        if (block.link < 0) continue;
        const auto& link = net.links[static_cast<std::size_t>(block.link)];
        const bool clamped = link.from == input_layer;
        const std::size_t from = clamped ? 0 : net.layers[static_cast<std::size_t>(link.from)].offset;
        const std::size_t to = net.layers[static_cast<std::size_t>(link.to)].offset;
        link.coupling->for_each([&](std::size_t i, std::size_t j, std::size_t w) {
            (clamped ? inputs_ : spins_)
                .push_back({static_cast<std::uint32_t>(from + i), static_cast<std::uint32_t>(to + j),
                            static_cast<std::uint32_t>(block.first + w)});
        });
    }
}

std::vector<double> TrueGradient::parameters_of(std::size_t layer, std::size_t node) const {
    std::vector<double> values;
    for (const auto& block : net_.blocks)
        if (block.link < 0 && block.layer == static_cast<int>(layer))
            values.push_back(theta_[block.first + node / block.nodes_per_number]);
    return values;
}

// f(column, slopes of the node's own energy, layer, node)
template <class F>
void TrueGradient::each_node(F f) const {
    for (std::size_t l = 0; l < net_.layers.size(); ++l)
        for (std::size_t j = 0; j < net_.layers[l].size; ++j) f(net_.layers[l].offset + j, l, j);
}

void TrueGradient::find_slopes(Point& p) const {
    std::ranges::fill(p.slope, 0.0);
    std::ranges::fill(p.own, 0.0);
    each_node([&](std::size_t i, std::size_t l, std::size_t j) {
        const auto node = energy_.node(p.s[i], parameters_of(l, j));
        p.slope[i] = node.s;
        p.own[i] = node.ss;
    });
    for (const auto& pair : inputs_) {
        const auto e = energy_.from_input(p.inputs[pair.from], p.s[pair.to]);
        p.slope[pair.to] += theta_[pair.number] * e.b;
        p.own[pair.to] += theta_[pair.number] * e.bb;
    }
    for (std::size_t k = 0; k < spins_.size(); ++k) {
        const auto& pair = spins_[k];
        const double w = theta_[pair.number];
        const auto e = energy_.between(p.s[pair.from], p.s[pair.to]);
        p.slope[pair.from] += w * e.a;
        p.slope[pair.to] += w * e.b;
        p.own[pair.from] += w * e.aa;
        p.own[pair.to] += w * e.bb;
        p.off[k] = w * e.ab;
    }
    p.largest = 0.0;
    for (std::size_t i = 0; i < p.s.size(); ++i) {
        const bool held =
            (p.s[i] <= low_[i] && p.slope[i] >= 0.0) || (p.s[i] >= high_[i] && p.slope[i] <= 0.0);
        p.moves[i] = held ? 0 : 1;
        if (!held) p.largest = std::max(p.largest, std::abs(p.slope[i]));
    }
}

// (∂²E/∂s²) x = right on the nodes that move, by conjugate gradients; x is 0 elsewhere. False where the
// matrix is not positive definite: no minimum.
bool TrueGradient::solve(const Point& p, std::span<const double> right, std::span<double> x) const {
    const std::size_t n = right.size();
    std::vector<double> left(n, 0.0), way(n, 0.0), turned(n, 0.0);
    std::ranges::fill(x, 0.0);
    for (std::size_t i = 0; i < n; ++i) left[i] = way[i] = p.moves[i] ? right[i] : 0.0;
    double size = product(left, left);
    const double enough = relative_left * relative_left * size;
    for (std::size_t step = 0; size > enough && step < 4 * n + 100; ++step) {
        for (std::size_t i = 0; i < n; ++i) turned[i] = p.own[i] * way[i];
        for (std::size_t k = 0; k < spins_.size(); ++k) {
            turned[spins_[k].from] += p.off[k] * way[spins_[k].to];
            turned[spins_[k].to] += p.off[k] * way[spins_[k].from];
        }
        for (std::size_t i = 0; i < n; ++i)
            if (!p.moves[i]) turned[i] = 0.0;
        const double curvature = product(way, turned);
        if (curvature <= 0.0) return false;
        const double length = size / curvature;
        for (std::size_t i = 0; i < n; ++i) x[i] += length * way[i];
        for (std::size_t i = 0; i < n; ++i) left[i] -= length * turned[i];
        const double smaller = product(left, left);
        for (std::size_t i = 0; i < n; ++i) way[i] = left[i] + smaller / size * way[i];
        size = smaller;
    }
    return true;
}

std::optional<TrueGradient::Point> TrueGradient::rest(const Sample& sample) const {
    const std::size_t n = net_.state_columns;
    Point p{.inputs = energy_.input_nodes(sample.levels),
            .s = {sample.start.begin(), sample.start.end()},
            .slope = std::vector<double>(n),
            .own = std::vector<double>(n),
            .off = std::vector<double>(spins_.size()),
            .moves = std::vector<char>(n)};
    for (std::size_t i = 0; i < n; ++i) p.s[i] = std::clamp(p.s[i], low_[i], high_[i]);
    std::vector<double> move(n);
    for (int step = 0; step < newton_steps; ++step) {
        find_slopes(p);
        if (p.largest < tolerance) return p;
        if (!solve(p, p.slope, move)) return std::nullopt;
        for (std::size_t i = 0; i < n; ++i) p.s[i] = std::clamp(p.s[i] - move[i], low_[i], high_[i]);
    }
    return std::nullopt;
}

std::optional<std::vector<double>> TrueGradient::equilibrium(const Sample& sample) const {
    auto point = rest(sample);
    if (!point) return std::nullopt;
    return std::move(point->s);
}

void TrueGradient::add_mixed(const Point& p, std::span<const double> adjoint,
                             std::span<double> gradient) const {
    for (const auto& pair : inputs_)
        gradient[pair.number] -= energy_.from_input(p.inputs[pair.from], p.s[pair.to]).b * adjoint[pair.to];
    for (const auto& pair : spins_) {
        const auto e = energy_.between(p.s[pair.from], p.s[pair.to]);
        gradient[pair.number] -= e.a * adjoint[pair.from] + e.b * adjoint[pair.to];
    }
    for (const auto& block : net_.blocks) {
        if (block.link >= 0) continue;
        const auto l = static_cast<std::size_t>(block.layer);
        for (std::size_t j = 0; j < net_.layers[l].size; ++j) {
            const std::size_t i = net_.layers[l].offset + j;
            gradient[block.first + j / block.nodes_per_number] -=
                energy_.node(p.s[i], parameters_of(l, j))
                    .parameter[static_cast<std::size_t>(block.node_parameter)] *
                adjoint[i];
        }
    }
}

bool TrueGradient::add(const Sample& sample, const EnergyModel& model, const Cost& cost,
                       std::span<double> gradient) const {
    const auto point = rest(sample);
    if (!point) return false;
    const Point& p = *point;
    const auto& out = net_.output();
    std::vector<float> states(out.size), shown(out.size), force(out.size);
    for (std::size_t j = 0; j < out.size; ++j) states[j] = static_cast<float>(p.s[out.offset + j]);
    model.observe(states, shown);
    cost.force(shown, sample.label, force);
    std::vector<double> right(net_.state_columns, 0.0), adjoint(net_.state_columns);
    for (std::size_t j = 0; j < out.size; ++j)
        right[out.offset + j] = -static_cast<double>(force[j]) * energy_.slope_shown(p.s[out.offset + j]);
    if (!solve(p, right, adjoint)) return false;
    add_mixed(p, adjoint, gradient);
    return true;
}

std::optional<std::string> no_true_gradient(const Network& net, const Chosen<EnergyModel>& model) {
    if (make_pair_energy(model) == nullptr)
        return fmt::format("network.model = \"{}\" has no energy of pairs that is differentiated here",
                           model.name());
    for (const auto& link : net.links)
        if (link.coupling->pools()) return "max-pools are not differentiated here";
    return std::nullopt;
}

} // namespace isinglass
