#include "sim/commands/commands.hpp"
#include "sim/run/table.hpp"
#include "sim/run/trained.hpp"

#include <fmt/core.h>

#include <iostream>

namespace isinglass {

namespace {

struct Options {
    TrainedSource source;
    std::optional<std::int64_t> epoch;
    std::optional<std::string> data;
    std::string part = "test";
    bool json = false;
};

const Samples& part_of(const RunData& data, const std::string& part) {
    if (part == "test") return data.test;
    if (part == "validation") return data.validation;
    if (part == "train") return data.train;
    throw UserError(fmt::format("--part {}: valid is train, validation or test", part));
}

int evaluate(Options& o) {
    o.source.epoch = o.epoch;
    const Trained trained = load_trained(o.source);
    check_combinations(trained.experiment);
    const RunData data = load_data(trained.experiment, o.data.value_or(""));
    const Samples& samples = part_of(data, o.part);
    TrainedMachine machine(trained);
    Score modelled;
    Score ideal;
    double seconds = 0.0;
    JobCounters counters;
    machine.run([&](Presenter& presenter, Trainer& trainer) {
        modelled = trainer.score(samples, 0, &counters);
        seconds = machine.simulation().ledger_now().time_s();
        machine.use_ideal_twin(presenter, trainer);
        ideal = trainer.score(samples, 0);
    });
    if (o.json) {
        std::cout << fmt::format("{{\"samples\": {}, \"accuracy\": {}, \"ideal_accuracy\": {}, \"cost\": {}, "
                                 "\"ideal_cost\": {}, \"simulated_time_s\": {}, \"adc_clipped\": {}}}\n",
                                 samples.count(), modelled.accuracy, ideal.accuracy, modelled.cost,
                                 ideal.cost, seconds, counters.adc_clipped);
        return exit_done;
    }
    Table table({"machine", "accuracy", "mean cost"});
    table.row({trained.experiment.machine.name, fmt::format("{:.2f} %", 100.0 * modelled.accuracy),
               fmt::format("{:.5f}", modelled.cost)});
    table.row({"its ideal twin", fmt::format("{:.2f} %", 100.0 * ideal.accuracy),
               fmt::format("{:.5f}", ideal.cost)});
    std::cout << fmt::format("{} {} samples of {}, couplings after epoch {}\n\n{}\nsimulated time {} "
                             "(programming included), {} ADC "
                             "conversions clipped\n",
                             samples.count(), o.part, data.description, trained.epoch, table.text(),
                             format_si(seconds, "s"), counters.adc_clipped);
    return exit_done;
}

} // namespace

Subcommand eval_command() {
    auto o = std::make_shared<Options>();
    return {.name = "eval",
            .summary = "accuracy of a trained run on its machine, or on another, and on the ideal twin",
            .example = "isinglass eval runs/glyphs-1-1 --set machine.adc.bits=4",
            .arguments = {{"RUN", "a run's folder (or an experiment, for its initial couplings)",
                           &o->source.experiment_or_run}},
            .options = {{"--set", "KEY=VALUE", "override one key, e.g. machine.adc.bits=4", &o->source.sets},
                        {"--epoch", "E", "couplings saved after that epoch (default: the last)", &o->epoch},
                        {"--part", "PART", "train, validation or test (default)", &o->part},
                        {"--data", "DIR",
                         "where the data set lies (otherwise the environment's ISINGLASS_DATA)", &o->data},
                        {"--json", "", "print the result as JSON", &o->json}},
            .run = [o] { return evaluate(*o); }};
}

} // namespace isinglass
