// The EP estimate from the machine's read-outs against finite differences of the cost at the free
// equilibrium, which an independent solver finds in double precision.
#include "tests/physics/rig.hpp"

#include <catch2/catch.hpp>
#include <fmt/ranges.h>

#include <cmath>

using namespace isinglass;

namespace {

using Gradient = std::vector<double>; // in the order of the parameter vector

// ∂E/∂θ of one state by the energy model's local terms. None of these networks needs a feature map.
Gradient local_gradient(const EnergyModel& energy, const Network& net, const rig::Sample& sample,
                        std::span<const double> s) {
    Gradient g(net.parameters, 0.0);
    for (const auto& term : energy.local_terms()) {
        REQUIRE(!term.pre);
        REQUIRE(!term.post);
        for (const auto& block : net.blocks) {
            const auto post = s.subspan(net.first_node(static_cast<std::size_t>(block.layer)));
            const int from = block.link < 0 ? input_layer : net.links[block.link].from;
            for (std::size_t i = 0; i < block.rows; ++i)
                for (std::size_t j = 0; j < block.columns; ++j) {
                    const double pre = block.link < 0 ? (term.on_bias ? 1.0 : 0.0)
                                       : from == input_layer
                                           ? static_cast<double>(sample.inputs[i])
                                           : s[net.first_node(static_cast<std::size_t>(from)) + i];
                    g[block.first + i * block.columns + j] += term.coefficient * pre * post[j];
                }
        }
    }
    return g;
}

struct Case {
    std::shared_ptr<const Network> net;
    std::vector<float> values;
    rig::Sample sample;
    std::vector<double> inputs, targets;
};

// dC/dθ at the free equilibrium by central differences.
Gradient exact_gradient(const Case& c) {
    constexpr double step = 1e-5;
    auto plain = rig::reference_net(*c.net, c.values);
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

// The first network, by seed, of which every spin stays further than `margin` from its bounds in the free
// state and under a nudge of ±beta: in between, no spin changes regime and the cost is smooth in all
// parameters. The cost is not small, so that there is a gradient to find.
Case away_from_kinks(const std::vector<std::size_t>& sizes, double beta, double margin) {
    for (std::uint64_t seed = 1;; ++seed) {
        Case c{rig::chain(sizes), {}, {rig::random_levels(sizes.front(), seed), {}}, {}, {}};
        c.values = rig::random_values(*c.net, 0.7, 0.3, seed);
        for (const auto& block : c.net->blocks)
            if (block.link < 0)
                for (std::size_t j = block.first; j < block.first + block.count(); ++j) c.values[j] += 0.3F;
        c.sample.targets.assign(sizes.back(), 0.2F);
        c.sample.targets[seed % sizes.back()] = 0.8F;
        c.inputs.assign(c.sample.inputs.begin(), c.sample.inputs.end());
        c.targets.assign(c.sample.targets.begin(), c.sample.targets.end());

        const auto plain = rig::reference_net(*c.net, c.values);
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

enum class Estimator { centred, one_sided };

Gradient estimate(const Case& c, const std::string& kind, double beta, Estimator estimator) {
    const auto model = make_chip_model(rig::ideal_machine(kind), c.net, "hopfield", 1);
    const auto run =
        rig::run_ep(*model, c.values, c.sample, {.beta = beta, .free_rc = 150.0, .nudged_rc = 150.0});
    const bool centred = estimator == Estimator::centred;
    Gradient g = local_gradient(*model->energy, *c.net, c.sample, run.plus);
    const Gradient base = local_gradient(*model->energy, *c.net, c.sample, centred ? run.minus : run.free);
    for (std::size_t i = 0; i < g.size(); ++i) g[i] = (g[i] - base[i]) / (centred ? 2.0 * beta : beta);
    return g;
}

double dot(const Gradient& a, const Gradient& b) {
    double sum = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
}

double cosine(const Gradient& a, const Gradient& b) {
    return dot(a, b) / std::sqrt(dot(a, a) * dot(b, b));
}

double error(const Gradient& a, const Gradient& b) {
    Gradient d(a);
    for (std::size_t i = 0; i < d.size(); ++i) d[i] -= b[i];
    return std::sqrt(dot(d, d) / dot(b, b));
}

const std::vector<std::vector<std::size_t>> networks{{6, 5, 3}, {8, 6, 4, 3}, {7, 5, 5, 4, 2}};
const std::vector<std::string> kinds{"dissipative", "conjugate"};

std::string name(const std::vector<std::size_t>& sizes) {
    return fmt::format("{}", fmt::join(sizes, "-"));
}

} // namespace

TEST_CASE("the centred EP estimate is the gradient of the cost", "[physics]") {
    for (const auto& sizes : networks) {
        const Case c = away_from_kinks(sizes, 0.2, 0.05);
        const Gradient exact = exact_gradient(c);
        for (const auto& kind : kinds) {
            const Gradient small = estimate(c, kind, 1e-3, Estimator::centred);
            const Gradient trained = estimate(c, kind, 0.5, Estimator::centred);
            fmt::print("EP gradient {} {}: cosine {:.6f} and norm ratio {:.4f} at beta 0.001, {:.6f} and "
                       "{:.4f} at 0.5\n",
                       name(sizes), kind, cosine(small, exact),
                       std::sqrt(dot(small, small) / dot(exact, exact)), cosine(trained, exact),
                       std::sqrt(dot(trained, trained) / dot(exact, exact)));
            INFO(name(sizes) << " " << kind);
            CHECK(cosine(small, exact) > 0.9999);
            CHECK(error(small, exact) < 0.005);
            CHECK(cosine(trained, exact) > 0.9);
        }
    }
}

TEST_CASE("the error of the EP estimate falls with beta one-sided and with its square centred", "[physics]") {
    for (const auto& sizes : networks) {
        const Case c = away_from_kinks(sizes, 0.2, 0.05);
        const Gradient exact = exact_gradient(c);
        for (const auto& kind : kinds) {
            INFO(name(sizes) << " " << kind);
            auto falls = [&](Estimator estimator) {
                return error(estimate(c, kind, 0.1, estimator), exact) /
                       error(estimate(c, kind, 0.05, estimator), exact);
            };
            CHECK(falls(Estimator::one_sided) == Approx(2.0).epsilon(0.1));
            CHECK(falls(Estimator::centred) == Approx(4.0).epsilon(0.1));
        }
    }
}
