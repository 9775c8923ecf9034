// Transients of arrays against ngspice on their exported netlists: both sides follow the circuit's constants.
#include "sim/study/spice_netlist.hpp"
#include "tests/physics/rig.hpp"
#include "tests/traces/temporary_folder.hpp"

#include <catch2/catch.hpp>
#include <fmt/core.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

using namespace isinglass;
using namespace isinglass::rig;

namespace {

struct Rows {
    std::vector<double> time_s;
    std::vector<std::vector<double>> volts;
    // Between rows linearly.
    [[nodiscard]] double at(double t, std::size_t node) const {
        const auto next = std::ranges::upper_bound(time_s, t) - time_s.begin();
        if (next == 0) return volts.front()[node];
        if (next == std::ssize(time_s)) return volts.back()[node];
        const auto i = static_cast<std::size_t>(next);
        return std::lerp(volts[i - 1][node], volts[i][node],
                         (t - time_s[i - 1]) / (time_s[i] - time_s[i - 1]));
    }
};

std::optional<Rows> simulated(const std::string& netlist, std::size_t nodes) {
    const test::TemporaryFolder folder;
    std::ofstream(folder.path() / "array.cir") << netlist;
    const auto command = fmt::format("cd '{}' && ngspice -b array.cir >log 2>&1", folder.path().string());
    const int status = std::system(command.c_str()); // NOLINT(cert-env33-c)
    if (WEXITSTATUS(status) == 127) {
        std::cout << "skipped: ngspice is not installed\n";
        return {};
    }
    std::ifstream in(folder.path() / "volts");
    std::string line;
    std::getline(in, line); // names
    Rows rows;
    while (std::getline(in, line)) {
        std::istringstream words(line);
        double x = 0.0;
        words >> x;
        rows.time_s.push_back(x);
        auto& row = rows.volts.emplace_back();
        while (words >> x) row.push_back(x);
        REQUIRE(row.size() == nodes);
    }
    REQUIRE(rows.time_s.size() > 100);
    return rows;
}

struct Deviation {
    double anywhere = 0.0, settled = 0.0; // of full scale
};

// The default integrator's steps of the free and the +β phase against ngspice.
std::optional<Deviation> deviation(const MachineSpec& machine, const std::shared_ptr<const Network>& net,
                                   const std::shared_ptr<EnergyModel>& energy,
                                   const std::vector<float>& values, const Sample& sample,
                                   double full_scale_v) {
    const EpTimes times{.beta = 0.5, .free_rc = 20.0, .nudged_rc = 20.0};
    const auto model = make_chip_model(machine, net, energy, 1);
    const auto run = run_ep(*model, values, sample, times);
    const double rc_s = machine.circuit->time_constant_s;
    const auto rows = simulated(spice_netlist(machine, *net, *energy,
                                              {.values = values,
                                               .inputs = sample.inputs,
                                               .targets = sample.targets,
                                               .beta = times.beta,
                                               .free_s = times.free_rc * rc_s,
                                               .nudged_s = times.nudged_rc * rc_s},
                                              "volts"),
                                net->spins());
    if (!rows) return {};
    Deviation result;
    for (const auto& step : run.tape) {
        if (step.op != free_op && step.op != plus_op) continue;
        const double start_rc = step.op == free_op ? 0.0 : times.free_rc;
        const auto states = spins(*net, step.state);
        for (std::size_t i = 0; i < states.size(); ++i) {
            const double v = rows->at((start_rc + step.time_rc) * rc_s, i);
            const double off = std::abs(states[i] * machine.circuit->volts_per_unit - v) / full_scale_v;
            result.anywhere = std::max(result.anywhere, off);
            if (step.time_rc > 19.9) result.settled = std::max(result.settled, off);
        }
    }
    return result;
}

} // namespace

TEST_CASE("Hopfield arrays of 8 to 32 spins follow ngspice on their netlists, free and nudged", "[physics]") {
    const std::vector<std::vector<std::size_t>> shapes{{6, 6, 2}, {10, 12, 4}, {16, 16, 12, 4}};
    std::uint64_t seed = 1;
    for (const auto& shape : shapes) {
        const std::shared_ptr<EnergyModel> energy = make_hopfield();
        const auto net = chain(shape);
        auto machine = ideal_machine("dissipative");
        const double farads = seed == 2 ? 1e-12 : 0.3e-12; // other constants, other netlist, same agreement
        test::set(*machine.circuit.part(), {{"node_capacitance", farads}});
        const Sample sample{.inputs = random_levels(net->inputs, seed),
                            .targets = random_levels(net->output().size, seed + 50)};
        const auto off = deviation(machine, net, energy, random_values(*net, 1.0, 0.3, seed), sample,
                                   machine.circuit->volts_per_unit);
        if (!off) return;
        INFO(net->spins() << " spins: " << off->anywhere << " anywhere, " << off->settled << " settled");
        CHECK(off->anywhere < 0.01);
        CHECK(off->settled < 0.001);
        ++seed;
    }
}

TEST_CASE("Resistive arrays with diodes follow ngspice on their netlists, free and nudged", "[physics]") {
    for (const std::uint64_t seed : {1, 2}) {
        const std::shared_ptr<EnergyModel> energy = make_resistive();
        test::set(*energy, {{"input_gain", 4.0}});
        constexpr float wide = 8.0F;
        const std::size_t hidden = seed == 1 ? 8 : 24;
        const auto net = std::make_shared<const Network>(make_network(
            6,
            {{.name = "hidden", .size = hidden, .low = -wide, .high = wide, .domain = Domain::diodes},
             {.name = "output", .size = 4, .low = -wide, .high = wide}},
            {{.from = input_layer, .to = 0}, {.from = 0, .to = 1}}, energy->needs()));
        auto values = random_values(*net, 1.0, 0.3, seed);
        for (std::size_t b = 0; b < net->blocks.size(); ++b) {
            const auto& block = net->blocks[b];
            energy->confine(*net, b, std::span(values).subspan(block.first, block.count()));
        }
        auto machine = test::with_circuit_of(*energy, ideal_machine("dissipative"));
        test::set(*machine.circuit.part(), {{"volts_per_unit", 0.1}}); // diodes drop 50 uV, a small part
        const Sample sample{.inputs = random_levels(6, seed), .targets = random_levels(4, seed + 50)};
        const auto off = deviation(machine, net, energy, values, sample, 0.1 * 4.0);
        if (!off) return;
        INFO(net->spins() << " spins: " << off->anywhere << " anywhere, " << off->settled << " settled");
        CHECK(off->anywhere < 0.01);
        CHECK(off->settled < 0.001);
    }
}
