#include "sim/commands/commands.hpp"
#include "sim/run/sample_waves.hpp"
#include "sim/run/trained.hpp"

#include <fmt/core.h>

#include <charconv>
#include <iostream>

namespace isinglass {

namespace {

struct Options {
    TrainedSource source;
    std::optional<std::int64_t> epoch;
    std::optional<std::string> data;
    std::optional<std::string> out;
    std::string sample = "train:0";
    std::vector<std::string> signals;
    std::string format = "vcd";
};

struct Chosen {
    const Samples* samples;
    std::size_t index;
};

Chosen choose(const RunData& data, const std::string& sample) {
    const auto colon = sample.find(':');
    const std::string part = sample.substr(0, colon);
    const Samples* samples = part == "train"        ? &data.train
                             : part == "validation" ? &data.validation
                             : part == "test"       ? &data.test
                                                    : nullptr;
    std::size_t index = 0;
    const std::string number = colon == std::string::npos ? "" : sample.substr(colon + 1);
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), index);
    if (samples == nullptr || error != std::errc{} || end != number.data() + number.size())
        throw UserError(
            fmt::format("--sample {}: valid is train:N, validation:N or test:N, N from 0", sample));
    if (index >= samples->count())
        throw UserError(fmt::format("--sample {}: {} has {} samples; N is 0 to {}", sample, part,
                                    samples->count(), samples->count() == 0 ? 0 : samples->count() - 1));
    return {samples, index};
}

std::filesystem::path file_of(const Options& o, const Trained& trained) {
    std::string name = fmt::format("{}-epoch-{:04}-{}.vcd", trained.experiment.name, trained.epoch, o.sample);
    std::ranges::replace(name, ':', '-');
    if (o.out) return *o.out;
    if (RunDirectory::is_run(o.source.experiment_or_run))
        return RunDirectory::open(o.source.experiment_or_run).waves() / name;
    return name;
}

int capture(Options& o) {
    if (o.format != "vcd") throw UserError(fmt::format("--format {}: valid is vcd", o.format));
    o.source.epoch = o.epoch;
    const Trained trained = load_trained(o.source);
    check_combinations(trained.experiment);
    const RunData data = load_data(trained.experiment, o.data.value_or(""));
    const auto [samples, index] = choose(data, o.sample);
    const auto file = file_of(o, trained);
    if (std::filesystem::exists(file))
        throw UserError(fmt::format("{}: the file exists and is not overwritten; --out FILE names another",
                                    file.string()));
    TrainedMachine machine(trained);
    const std::uint64_t presentation = scoring_presentation(1U << 29, index);
    SampleWaves waves(machine.simulation().chip(), trained.experiment, *machine.simulation().network(), file,
                      presentation, o.signals);
    BatchOutcome outcome;
    machine.run([&](Presenter& presenter, Trainer&) {
        presenter.program_now(); // a hundred times longer than a sample: it would fill the window
        BatchReadout readout(1, *machine.simulation().network());
        const Presentation p{index, presentation};
        const float sign = 1.0F;
        outcome = presenter.learn(*samples, {&p, 1}, {&sign, 1}, readout);
    });
    waves.finish();
    std::cout << fmt::format(
        "sample {} (class {}), {}, couplings after epoch {}\nwaves  {}\nview   gtkwave {}\n", o.sample,
        samples->labels[index], outcome.correct == 1 ? "recognised" : "not recognised", trained.epoch,
        file.string(), waves.view().string());
    return exit_done;
}

} // namespace

Subcommand waves_command() {
    auto o = std::make_shared<Options>();
    return {.name = "waves",
            .summary = "record the waveforms of one sample: node voltages, codes, phases, link and power",
            .example = "isinglass waves runs/glyphs-1-1 --epoch 3 --sample train:17",
            .arguments = {{"EXPERIMENT_OR_RUN", "an experiment (initial couplings) or a run's folder",
                           &o->source.experiment_or_run}},
            .options = {{"--epoch", "E", "couplings saved after that epoch (default: the last)", &o->epoch},
                        {"--sample", "PART:N",
                         "which sample: train:N, validation:N or test:N (default train:0)", &o->sample},
                        {"--signals", "GLOB", "signals to keep, e.g. 'array/*/v_V' or 'phase' (default: all)",
                         &o->signals},
                        {"--format", "FORMAT", "file format: vcd", &o->format},
                        {"--out", "FILE", "the file (default: in the run's folder, or here)", &o->out},
                        {"--set", "KEY=VALUE", "override one key, e.g. machine.array.dynamics=conjugate",
                         &o->source.sets},
                        {"--data", "DIR",
                         "where the data set lies (otherwise the environment's ISINGLASS_DATA)", &o->data}},
            .run = [o] { return capture(*o); }};
}

} // namespace isinglass
