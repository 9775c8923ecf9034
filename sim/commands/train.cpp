#include "sim/commands/commands.hpp"
#include "sim/estimate/mapping.hpp"
#include "sim/report/page.hpp"
#include "sim/run/files.hpp"
#include "sim/run/memory_need.hpp"
#include "sim/run/support.hpp"
#include "sim/run/training_run.hpp"

#include <fmt/core.h>

#include <iostream>

namespace isinglass {

namespace {

struct Options {
    std::string experiment;
    std::vector<std::string> sets;
    std::optional<std::string> data;
    std::optional<std::string> out;
    bool resume = false;
    std::optional<std::int64_t> stop_after;
    bool json = false;
};

// The run to go on with: --out, or the positional argument itself.
RunDirectory interrupted_run(const Options& o) {
    return RunDirectory::open(o.out.value_or(o.experiment));
}

Experiment experiment_of(const Options& o) {
    if (!o.resume) return load_experiment(o.experiment, o.sets);
    const auto directory = interrupted_run(o);
    const auto before = load_experiment(directory.config().string(), {});
    auto now = load_experiment(directory.config().string(), o.sets);
    if (configuration_hash(before) != configuration_hash(now))
        throw UserError(fmt::format(
            "{}: a resumed run keeps its configuration; --set of run.lanes, run.threads and [trace] "
            "are possible, others need a new run",
            directory.config().string()));
    return now;
}

void describe(const Experiment& e, const RunData& data, const std::string& memory,
              const RunDirectory& directory, std::ostream& out) {
    out << fmt::format("machine  {}, {}, {} samples a lane group, {} threads\n", e.machine.name,
                       e.machine.array.name() == "analog" ? e.machine.dynamics.name()
                                                          : e.machine.array.name(),
                       e.run.lanes, e.run.thread_count());
    out << "network  ";
    for (std::size_t l = 0; l < e.network.layers.size(); ++l)
        out << (l > 0 ? "-" : "") << e.network.layers[l].size;
    const auto work = network_work(e.network, e.machine);
    out << fmt::format(" {}\ntiles    {}\n", e.network.model.name(),
                       tiles_text(work, tile_use(work, e.machine.tiles)));
    out << fmt::format("data     {}\n         {} for training, {} for validation, {} for test\nmemory   "
                       "{}\nrun      {}\n\n",
                       data.description, data.train.count(), data.validation.count(), data.test.count(),
                       memory, directory.path().string());
}

int train(const Options& o) {
    const Experiment experiment = experiment_of(o);
    check_combinations(experiment);
    if (!o.resume) check_depth(experiment);
    const double available = available_memory_bytes(); // samples included
    RunData data = load_data(experiment, o.data.value_or(""));
    // What does not fit is said before a folder is made.
    const auto network = network_on(experiment.machine, experiment.network.build());
    check_machine(experiment.machine, *network, *experiment.network.model.part());
    check_nudges(experiment.training, *network, *experiment.network.model.part());
    place_on_tiles(*network, tile_shape(experiment.machine.tiles));
    const auto memory = check_memory(memory_needed(experiment, *network, data), available);
    const auto library = load_components(experiment.machine);
    std::optional<Checkpoint> from;
    if (o.resume) from = read_checkpoint(interrupted_run(o).last());
    RunDirectory directory =
        o.resume ? interrupted_run(o)
        : o.out
            ? RunDirectory::create(*o.out)
            : RunDirectory::create_numbered(experiment.name, static_cast<std::uint64_t>(experiment.run.seed));
    std::ostream& out = o.json ? std::cerr : std::cout;
    if (!o.resume) write_atomically(directory.config(), expanded(experiment));
    describe(experiment, data, memory, directory, out);
    TrainingRun run(experiment, std::move(data), directory, std::move(from), o.stop_after, out);
    const RunSummary summary = run.run();
    write_run_report(directory);
    print_summary(summary, price(counts_of(summary), library), directory.path(), out);
    if (o.json) std::cout << summary.to_json();
    if (summary.stopped_because != "interrupted") return exit_done;
    out << fmt::format("resume  isinglass train {} --resume{}\n", directory.path().string(),
                       o.data ? " --data " + *o.data : "");
    return exit_interrupted;
}

} // namespace

Subcommand train_command() {
    auto o = std::make_shared<Options>();
    return {
        .name = "train",
        .summary = "train a network by equilibrium propagation on the simulated machine",
        .example = "isinglass train glyphs --set machine.adc.bits=6 --out runs/six-bits",
        .arguments = {{"EXPERIMENT",
                       "an experiment file, a shipped preset's name, or with --resume a run's folder",
                       &o->experiment}},
        .options = {{"--set", "KEY=VALUE", "override one key of the experiment, e.g. training.beta=0.25",
                     &o->sets},
                    {"--data", "DIR", "where the data set lies (otherwise the environment's ISINGLASS_DATA)",
                     &o->data},
                    {"--out", "DIR", "the run's folder, new or empty (default: runs/NAME-SEED-N)", &o->out},
                    {"--resume", "", "go on with an interrupted run, to the same bits", &o->resume},
                    {"--stop-after", "BATCHES",
                     "stop after so many batches as Ctrl-C would, to go on with --resume", &o->stop_after},
                    {"--json", "",
                     "print the summary as JSON on standard output, everything else on standard error",
                     &o->json}},
        .run = [o] { return train(*o); }};
}

} // namespace isinglass
