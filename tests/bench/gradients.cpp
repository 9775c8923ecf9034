#include "sim/run/table.hpp"
#include "tests/bench/benches.hpp"
#include "tests/physics/pooled_case.hpp"
#include "tests/physics/predictive_case.hpp"
#include "tests/physics/readout_case.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <iostream>
#include <utility>

namespace isinglass::bench {

namespace {

constexpr std::array<double, 2> nudges{1e-3, 0.5};

// Of one network under one dynamics: cosine and ratio of norms at each nudge.
template <class Estimate> // (β) → gradient and the exact one
void show(Table& table, const std::string& network, const std::string& dynamics, Estimate estimate) {
    std::vector<std::string> row{network, dynamics};
    for (const double beta : nudges) {
        const auto [ep, exact] = estimate(beta);
        row.push_back(fmt::format("{:.6f}", rig::cosine(ep, exact)));
        row.push_back(fmt::format("{:.4f}", rig::norm(ep) / rig::norm(exact)));
    }
    table.row(row);
}
using Pair = std::pair<rig::Gradient, rig::Gradient>;

rig::EpSetting at(double beta, bool frozen = false) {
    return {.times = {.beta = beta, .free_rc = 150.0, .nudged_rc = 150.0}, .frozen = frozen};
}

void dense(Table& table, const std::string& dynamics) {
    for (const auto& sizes : rig::gradient_networks()) {
        const auto c = rig::away_from_kinks(sizes, 0.2, 0.05);
        const auto exact = rig::exact_gradient(c);
        show(table, fmt::format("{}", fmt::join(sizes, "-")), dynamics, [&](double beta) {
            return Pair{rig::ep_estimate(c, dynamics, beta, rig::Estimator::centred), exact};
        });
    }
}

void pooled(Table& table, const std::string& dynamics) {
    const auto c = rig::pooled_case();
    const auto model = make_chip_model(rig::ideal_machine(dynamics), c.net, make_hopfield(), 1);
    show(table, "convolutions, pools, a skip connection", dynamics, [&](double beta) {
        const auto ep = rig::ep_on_machine(*model, c.values, c.sample, at(beta));
        return Pair{ep.gradient, rig::exact_side(c, ep.run.free).gradient};
    });
}

void softmax(Table& table, const std::string& dynamics) {
    const auto c = rig::readout_case();
    const auto model = make_chip_model(rig::ideal_machine(dynamics), c.net, make_hopfield(), 1);
    const auto free = rig::run_ep(*model, c.values, c.sample, at(nudges[0]).times).free;
    const std::vector<double> theta(c.values.begin(), c.values.end());
    const auto exact = rig::exact_gradient(c.oracle, theta, rig::minimum(c.oracle, theta, free));
    show(table, "convolutions before a softmax, frozen nudge", dynamics, [&](double beta) {
        return Pair{rig::ep_on_machine(*model, c.values, rig::nudged(c, free), at(beta, true)).gradient,
                    exact};
    });
}

void predictive(Table& table) {
    const auto c = rig::predictive_case();
    const std::string dynamics = "idealised-passes";
    const auto model = make_chip_model(rig::ideal_machine(dynamics), c.net, make_predictive(), 1);
    show(table, "predictive: convolutions, pools, a skip connection", dynamics, [&](double beta) {
        return Pair{rig::ep_on_machine(*model, c.values, c.sample, at(beta)).gradient, c.exact()};
    });
}

int run() {
    Table table({"EP gradient against finite differences", "dynamics", "cosine at beta 0.001", "norm ratio",
                 "cosine at beta 0.5", "norm ratio"});
    for (const std::string dynamics : {"dissipative", "conjugate"}) {
        dense(table, dynamics);
        pooled(table, dynamics);
        softmax(table, dynamics);
    }
    predictive(table);
    std::cout << table.text();
    return exit_done;
}

} // namespace

Subcommand gradients_bench() {
    return {.name = "gradients",
            .summary =
                "cosine of EP's gradient against finite differences, at a small and at the training beta",
            .example = "bench gradients",
            .run = run};
}

} // namespace isinglass::bench
