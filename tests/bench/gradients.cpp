#include "sim/run/table.hpp"
#include "tests/bench/benches.hpp"
#include "tests/physics/ep_gradient.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iostream>

namespace isinglass::bench {

namespace {

int run() {
    Table table({"EP gradient against finite differences", "dynamics", "cosine at beta 0.001", "norm ratio",
                 "cosine at beta 0.5", "norm ratio"});
    for (const auto& sizes : rig::gradient_networks()) {
        const auto c = rig::away_from_kinks(sizes, 0.2, 0.05);
        const auto exact = rig::exact_gradient(c);
        for (const std::string dynamics : {"dissipative", "conjugate"}) {
            std::vector<std::string> row{fmt::format("{}", fmt::join(sizes, "-")), dynamics};
            for (const double beta : {1e-3, 0.5}) {
                const auto estimate = rig::ep_estimate(c, dynamics, beta, rig::Estimator::centred);
                row.push_back(fmt::format("{:.6f}", rig::cosine(estimate, exact)));
                row.push_back(fmt::format("{:.4f}", rig::norm(estimate) / rig::norm(exact)));
            }
            table.row(row);
        }
    }
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
