// Training by conjugate variables against the dissipative array at equal physical time and energy: the same
// network, data, seeds and EP rule, each dynamics at the best of as many trials, chosen on validation
// samples.
#include "hw_models/energy/limits.hpp"
#include "sim/run/experiment.hpp"
#include "sim/run/table.hpp"
#include "tests/bench/benches.hpp"
#include "tests/bench/program.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>

namespace isinglass::bench {

namespace {

struct Options {
    std::int64_t seeds = 2;
    std::int64_t epochs = 8;
    std::string out = "runs/bench/claims";
};

// What is tuned: a rate, and where there is one, the friction. Twenty trials each: the dissipative array has
// no friction, and takes twenty rates.
struct Setting {
    std::string dynamics;
    double rate;
    double friction;
    [[nodiscard]] std::string sets() const {
        return fmt::format("--set machine.array.dynamics={} --set training.rate={}", dynamics, rate) +
               (dynamics == "conjugate" ? fmt::format(" --set machine.array.friction={}", friction) : "");
    }
    [[nodiscard]] std::string text() const {
        return dynamics == "conjugate" ? fmt::format("rate {}, friction {}", rate, friction)
                                       : fmt::format("rate {}", rate);
    }
};

std::vector<Setting> trials(const std::string& dynamics) {
    std::vector<Setting> all;
    if (dynamics == "dissipative")
        for (const double rate : {0.03, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8,
                                  0.9,  1.0,  1.2, 1.4, 1.6, 1.8, 2.0, 2.5, 3.0, 4.0})
            all.push_back({dynamics, rate, 0.0});
    else
        for (const double rate : {0.05, 0.15, 0.4, 0.8, 1.4})
            for (const double friction : {0.25, 0.5, 1.0, 1.5}) all.push_back({dynamics, rate, friction});
    return all;
}

struct Run {
    std::vector<EpochFigures> epochs;
    RunSummary summary;
};

Run run_of(const Options& o, const Setting& setting, std::int64_t seed, const std::string& more) {
    const auto folder = fmt::format("{}/run", o.out);
    Run run{.epochs = {},
            .summary = train(
                fmt::format("glyphs --set data.train=5000 --set data.validation=1000 --set data.test=2000 "
                            "--set training.epochs={} --set run.seed={} {} {}",
                            o.epochs, seed, setting.sets(), more),
                folder)};
    run.epochs = epochs_of(folder);
    return run;
}

// A setting's runs, one a seed.
struct Tuned {
    Setting setting;
    std::vector<Run> runs;
    [[nodiscard]] double validation() const {
        double sum = 0.0;
        for (const auto& run : runs) sum += run.epochs.back().validation;
        return sum / static_cast<double>(runs.size());
    }
};

// The one of most validation accuracy, mean of all seeds.
Tuned best_of(const Options& o, const std::string& dynamics, const std::string& more) {
    std::optional<Tuned> best;
    for (const auto& setting : trials(dynamics)) {
        Tuned trial{setting, {}};
        for (std::int64_t seed = 1; seed <= o.seeds; ++seed)
            trial.runs.push_back(run_of(o, setting, seed, more));
        if (!best || trial.validation() > best->validation()) best = std::move(trial);
    }
    return std::move(best).value();
}

std::string phases(double free_rc) {
    return fmt::format("--set 'training.free=\"{} RC\"' --set 'training.nudged=\"{} RC\"'", free_rc,
                       free_rc / 3.0);
}

// Joules of the array alone: cells and nodes.
double array_j(const RunSummary& s) {
    double sum = 0.0;
    for (const auto& [component, joules] : s.energy_by_component_j)
        if (component == "coupling" || component == "node") sum += joules;
    return sum;
}

constexpr const char* both[] = {"dissipative", "conjugate"};

// Accuracy against the length of the phases; then what reaching a validation accuracy takes.
void show_time_and_energy(const Options& o) {
    constexpr double wanted = 0.93;
    Table table({"phases", "dynamics", "chosen", "test accuracy", "simulated", "energy", "of the array",
                 fmt::format("to {:.0f} % validation: time", 100.0 * wanted), "energy", "of the array"});
    for (const double free_rc : {3.0, 6.0, 12.0}) {
        if (free_rc > 3.0) table.rule();
        for (const std::string dynamics : both) {
            const auto best = best_of(o, dynamics, phases(free_rc));
            std::vector<double> accuracy, time_s, energy_j, of_array_j, when_s, when_j, when_array_j;
            for (const auto& run : best.runs) {
                accuracy.push_back(100.0 * run.summary.test_accuracy.value());
                time_s.push_back(run.summary.simulated_time_s);
                energy_j.push_back(run.summary.energy_j);
                of_array_j.push_back(array_j(run.summary));
                const auto at = std::ranges::find_if(
                    run.epochs, [&](const EpochFigures& e) { return e.validation >= wanted; });
                if (at == run.epochs.end()) continue;
                when_s.push_back(at->time_s);
                when_j.push_back(at->energy_j);
                // The array's energy goes with time: every epoch presents the same samples.
                when_array_j.push_back(array_j(run.summary) * at->time_s / run.summary.simulated_time_s);
            }
            const auto all = when_s.size() == static_cast<std::size_t>(o.seeds);
            const auto shown = [&](const std::vector<double>& x, const char* unit) {
                return all ? format_si(mean(x), unit) : "not reached";
            };
            table.row({fmt::format("{} / {} RC", free_rc, free_rc / 3.0), dynamics, best.setting.text(),
                       fmt::format("{:.2f} %", mean(accuracy)), format_si(mean(time_s), "s"),
                       format_si(mean(energy_j), "J"), format_si(mean(of_array_j), "J"), shown(when_s, "s"),
                       shown(when_j, "J"), shown(when_array_j, "J")});
        }
    }
    std::cout << table.text() << '\n';
}

// Accuracy where kT/C noise drives every step of every node, trained and tested under it.
void show_noise(const Options& o) {
    Table table({"noise of a node", "dynamics", "chosen", "test accuracy", "on the ideal machine"});
    const double volts_per_unit = load_experiment("glyphs", {}).machine.circuit->volts_per_unit;
    bool first = true;
    for (const double capacitance_f : {3e-13, 1e-16, 1e-17, 3e-18, 1e-18}) {
        const double units = node_noise_v(capacitance_f) / volts_per_unit;
        const auto capacitance = format_si(capacitance_f, "F");
        if (!first) table.rule();
        first = false;
        const auto noise = fmt::format("{} --set machine.array.node_noise=dynamic --set "
                                       "'machine.circuit.node_capacitance=\"{}\"'",
                                       phases(12.0), capacitance);
        for (const std::string dynamics : both) {
            const auto best = best_of(o, dynamics, noise);
            std::vector<double> accuracy, on_ideal;
            for (const auto& run : best.runs) {
                accuracy.push_back(100.0 * run.summary.test_accuracy.value());
                on_ideal.push_back(100.0 * run.summary.ideal_test_accuracy.value());
            }
            table.row({fmt::format("{:.2g} units ({})", units, capacitance), dynamics, best.setting.text(),
                       fmt::format("{:.2f} %", mean(accuracy)), fmt::format("{:.2f} %", mean(on_ideal))});
        }
    }
    std::cout << table.text();
}

int run(const Options& o) {
    show_time_and_energy(o);
    show_noise(o);
    return exit_done;
}

} // namespace

Subcommand claims_bench() {
    auto o = std::make_shared<Options>();
    return {.name = "claims",
            .summary = "conjugate variables against the dissipative array: accuracy, time, energy, noise",
            .example = "bench claims",
            .options = {{"--seeds", "N", "runs of each trial, whose mean decides and is shown", &o->seeds},
                        {"--epochs", "N", "epochs of a run", &o->epochs},
                        {"--out", "DIR", "folder of the runs", &o->out}},
            .run = [o] { return run(*o); }};
}

} // namespace isinglass::bench
