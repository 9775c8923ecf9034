// Cycles of a step on the preset of a published FPGA, beside its throughput.
#include "hw_models/couplings/coupling.hpp"
#include "sim/run/experiment.hpp"
#include "sim/run/table.hpp"
#include "tests/bench/benches.hpp"

#include <fmt/core.h>

#include <cmath>
#include <iostream>
#include <vector>

namespace isinglass::bench {

namespace {

// Tatsumura, Dixon, Goto, FPL 2019: GMAC/s of the products of a step, N² of them.
struct Published {
    std::size_t spins;
    double gmac_per_s;
};
constexpr Published published[] = {{2048, 1873.0}, {4096, 2027.0}};

double cycles_a_step(const MachineSpec& machine, std::size_t spins) {
    const auto model = make_bifurcation();
    const auto state = model->activations().front();
    const auto net =
        make_network(1, {{.name = "spins", .size = spins, .low = state.low, .high = state.high}},
                     {{.from = 0, .to = 0, .kind = make_coupling_kind("all-to-all")}}, model->needs());
    return std::round(relax_step_s(machine, net, *model) * machine.clock_hz);
}

int run() {
    Table table(
        {"machine", "spins", "cycles a step", "of them multiplying", "time a step", "GMAC/s", "published"});
    for (const char* sets : {"", "machine.array.pipeline=4"}) {
        const std::vector<std::string> settings(*sets == '\0' ? 0 : 1, sets);
        const auto machine =
            parse_experiment("machine = \"bifurcation-fpga-2048\"\n", "bench", settings).machine;
        for (const auto& [spins, gmac_per_s] : published) {
            const double cycles = cycles_a_step(machine, spins);
            const double time_s = cycles / machine.clock_hz;
            const auto n = static_cast<double>(spins);
            table.row({*sets == '\0' ? "bifurcation-fpga-2048" : "with a pipeline of 4 cycles",
                       std::to_string(spins), fmt::format("{:.0f}", cycles),
                       fmt::format("{:.0f}", n * n / 8192.0), format_si(time_s, "s"),
                       fmt::format("{:.0f}", n * n / time_s * 1e-9), fmt::format("{:.0f}", gmac_per_s)});
        }
    }
    std::cout << table.text();
    return exit_done;
}

} // namespace

Subcommand fpga_bench() {
    return {.name = "fpga",
            .summary = "cycles a step of the FPGA bifurcation preset beside the published throughput",
            .example = "bench fpga",
            .arguments = {},
            .options = {},
            .run = run};
}

} // namespace isinglass::bench
