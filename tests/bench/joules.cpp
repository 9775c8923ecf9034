// Joules and simulated seconds until MNIST is learnt to a given error, on machines of several kinds.
#include "sim/estimate/report.hpp"
#include "sim/run/table.hpp"
#include "tests/bench/benches.hpp"
#include "tests/bench/program.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <memory>

namespace isinglass::bench {

namespace {

struct Options {
    std::string data;
    std::int64_t most_epochs = 8;
    std::int64_t seeds = 1;
    std::vector<std::string> sets;
    std::vector<std::string> only;
    std::string out = "runs/bench/joules";
};

// Presets of one network, 784-512-10, and of one training. The analog ones are iterated towards equilibrium
// ("-fast"): commands, and so time and counts, are those of the circuit's phases.
struct Case {
    const char* name;
    const char* preset;
    const char* settings;
};
constexpr Case cases[] = {
    {"dissipative analog", "mnist", " --set machine.array.dynamics=dissipative-fast"},
    {"conjugate analog, two nodes a spin", "mnist-conjugate", ""},
    {"even/odd digital", "mnist-digital", ""},
    {"measured and fed back", "mnist-feedback", ""},
};

constexpr double wanted_errors[] = {0.03, 0.025, 0.02};
constexpr double same_error = 1e-9;        // of shares of 10000, that only rounding parts
constexpr std::size_t last_images = 10000; // for validation; what is left is trained on
constexpr std::size_t trained_images = 50000;

// A training of so many epochs, its rate falling to nothing over them.
struct Run {
    std::int64_t epochs = 0;
    double error = 1.0; // of the validation images after the last epoch
    double time_s = 0.0;
    EnergyReport energy;
};

Run run_of(const Options& o, const Case& c, std::int64_t epochs, std::int64_t seed) {
    const auto folder = fmt::format("{}/{}-{}-{}", o.out, c.preset, seed, epochs);
    std::string settings = c.settings;
    for (const auto& set : o.sets) settings += " --set " + set;
    const auto summary =
        train(fmt::format("{} --data {} --set data.validation={} --set data.test_per_class=1 --set "
                          "training.epochs={} --set run.seed={}{}",
                          c.preset, o.data, last_images, epochs, seed, settings),
              folder);
    const auto experiment = load_experiment(folder + "/config.toml", {});
    Run run{.epochs = epochs,
            .error = 1.0 - epochs_of(folder).back().validation,
            .time_s = summary.simulated_time_s,
            .energy = price(counts_of(summary), load_components(experiment.machine))};
    std::cerr << fmt::format("{}, seed {}, {} epochs: {:.2f} %\n", c.preset, seed, epochs, 100.0 * run.error);
    return run;
}

// 1, 2, 3, … epochs, up to the first run that reaches the least of the errors.
std::vector<Run> runs_of(const Options& o, const Case& c, std::int64_t seed) {
    std::vector<Run> runs;
    for (std::int64_t epochs = 1; epochs <= o.most_epochs; ++epochs) {
        runs.push_back(run_of(o, c, epochs, seed));
        if (runs.back().error <= std::ranges::min(wanted_errors) + same_error) break;
    }
    return runs;
}

std::vector<std::string> header() {
    std::vector<std::string> names{"784-512-10 on", "validation error", "epochs", "time", "energy"};
    names.insert(names.end(), component_groups().begin(), component_groups().end());
    return names;
}

std::vector<std::string> row_of(const std::string& name, const Run& run) {
    std::vector<std::string> row{name, fmt::format("{:.2f} %", 100.0 * run.error), std::to_string(run.epochs),
                                 format_si(run.time_s, "s"), format_si(run.energy.total_j, "J")};
    for (const auto& group : component_groups())
        row.push_back(format_si(run.energy.by_group_j.at(group), "J"));
    return row;
}

std::vector<std::string> short_row(const std::string& name, const std::vector<std::string>& cells) {
    std::vector<std::string> row(header().size(), "-");
    row.front() = name;
    std::ranges::copy(cells, row.begin() + 1);
    return row;
}

double flops_of(const Case& c, std::int64_t epochs) {
    const auto e = load_experiment(c.preset, {});
    const auto samples = static_cast<double>(trained_images) * static_cast<double>(epochs);
    return backpropagation_flops(network_work(e.network, e.machine), samples);
}

int run(const Options& o) {
    check_only(o.only, cases, &Case::preset, "joules");
    using Key = std::pair<const Case*, std::int64_t>;
    std::vector<std::pair<Key, std::vector<Run>>> all;
    for (const auto& c : cases)
        if (wanted(o.only, c.preset))
            for (std::int64_t seed = 1; seed <= o.seeds; ++seed)
                all.push_back({{&c, seed}, runs_of(o, c, seed)});
    const GpuModel gpu;
    Table table(header());
    for (const double wanted : wanted_errors) {
        const auto goal = fmt::format("to {:.1f} %: ", 100.0 * wanted);
        std::int64_t least = 0;
        for (const auto& [key, runs] : all) {
            const auto name =
                goal + key.first->name + (o.seeds > 1 ? fmt::format(", seed {}", key.second) : std::string());
            const auto reached =
                std::ranges::find_if(runs, [&](const Run& r) { return r.error <= wanted + same_error; });
            if (reached == runs.end()) {
                table.row(short_row(name, {fmt::format("not within {} epochs", o.most_epochs)}));
                continue;
            }
            table.row(row_of(name, *reached));
            least = least == 0 ? reached->epochs : std::min(least, reached->epochs);
        }
        if (least > 0) {
            const double flops = flops_of(cases[0], least);
            table.row(short_row(goal + "GPU, by the model below",
                                {"-", std::to_string(least), format_si(gpu.seconds(flops), "s"),
                                 format_si(gpu.joules(flops), "J")}));
        }
        if (wanted != std::ranges::min(wanted_errors)) table.rule();
    }
    std::cout
        << table.text()
        << fmt::format(
               "\nThe shortest run of 1, 2, 3, ... epochs over {} images, its rate falling to nothing, "
               "that reaches the error on the last {};\ntime and energy are those of training and of "
               "scoring these after every epoch. The test images are not used.\nGPU: "
               "backpropagation of as many images as the quickest of the machines above takes: {:.0f} W "
               "a board, {} FLOP/s at {:.0f} % use,\n2 flops a coupling forward and 4 backward, no "
               "host and no scoring. That it learns in as many epochs is assumed.\n",
               trained_images, last_images, gpu.board_w, format_si(gpu.peak_flops_per_s, ""),
               100.0 * gpu.utilisation);
    return exit_done;
}

} // namespace

Subcommand joules_bench() {
    auto o = std::make_shared<Options>();
    return {.name = "joules",
            .summary = "joules and simulated seconds to a validation error of MNIST, by kind of machine",
            .example = "bench joules --data DIR",
            .arguments = {},
            .options = {{"--data", "DIR", "where MNIST lies", &o->data, true},
                        {"--most-epochs", "N", "the longest run tried", &o->most_epochs},
                        {"--seeds", "N", "seeds 1 to N", &o->seeds},
                        {"--set", "KEY=VALUE", "override one key in every run", &o->sets},
                        {"--only", "PRESET", "run this preset only (may be given several times)", &o->only},
                        {"--out", "DIR", "folder of the runs", &o->out}},
            .run = [o] { return run(*o); }};
}

} // namespace isinglass::bench
