// Published machines beside presets of them: times and powers of jobs, and figures that others report.
#include "hw_models/energy/pricing.hpp"
#include "sim/run/experiment.hpp"
#include "sim/run/table.hpp"
#include "tests/bench/benches.hpp"
#include "tests/chip/machine_jobs.hpp"

#include <fmt/core.h>

#include <iostream>

namespace isinglass::bench {

namespace {

using namespace test;

// DS-ISA, ISCA 2026 (hardware notes of this project, primary): power and area of controller and interface.
struct PublishedShape {
    DsIsaShape shape;
    double power_w, area_mm2;
};
constexpr PublishedShape published_shapes[] = {{{8, 8}, 0.3756, 15.42},
                                               {{16, 16}, 3.097, 37.46},
                                               {{32, 8}, 2.714, 28.16},
                                               {{32, 16}, 3.254, 37.64},
                                               {{32, 32}, 4.642, 79.58}};
constexpr double converter_pair_mm2 = 0.27 + 0.72;
constexpr double logic_w_per_mm2 = 200e3 * 10e-15 * 1.2 * 1.2 * 0.15 * 200e6; // as in the component table

// Logic by the area that converters leave, converters at full rate, and what loading couplings all the time
// takes.
double modelled_power_w(const PublishedShape& p, const ComponentLibrary& table, const MachineSpec& machine) {
    const auto pairs = static_cast<double>(p.shape.per_group);
    const auto joules = [&](const char* action) { return table.find(action)->energy_j; };
    const double converters = pairs * (joules("dac.convert") * machine.dac_bank.rate_hz +
                                       joules("adc.convert") * machine.adc_bank.rate_hz);
    const double loading =
        machine.link.bytes_per_s * (joules("coupling.write") + joules("dma.byte") + 8.0 * joules("link.bit"));
    return logic_w_per_mm2 * (p.area_mm2 - pairs * converter_pair_mm2) + converters + loading;
}

void print_shapes() {
    const auto machine = ds_isa({32, 32});
    const auto table = load_components(machine);
    Table rows({"DS-ISA controller and interface", "published", "here", "ratio"});
    for (const auto& p : published_shapes) {
        const double here = modelled_power_w(p, table, machine);
        rows.row({fmt::format("{} groups of {}", p.shape.groups, p.shape.per_group),
                  format_si(p.power_w, "W"), format_si(here, "W"), fmt::format("{:.2f}", here / p.power_w)});
    }
    std::cout << rows.text() << '\n';
}

std::vector<DsIsaCase> ds_isa_cases() {
    std::vector<DsIsaCase> cases;
    for (const DsIsaShape shape : {DsIsaShape{8, 8}, {16, 8}, {16, 16}, {32, 16}, {32, 32}})
        cases.push_back({shape, DsIsaJob::training, 100});
    for (const std::size_t tasks : {1, 4, 16, 64}) cases.push_back({{32, 32}, DsIsaJob::inference, tasks});
    cases.push_back({{32, 32}, DsIsaJob::optimisation, 100});
    return cases;
}

void print_ds_isa_jobs(std::span<const DsIsaCase> cases, std::span<const JobFigures> jobs) {
    Table rows({"DS-ISA jobs on the sequencer", "nodes", "time", "loading couplings",
                "controller + interface", "core, evolving"});
    std::vector<double> nodes, times;
    for (std::size_t i = 0; i < cases.size(); ++i) {
        const auto& c = cases[i];
        const auto groups = price(jobs[i].counts, load_components(ds_isa(c.shape))).by_group_j;
        const double time = jobs[i].time_s;
        const char* name = c.job == DsIsaJob::training    ? "training, {} steps"
                           : c.job == DsIsaJob::inference ? "inference, {} tasks"
                                                          : "optimisation, {} steps";
        const double around =
            groups.at("controller") + groups.at("converters") + groups.at("memory") + groups.at("link");
        rows.row({fmt::format(fmt::runtime(name), c.times), std::to_string(c.shape.nodes()),
                  format_si(time, "s"),
                  fmt::format("{:.0f} %", 100.0 * jobs[i].time_s_of(Phase::program) / time),
                  format_si(around / time, "W"), format_si(ds_isa_core_w(c.shape), "W")});
        if (c.job != DsIsaJob::training) continue;
        nodes.push_back(static_cast<double>(c.shape.nodes()));
        times.push_back(time);
    }
    std::cout << rows.text()
              << fmt::format("\nTime of training goes with the nodes to the power {:.2f}.\n\n",
                             exponent(nodes, times));
}

constexpr std::size_t reads[] = {1, 10, 100, 1000};

void print_dwave(std::span<const JobFigures> jobs) {
    Table rows({"D-Wave timing, reads", "published", "here", "gap"});
    for (std::size_t i = 0; i < std::size(reads); ++i) {
        const double published = 15.9e-3 + static_cast<double>(reads[i]) * (20e-6 + 39.76e-6 + 21.02e-6);
        rows.row({std::to_string(reads[i]), format_si(published, "s"), format_si(jobs[i].time_s, "s"),
                  format_si(jobs[i].time_s - published, "s")});
    }
    std::cout << rows.text() << '\n';
}

// Figures of others (hardware notes of this project; marks as there), and this project's default machine's
// core.
void print_others() {
    struct Other {
        const char *name, *node, *mark;
        double nodes, power_w, area_mm2; // area 0: not known
    };
    constexpr Other others[] = {
        {"BRIM, all to all", "45 nm", "second source", 2000, 0.25, 5.0},
        {"DS-GL", "45 nm", "second source", 8000, 0.55, 6.5},
        {"DS-TPU", "45 nm", "second source", 2000, 5.7, 34.1},
        {"DS-TIDE", "45 nm", "second source", 4608, 1.5, 12.7},
        {"ring oscillators, King's graph", "65 nm", "primary", 1968, 0.042, 0.0},
        {"DS-ISA 32 x 32 without its array", "130 nm", "primary", 1024, 4.642, 79.58}};
    Table rows({"machine", "node", "mark", "nodes", "power", "a node", "area"});
    for (const auto& o : others)
        rows.row({o.name, o.node, o.mark, fmt::format("{:.0f}", o.nodes), format_si(o.power_w, "W"),
                  format_si(o.power_w / o.nodes, "W"),
                  o.area_mm2 > 0.0 ? fmt::format("{} mm2", o.area_mm2) : "-"});
    const auto machine = load_machine("epc1-28nm", {});
    const auto net = chain({784, 512, 10});
    const auto values = random_floats(net->parameters, 1, -0.1F, 0.1F);
    std::vector<double> magnitudes;
    for (const auto& block : net->blocks) {
        double sum = 0.0;
        for (std::size_t i = 0; i < block.count(); ++i)
            sum += std::abs(static_cast<double>(values[block.first + i]));
        magnitudes.push_back(sum);
    }
    const auto table = load_components(machine);
    double power = 0.0;
    for (const auto& flow : machine.circuit->flows({*net, magnitudes, 1}))
        power += flow.per_s * table.find(flow.action)->energy_j;
    rows.row({"epc1-28nm, core, 784-512-10, mean |W| 0.05", "28 nm", "this project", "522",
              format_si(power, "W"), format_si(power / 522.0, "W"), "-"});
    std::cout << rows.text();
}

int run() {
    const auto cases = ds_isa_cases();
    MachineJobs all;
    for (const auto& c : cases) all.add(c);
    for (const auto n : reads) all.add_dwave(64, n);
    const auto jobs = all.run();
    print_shapes();
    print_ds_isa_jobs(cases, std::span(jobs).first(cases.size()));
    print_dwave(std::span(jobs).subspan(cases.size()));
    print_others();
    return exit_done;
}

} // namespace

Subcommand machines_bench() {
    return {.name = "machines",
            .summary =
                "published machines: times and powers of their jobs on presets, and a table beside others",
            .example = "bench machines",
            .arguments = {},
            .options = {},
            .run = run};
}

} // namespace isinglass::bench
