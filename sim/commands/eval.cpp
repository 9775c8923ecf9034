#include "sim/commands/commands.hpp"
#include "sim/config/units.hpp"
#include "sim/run/imported_couplings.hpp"
#include "sim/run/table.hpp"
#include "sim/run/trained.hpp"

#include <fmt/core.h>

#include <iostream>

namespace isinglass {

namespace {

struct Options {
    TrainedSource source;
    std::optional<std::int64_t> epoch;
    std::optional<std::string> couplings;
    std::optional<std::string> data;
    std::string part = "test";
    std::optional<std::string> after;
    bool json = false;
};

const Samples& part_of(const RunData& data, const std::string& part) {
    if (part == "test") return data.test;
    if (part == "validation") return data.validation;
    if (part == "train") return data.train;
    throw UserError(fmt::format("--part {}: valid is train, validation or test", part));
}

Trained load(const Options& o) {
    if (!o.couplings) return load_trained(o.source);
    if (o.epoch)
        throw UserError(
            fmt::format("--epoch {} names couplings of a run, --couplings {} others; valid is one "
                        "of the two",
                        *o.epoch, *o.couplings));
    const auto& name = o.source.experiment_or_run;
    const bool run = RunDirectory::is_run(name);
    Trained trained{.experiment = load_experiment(run ? RunDirectory::open(name).config().string() : name,
                                                  o.source.sets)};
    if (trained.experiment.training.cost->weights(1) > 0)
        throw UserError("--couplings: arrays hold no weights of a read-out, which training.cost.kind = "
                        "\"readout\" needs; another cost fits");
    trained.theta = import_couplings(*o.couplings, *trained.experiment.network.build());
    return trained;
}

double age_of(const Options& o, const MachineSpec& machine) {
    if (!o.after) return 0.0;
    const double age_s = parse_quantity(*o.after, Unit::second);
    if (machine.couplings.kind != "codes" || machine.couplings.cells.drift == "none")
        throw UserError(fmt::format(
            "--after \"{}\": couplings of this machine do not drift; valid with "
            "--set machine.couplings.drift=pcm or power-law, or --set machine.couplings.preset=pcm",
            *o.after));
    if (!(age_s > 0.0)) throw UserError(fmt::format("--after \"{}\": valid is a time above 0", *o.after));
    return age_s;
}

int evaluate(Options& o) {
    o.source.epoch = o.epoch;
    const Trained trained = load(o);
    check_combinations(trained.experiment);
    const double age_s = age_of(o, trained.experiment.machine);
    const RunData data = load_data(trained.experiment, o.data.value_or(""));
    const Samples& samples = part_of(data, o.part);
    TrainedMachine machine(trained);
    Score modelled;
    Score ideal;
    double seconds = 0.0;
    JobCounters counters;
    std::optional<std::size_t> clipped; // by programming the modelled machine
    machine.run([&](Presenter& presenter, Trainer& trainer) {
        if (age_s > 0.0) {
            presenter.program_now();
            machine.simulation().chip().age(age_s);
        }
        modelled = trainer.score(samples, 0, &counters);
        seconds = machine.simulation().ledger_now().time_s();
        if (o.couplings) clipped = trainer.saturated_elsewhere();
        machine.use_ideal_twin(presenter, trainer);
        ideal = trainer.score(samples, 0);
    });
    if (o.json) {
        std::cout << fmt::format("{{\"samples\": {}, \"accuracy\": {}, \"ideal_accuracy\": {}, \"cost\": {}, "
                                 "\"ideal_cost\": {}, \"simulated_time_s\": {}, \"adc_clipped\": {}{}}}\n",
                                 samples.count(), modelled.accuracy, ideal.accuracy, modelled.cost,
                                 ideal.cost, seconds, counters.adc_clipped,
                                 clipped ? fmt::format(", \"couplings_saturated\": {}", *clipped) : "");
        return exit_done;
    }
    Table table({"machine", "accuracy", "mean cost"});
    table.row({trained.experiment.machine.name, fmt::format("{:.2f} %", 100.0 * modelled.accuracy),
               fmt::format("{:.5f}", modelled.cost)});
    table.row({"its ideal twin", fmt::format("{:.2f} %", 100.0 * ideal.accuracy),
               fmt::format("{:.5f}", ideal.cost)});
    const std::string origin =
        o.couplings ? fmt::format("of '{}'", *o.couplings) : fmt::format("after epoch {}", trained.epoch);
    const std::string aged = o.after ? fmt::format(", {} after they were written", *o.after) : "";
    std::cout << fmt::format("{} {} samples of {}, couplings {}{}\n\n{}\nsimulated time {} "
                             "(programming included), {} ADC "
                             "conversions clipped{}\n",
                             samples.count(), o.part, data.description, origin, aged, table.text(),
                             format_si(seconds, "s"), counters.adc_clipped,
                             clipped ? fmt::format(", {} couplings beyond their range clipped", *clipped)
                                     : "");
    return exit_done;
}

} // namespace

Subcommand eval_command() {
    auto o = std::make_shared<Options>();
    return {
        .name = "eval",
        .summary = "accuracy of a trained run, or of couplings from elsewhere, on its machine or on "
                   "another, and on the ideal twin",
        .example = "isinglass eval runs/glyphs-1-1 --set machine.adc.bits=4",
        .arguments = {{"RUN_OR_EXPERIMENT",
                       "a run's folder, or an experiment (its initial couplings, or --couplings)",
                       &o->source.experiment_or_run}},
        .options = {{"--set", "KEY=VALUE", "override one key, e.g. machine.adc.bits=4", &o->source.sets},
                    {"--epoch", "E", "couplings saved after that epoch (default: the last)", &o->epoch},
                    {"--couplings", "PATH",
                     "couplings from elsewhere: an HDF5 file or a folder of .npy files (or a checkpoint), "
                     "with float32 or float64 arrays FROM-TO [from x to] and TO-bias [to], e.g. "
                     "input-hidden and hidden-bias; the first layer is always input here",
                     &o->couplings},
                    {"--part", "PART", "train, validation or test (default)", &o->part},
                    {"--data", "DIR", "where the data set lies (otherwise the environment's ISINGLASS_DATA)",
                     &o->data},
                    {"--after", "TIME",
                     "that long after the couplings were written, e.g. \"1 day\", where their devices drift",
                     &o->after},
                    {"--json", "", "print the result as JSON", &o->json}},
        .run = [o] { return evaluate(*o); }};
}

} // namespace isinglass
