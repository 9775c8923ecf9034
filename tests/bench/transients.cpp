#include "tests/bench/physics.hpp"
#include "tests/physics/transient_error.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace isinglass {

namespace {

struct Row {
    std::string dynamics;
    double step;
    std::optional<reference::Pair> pair;
};

std::vector<Row> rows() {
    std::vector<Row> all{{"dissipative", 0.25, {}}, {"dissipative", 0.125, {}}};
    for (const double friction : {0.3, 0.5, 1.0, 2.0, 4.0, 10.0})
        all.push_back({"conjugate", 0.25, reference::Pair{.friction = friction}});
    all.push_back({"conjugate", 0.125, reference::Pair{.friction = 0.3}});
    all.push_back({"conjugate", 0.25, reference::Pair{.pump_start = 0.0}});
    return all;
}

std::string parameters(const Row& row) {
    if (!row.pair) return fmt::format("step {} RC", row.step);
    return fmt::format("step {} RC, friction {}{}", row.step, row.pair->friction,
                       row.pair->pump_start < 1.0 ? ", pump ramp" : "");
}

} // namespace

void bench_transients(const BenchCase& bench, double beta) {
    fmt::print("\nDeviation of voltages from the reference, {}: % of full scale, {} samples, beta {}\n",
               bench.name, bench.inputs.size(), beta);
    fmt::print("{:12} {:36} {:>9} {:>9} {:>9} {:>16}\n", "dynamics", "", "free", "+beta", "-beta",
               "median of worst");
    const std::shared_ptr<const Network> net(std::shared_ptr<const Network>{}, &bench.net); // not owned
    for (const Row& row : rows()) {
        rig::Settings settings = row.pair ? rig::settings_of(*row.pair) : rig::Settings{};
        settings["step"] = row.step;
        const auto model =
            make_chip_model(rig::ideal_machine(row.dynamics, settings), net, make_hopfield(), 1);
        rig::TransientError largest{};
        std::vector<double> worst;
        for (std::size_t i = 0; i < bench.inputs.size(); ++i) {
            rig::Sample sample{bench.inputs[i], std::vector<float>(net->output().size, 0.0F)};
            sample.targets[static_cast<std::size_t>(bench.labels[i])] = 1.0F;
            const auto error = rig::transient_error(*model, bench.values, sample, {.beta = beta}, row.pair);
            for (std::size_t k = 0; k < error.size(); ++k) largest[k] = std::max(largest[k], error[k]);
            worst.push_back(rig::worst(error));
        }
        std::ranges::nth_element(worst, worst.begin() + static_cast<std::ptrdiff_t>(worst.size() / 2));
        fmt::print("{:12} {:36} {:9.3f} {:9.3f} {:9.3f} {:16.3f}\n", row.dynamics, parameters(row),
                   100.0 * largest[0], 100.0 * largest[1], 100.0 * largest[2],
                   100.0 * worst[worst.size() / 2]);
    }
}

} // namespace isinglass
