#include "tests/physics/ep_gradient.hpp"

#include <cmath>
#include <stdexcept>

namespace isinglass::rig {

namespace {

// ∂E/∂θ of one state by the energy model's local terms. None of these networks needs a feature map.
Gradient local_gradient(const EnergyModel& energy, const Network& net, const Sample& sample,
                        std::span<const double> s) {
    Gradient g(net.parameters, 0.0);
    for (const auto& term : energy.local_terms()) {
        if (term.pre || term.post) throw std::logic_error("a feature map, which this does not apply");
        for (const auto& block : net.blocks) {
            if (block.link < 0) continue;
            const auto post = s.subspan(net.first_node(static_cast<std::size_t>(block.layer)));
            const int from = net.links[block.link].from;
            for (std::size_t i = 0; i < block.rows; ++i)
                for (std::size_t j = 0; j < block.columns; ++j) {
                    const double pre = from == input_layer
                                           ? static_cast<double>(sample.inputs[i])
                                           : s[net.first_node(static_cast<std::size_t>(from)) + i];
                    g[block.first + i * block.columns + j] += term.coefficient * pre * post[j];
                }
        }
    }
    for (const auto& block : net.blocks)
        if (block.link < 0)
            for (std::size_t j = 0; j < block.columns; ++j)
                g[block.first + j] -= s[net.first_node(static_cast<std::size_t>(block.layer)) + j];
    return g;
}

double dot(const Gradient& a, const Gradient& b) {
    double sum = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
}

} // namespace

Gradient exact_gradient(const GradientCase& c) {
    constexpr double step = 1e-5;
    auto plain = reference_net(*c.net, c.values);
    auto cost = [&] {
        const reference::Problem problem(plain, c.inputs);
        return problem.cost(reference::equilibrium(problem, std::vector<double>(problem.spins(), 0.5)),
                            c.targets);
    };
    Gradient g;
    auto differentiate = [&](double& parameter) {
        const double middle = parameter;
        parameter = middle + step;
        const double above = cost();
        parameter = middle - step;
        g.push_back((above - cost()) / (2.0 * step));
        parameter = middle;
    };
    // In the order of the parameter vector: a layer's couplings, then its biases.
    for (std::size_t l = 0; l < plain.weights.size(); ++l) {
        for (double& w : plain.weights[l]) differentiate(w);
        for (double& b : plain.biases[l]) differentiate(b);
    }
    return g;
}

GradientCase away_from_kinks(const std::vector<std::size_t>& sizes, double beta, double margin) {
    for (std::uint64_t seed = 1;; ++seed) {
        GradientCase c{chain(sizes), {}, {random_levels(sizes.front(), seed), {}}, {}, {}};
        c.values = random_values(*c.net, 0.7, 0.3, seed);
        for (const auto& block : c.net->blocks)
            if (block.link < 0)
                for (std::size_t j = block.first; j < block.first + block.count(); ++j) c.values[j] += 0.3F;
        c.sample.targets.assign(sizes.back(), 0.2F);
        c.sample.targets[seed % sizes.back()] = 0.8F;
        c.inputs.assign(c.sample.inputs.begin(), c.sample.inputs.end());
        c.targets.assign(c.sample.targets.begin(), c.sample.targets.end());

        const auto plain = reference_net(*c.net, c.values);
        reference::Problem problem(plain, c.inputs);
        bool fits = true;
        for (const double b : {0.0, beta, -beta}) {
            problem.nudge(b, c.targets);
            const auto rest = reference::equilibrium(problem, std::vector<double>(problem.spins(), 0.5));
            fits = fits && problem.cost(rest, c.targets) > 0.05;
            for (const double s : rest) fits = fits && s > margin && s < 1.0 - margin;
        }
        if (fits) return c;
    }
}

Gradient ep_estimate(const GradientCase& c, const std::string& dynamics, double beta, Estimator estimator) {
    const auto model = make_chip_model(ideal_machine(dynamics), c.net, make_hopfield(), 1);
    const auto run = run_ep(*model, c.values, c.sample, {.beta = beta, .free_rc = 150.0, .nudged_rc = 150.0});
    const bool centred = estimator == Estimator::centred;
    Gradient g = local_gradient(*model->energy, *c.net, c.sample, run.plus);
    const Gradient base = local_gradient(*model->energy, *c.net, c.sample, centred ? run.minus : run.free);
    for (std::size_t i = 0; i < g.size(); ++i) g[i] = (g[i] - base[i]) / (centred ? 2.0 * beta : beta);
    return g;
}

double norm(const Gradient& g) {
    return std::sqrt(dot(g, g));
}

double cosine(const Gradient& a, const Gradient& b) {
    return dot(a, b) / (norm(a) * norm(b));
}

double relative_error(const Gradient& a, const Gradient& b) {
    Gradient d(a);
    for (std::size_t i = 0; i < d.size(); ++i) d[i] -= b[i];
    return norm(d) / norm(b);
}

const std::vector<std::vector<std::size_t>>& gradient_networks() {
    static const std::vector<std::vector<std::size_t>> networks{{6, 5, 3}, {8, 6, 4, 3}, {7, 5, 5, 4, 2}};
    return networks;
}

} // namespace isinglass::rig
