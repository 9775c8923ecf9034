// Where the energy of learning MNIST goes, by phase and component, against the batch and what is written.
#include "hw_models/coprocessor.hpp"
#include "sim/estimate/training_cost.hpp"
#include "sim/run/checkpoint.hpp"
#include "sim/run/run_directory.hpp"
#include "sim/run/table.hpp"
#include "tests/bench/benches.hpp"
#include "tests/bench/program.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <iostream>
#include <memory>
#include <set>

namespace isinglass::bench {

namespace {

struct Options {
    std::string data;
    std::int64_t images = 128;
    std::int64_t epochs = 2;
    std::string out = "runs/bench/energy";
};

constexpr std::int64_t batches[] = {1, 20, 256};
constexpr const char* writes[] = {"changed", "all"};

// Joules a sample of the last epoch: the first PROGRAM of a run, which writes everything, is in an earlier
// one.
struct Spent {
    std::string write;
    std::int64_t batch = 0;
    EnergyReport energy;
    bool as_estimated = false; // write = "all": counts and time of the whole run are those of the estimate

    [[nodiscard]] double phase_j(Phase phase) const {
        return energy.by_phase_j[static_cast<std::size_t>(phase)];
    }
    // Of all components but the host.
    [[nodiscard]] double chip_j() const { return energy.total_j - energy.by_group_j.at("host"); }
    [[nodiscard]] double chip_programming_j() const {
        const auto& host = energy.by_component_and_phase_j.at("host");
        return phase_j(Phase::program) - host[static_cast<std::size_t>(Phase::program)];
    }
    // What programming takes beyond all else, chip and link.
    [[nodiscard]] double excess_j() const { return 2.0 * chip_programming_j() - chip_j(); }
};

// The rate of batches of 64 in proportion to smaller batches, as far as it is known to be stable.
std::string settings_of(const Options& o, const std::string& write, std::int64_t batch) {
    const double factor = std::min(1.0, static_cast<double>(batch) / 64.0);
    return fmt::format("--set data.train_per_class={} --set data.test_per_class=1 --set data.validation=0 "
                       "--set training.epochs={} --set training.schedule.kind=constant --set "
                       "training.write={} --set training.batch={} --set training.rate={} --set "
                       "'network.coupling=[{{from=\"input\",to=\"hidden\",rate={}}},"
                       "{{from=\"hidden\",to=\"output\",rate={}}}]'",
                       o.images, o.epochs, write, batch, 0.3 * factor, 0.6 * factor, 0.3 * factor);
}

EnergyReport priced_at(const RunDirectory& run, std::int64_t epoch, const Experiment& e, std::size_t tiles) {
    Ledger ledger;
    ledger.restore(read_checkpoint(run.existing_checkpoint(epoch)).ledger);
    post_static_powers(ledger, e.machine, tiles);
    return price(ledger, load_components(e.machine));
}

// (all - before) / samples, of what is shown.
EnergyReport a_sample(EnergyReport all, const EnergyReport& before, double samples) {
    const auto less = [samples](double& value, double other) { value = (value - other) / samples; };
    less(all.total_j, before.total_j);
    for (std::size_t p = 0; p < phase_count; ++p) less(all.by_phase_j[p], before.by_phase_j[p]);
    for (auto& [group, joules] : all.by_group_j) less(joules, before.by_group_j.at(group));
    for (auto& [component, by_phase] : all.by_component_and_phase_j) {
        const auto found = before.by_component_and_phase_j.find(component);
        for (std::size_t p = 0; p < phase_count; ++p)
            less(by_phase[p], found == before.by_component_and_phase_j.end() ? 0.0 : found->second[p]);
    }
    return all;
}

// Whether whole counts and the time of every phase are the closed form's. Currents follow couplings as they
// are learnt.
bool as_estimated(const RunSummary& simulated, const CostSheet& estimated) {
    for (std::size_t p = 0; p < phase_count; ++p)
        if (estimated.time_fs[p] != static_cast<long double>(simulated.ledger.time_fs[p])) return false;
    return std::ranges::all_of(simulated.ledger.entries, [&](const LedgerEntry& e) {
        return e.amount != std::floor(e.amount) || estimated.amount(e.action, e.phase) == e.amount;
    });
}

Spent spent(const Options& o, const std::string& write, std::int64_t batch) {
    const auto folder = fmt::format("{}/{}-{}", o.out, write, batch);
    const auto summary =
        train(fmt::format("mnist --data {} {}", o.data, settings_of(o, write, batch)), folder);
    const auto run = RunDirectory::open(folder);
    const auto e = load_experiment(run.config().string(), {});
    const auto work = network_work(e.network, e.machine);
    const auto tiles = tile_use(work, e.machine.tiles).needed;
    const auto samples = static_cast<std::size_t>(summary.samples / summary.epochs);
    Spent result{.write = write,
                 .batch = batch,
                 .energy = a_sample(priced_at(run, o.epochs, e, tiles),
                                    priced_at(run, o.epochs - 1, e, tiles), static_cast<double>(samples))};
    if (write == "all")
        result.as_estimated = as_estimated(
            summary, training_cost(e, mappings(e.machine, e.network, work).front(), {samples, 0}).run);
    std::cerr << fmt::format("written {}, batch {}: {} a sample, train accuracy {:.1f} %\n", write, batch,
                             format_si(result.energy.total_j, "J"), 100.0 * summary.train_accuracy.value());
    return result;
}

// Components that come to a hundredth of what chip and link take in any column, and of the total where they
// are the host's; the others together are in "all".
void add_phase(Table& table, Phase phase, std::span<const Spent> columns) {
    const auto p = static_cast<std::size_t>(phase);
    std::set<std::string> components;
    for (const auto& s : columns)
        for (const auto& [component, by_phase] : s.energy.by_component_and_phase_j)
            if (by_phase[p] > 0.01 * (component == "host" ? s.energy.total_j : s.chip_j()))
                components.insert(component);
    const auto row = [&](const std::string& name, const std::function<double(const Spent&)>& joules) {
        std::vector<std::string> cells{std::string(phase_name(phase)), name};
        for (const auto& s : columns) cells.push_back(format_si(joules(s), "J"));
        table.row(cells);
    };
    for (const auto& component : components)
        row(component, [&](const Spent& s) {
            const auto found = s.energy.by_component_and_phase_j.find(component);
            return found == s.energy.by_component_and_phase_j.end() ? 0.0 : found->second[p];
        });
    row("all", [&](const Spent& s) { return s.phase_j(phase); });
    table.rule();
}

void add_row(Table& table, const std::string& name, std::span<const Spent> columns,
             const std::function<std::string(const Spent&)>& cell) {
    std::vector<std::string> row{name, ""};
    for (const auto& s : columns) row.push_back(cell(s));
    table.row(row);
}

Table table_of(std::span<const Spent> columns) {
    std::vector<std::string> header{"phase", "joules a sample"};
    for (const auto& s : columns) header.push_back(fmt::format("{}, batch {}", s.write, s.batch));
    Table table(header);
    for (std::size_t p = 0; p < phase_count; ++p)
        if (columns.front().phase_j(static_cast<Phase>(p)) > 0.0)
            add_phase(table, static_cast<Phase>(p), columns);
    add_row(table, "total", columns, [](const Spent& s) { return format_si(s.energy.total_j, "J"); });
    add_row(table, "programming", columns,
            [](const Spent& s) { return format_share(s.phase_j(Phase::program) / s.energy.total_j); });
    add_row(table, "host's update", columns,
            [](const Spent& s) { return format_share(s.phase_j(Phase::update) / s.energy.total_j); });
    table.rule();
    add_row(table, "chip and link", columns, [](const Spent& s) { return format_si(s.chip_j(), "J"); });
    add_row(table, "  programming", columns,
            [](const Spent& s) { return format_share(s.chip_programming_j() / s.chip_j()); });
    return table;
}

// The batch from which programming takes less than all else of chip and link. Joules a sample that are those
// of an update go with 1 / batch, and others stay; so between measured batches.
std::string half_point(std::span<const Spent> columns) {
    if (std::ranges::all_of(columns, [](const Spent& s) { return s.excess_j() < 0.0; }))
        return "at every batch";
    for (std::size_t i = 1; i < columns.size(); ++i) {
        const double before = columns[i - 1].excess_j();
        const double after = columns[i].excess_j();
        if (before < 0.0 || after > 0.0) continue;
        const double first = 1.0 / static_cast<double>(columns[i - 1].batch);
        const double last = 1.0 / static_cast<double>(columns[i].batch);
        return fmt::format("from batches of {:.0f} on",
                           std::ceil(1.0 / std::lerp(first, last, before / (before - after))));
    }
    return fmt::format("only beyond batches of {}", columns.back().batch);
}

int run(const Options& o) {
    if (o.epochs < 2) throw UserError("--epochs: valid is 2 or more");
    std::vector<Spent> columns;
    for (const char* write : writes)
        for (const auto batch : batches) columns.push_back(spent(o, write, batch));
    std::cout << table_of(columns).text() << '\n';
    const std::size_t n = std::size(batches);
    for (std::size_t w = 0; w < std::size(writes); ++w)
        std::cout << fmt::format("write = \"{}\": programming is under half of what chip and link take {}.\n",
                                 writes[w], half_point(std::span(columns).subspan(w * n, n)));
    const bool equal = std::ranges::all_of(std::span(columns).subspan(n), &Spent::as_estimated);
    std::cout << fmt::format("write = \"all\": time and counts of the simulation are {}those of the closed "
                             "form.\n",
                             equal ? "" : "NOT ");
    return equal ? exit_done : exit_target_not_met;
}

} // namespace

Subcommand energy_bench() {
    auto o = std::make_shared<Options>();
    return {.name = "energy",
            .summary =
                "where the energy of learning MNIST goes, and what programming costs, against the batch",
            .example = "bench energy --data DIR",
            .arguments = {},
            .options = {{"--data", "DIR", "where MNIST lies", &o->data, true},
                        {"--images", "N", "training images of each class", &o->images},
                        {"--epochs", "N", "of which the last is measured", &o->epochs},
                        {"--out", "DIR", "folder of the runs", &o->out}},
            .run = [o] { return run(*o); }};
}

} // namespace isinglass::bench
