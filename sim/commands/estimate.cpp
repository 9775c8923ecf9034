#include "sim/commands/commands.hpp"
#include "sim/estimate/measured.hpp"
#include "sim/estimate/report.hpp"
#include "sim/run/support.hpp"
#include "sim/run/training_run.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <iostream>

namespace isinglass {

namespace {

struct Options {
    std::string experiment;
    std::vector<std::string> sets;
    std::optional<std::string> data;
    std::optional<std::int64_t> samples;
    std::optional<std::string> from;
    std::optional<std::string> components;
    std::optional<std::string> profile;
    bool json = false;
};

struct CountedSamples {
    SampleCounts counts;
    std::string from;
};

RunData loaded(const Experiment& experiment, const Options& o) {
    try {
        return load_data(experiment, o.data.value_or(""));
    } catch (const UserError& e) {
        throw UserError(fmt::format("{}; --samples N does without the data", e.what()));
    }
}

// --samples of them, otherwise the data set's; those of kinds that know how many they have are not loaded.
CountedSamples samples_of(const Experiment& experiment, const Options& o) {
    const auto known = experiment.data.kind->training_samples();
    if (!o.samples && !known) {
        const auto data = loaded(experiment, o);
        return {{data.train.count(), data.validation.count()}, data.description};
    }
    const auto all = o.samples.value_or(static_cast<std::int64_t>(known.value_or(0)));
    if (all < 1)
        throw UserError(
            fmt::format("--samples {}: valid is a number of training samples, 1 or more", *o.samples));
    if (!o.samples && experiment.data.validation >= all)
        throw UserError(fmt::format("data.validation = {} of {} training samples leaves none to train on",
                                    experiment.data.validation, all));
    const auto validation = std::min(experiment.data.validation, all - 1);
    return {{static_cast<std::size_t>(all - validation), static_cast<std::size_t>(validation)},
            o.samples ? "--samples"
                      : fmt::format("as data.kind = \"{}\" states", experiment.data.kind.name())};
}

int estimate(const Options& o) {
    const bool is_run = RunDirectory::is_run(o.experiment);
    const auto file = is_run ? RunDirectory::open(o.experiment).config().string() : o.experiment;
    const Experiment experiment = load_experiment(file, o.sets);
    auto library = load_components(experiment.machine, o.components);
    library.profile = o.profile.value_or(library.profile);
    if (library.profile != "typical" && library.profile != "optimistic")
        throw UserError(fmt::format("--profile {}: valid is typical or optimistic", library.profile));
    check_runs(experiment.machine, *experiment.network.model.part());
    check_combinations(experiment);
    if (!is_run) check_depth(experiment);
    const auto work = network_work(experiment.network, experiment.machine);
    const auto [samples, samples_from] = samples_of(experiment, o);
    Measured measured;
    if (o.from || is_run)
        measured = measured_in(RunDirectory::open(o.from.value_or(o.experiment)), work, samples);
    const auto tiles = tile_use(work, experiment.machine.tiles);
    std::vector<std::string> documents;
    for (const auto& mapping : mappings(experiment.machine, experiment.network, work)) {
        const Estimate result{experiment, samples, samples_from, tiles,
                              training_cost(experiment, mapping, samples, measured)};
        documents.push_back(o.json ? estimate_json(result, library) : estimate_text(result, library));
    }
    const bool several = documents.size() > 1;
    if (o.json)
        std::cout << (several ? fmt::format("[{}]\n", fmt::join(documents, ",")) : documents.front());
    else
        std::cout << fmt::format("{}", fmt::join(documents, "\n========\n\n"));
    return exit_done;
}

} // namespace

Subcommand estimate_command() {
    auto o = std::make_shared<Options>();
    return {
        .name = "estimate",
        .summary = "time, energy, area and utilisation of a training run, without simulating it",
        .example = "isinglass estimate glyphs --set training.write=all",
        .arguments = {{"EXPERIMENT_OR_RUN",
                       "an experiment file, a shipped preset's name, or a run's folder (with its means)",
                       &o->experiment}},
        .options =
            {{"--set", "KEY=VALUE", "override one key of the experiment, e.g. machine.adc.count=128",
              &o->sets},
             {"--data", "DIR", "where the data set lies (otherwise the environment's ISINGLASS_DATA)",
              &o->data},
             {"--samples", "N",
              "training samples, those for validation among them; the data set is then not read",
              &o->samples},
             {"--from", "RUN",
              "means of a run, where time depends on what is learnt: settling times, changed couplings, "
              "currents",
              &o->from},
             {"--components", "TABLE", "a component table: a file, or a shipped one's name", &o->components},
             {"--profile", "PROFILE", "typical or optimistic converters, for the tables by component",
              &o->profile},
             {"--json", "", "print the estimate as JSON", &o->json}},
        .run = [o] { return estimate(*o); }};
}

} // namespace isinglass
