#include "sim/commands/commands.hpp"
#include "sim/report/sections.hpp"
#include "sim/run/experiment.hpp"
#include "sim/run/files.hpp"
#include "sim/run/run_directory.hpp"
#include "sim/run/summary.hpp"
#include "sim/run/table.hpp"

#include <fmt/core.h>

#include <iostream>

namespace isinglass {

namespace {

struct Options {
    std::string run;
    std::optional<std::string> components;
    std::optional<std::string> profile;
    bool json = false;
};

// Joules from the counts that the run left: nothing is simulated.
int price_again(const Options& o) {
    const auto directory = RunDirectory::open(o.run);
    const auto summary = RunSummary::from_json(read_file(directory.summary()), directory.summary().string());
    const auto experiment = load_experiment(directory.config().string(), {});
    auto library = load_components(experiment.machine, o.components);
    if (o.profile) library.profile = *o.profile;
    const auto energy = price(counts_of(summary), library);
    if (o.json) {
        auto json = energy_breakdown(energy, summary.ledger.time_fs);
        json["samples"] = summary.samples;
        std::cout << document(json);
        return exit_done;
    }
    std::cout << fmt::format(
        "{}: counts of {} samples, priced by table '{}', profile {}\n\n{}\nenergy {}, {} a sample\n",
        directory.path().string(), summary.samples, energy.library, energy.profile,
        energy_table(energy, summary.ledger.time_fs), format_si(energy.total_j, "J"),
        format_si(energy.total_j / static_cast<double>(std::max<std::int64_t>(1, summary.samples)), "J"));
    return exit_done;
}

} // namespace

Subcommand energy_command() {
    auto o = std::make_shared<Options>();
    return {.name = "energy",
            .summary = "price a run's counts again, by another table of component costs, without simulating",
            .example = "isinglass energy runs/glyphs-1-1 --profile optimistic",
            .arguments = {{"RUN", "a run's folder", &o->run}},
            .options = {{"--components", "TABLE", "a component table: a file, or a shipped one's name",
                         &o->components},
                        {"--profile", "PROFILE", "typical or optimistic converters", &o->profile},
                        {"--json", "", "print energy and time by component and phase as JSON", &o->json}},
            .run = [o] { return price_again(*o); }};
}

} // namespace isinglass
