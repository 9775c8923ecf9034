#include "sim/commands/commands.hpp"
#include "sim/run/json.hpp"
#include "sim/run/sample_waves.hpp"
#include "sim/run/trained.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iostream>

namespace isinglass {

namespace {

constexpr std::uint64_t waves_purpose = 1U << 29; // keeps these presentations' noise apart from others
constexpr std::size_t samples_of_a_job = 64;

struct Options {
    TrainedSource source;
    std::optional<std::int64_t> epoch;
    std::optional<std::string> data, out, sample, classes, when, phases, view, format;
    std::optional<std::int64_t> most;
    std::vector<std::string> signals;
    bool json = false;
};

// Options of the command line as settings of [trace], which then checks them.
void add_settings(const Options& o, std::vector<std::string>& sets) {
    const auto add = [&](const char* key, const std::optional<std::string>& value) {
        if (value) sets.push_back(fmt::format("trace.{}=\"{}\"", key, *value));
    };
    add("classes", o.classes);
    add("when", o.when);
    add("phases", o.phases);
    add("view", o.view);
    add("format", o.format);
    if (!o.signals.empty()) add("signals", fmt::format("{}", fmt::join(o.signals, ", ")));
    if (o.most) sets.push_back(fmt::format("trace.most={}", *o.most));
    add("epochs", "all"); // of the checkpoint
}

struct Chosen {
    const Samples* samples;
    std::vector<std::size_t> indices;
};

// The part of the data, and of it the samples of the list and the classes.
Chosen choose(const RunData& data, const std::string& sample, const TraceSpec& spec) {
    const auto colon = sample.find(':');
    const std::string part = sample.substr(0, colon);
    const Samples* samples = part == "train"        ? &data.train
                             : part == "validation" ? &data.validation
                             : part == "test"       ? &data.test
                                                    : nullptr;
    const auto numbers = NumberSet::parse(colon == std::string::npos ? "" : sample.substr(colon + 1));
    if (samples == nullptr || !numbers)
        throw UserError(
            fmt::format("--sample {}: valid is train:N, validation:N or test:N, where N is as 17, "
                        "'0-9, 40' or all",
                        sample));
    const auto count = static_cast<std::int64_t>(samples->count());
    if (!numbers->reaches(0, count - 1))
        throw UserError(fmt::format("--sample {}: {} has {} samples; N is 0 to {}", sample, part, count,
                                    std::max<std::int64_t>(count - 1, 0)));
    const auto classes = *NumberSet::parse(spec.classes);
    Chosen chosen{samples, {}};
    for (std::size_t i = 0; i < samples->count(); ++i)
        if (numbers->contains(static_cast<std::int64_t>(i)) && classes.contains(samples->labels[i]))
            chosen.indices.push_back(i);
    if (chosen.indices.empty())
        throw UserError(fmt::format("--sample {}: none of them is of class {}", sample, spec.classes));
    return chosen;
}

// The files' name without extension.
std::filesystem::path base_of(const Options& o, const Trained& trained, const std::string& sample) {
    if (o.out) {
        std::filesystem::path base = *o.out;
        return std::ranges::find(wave_formats().names(), base.extension().string().erase(0, 1)) !=
                       wave_formats().names().end()
                   ? base.replace_extension()
                   : base;
    }
    std::string name = fmt::format("{}-epoch-{:04}-{}", trained.experiment.name, trained.epoch, sample);
    if (trained.experiment.trace.when != "always") name += "-" + trained.experiment.trace.when;
    std::ranges::replace_if(
        name, [](char c) { return c == ':' || c == ',' || c == ' '; }, '-');
    if (RunDirectory::is_run(o.source.experiment_or_run))
        return RunDirectory::open(o.source.experiment_or_run).waves() / name;
    return name;
}

void check_free(const TraceSpec& spec, const std::filesystem::path& base) {
    for (const auto& file : SampleWaves::files(spec, base))
        if (std::filesystem::exists(file))
            throw UserError(fmt::format(
                "{}: the file exists and is not overwritten; --out FILE names another", file.string()));
}

// Presents samples until as many are recorded as were asked for.
std::size_t present(Presenter& presenter, const Chosen& chosen, const Network& network,
                    const WaveTrigger& trigger) {
    std::size_t correct = 0;
    presenter.program_now(); // a hundred times longer than a sample: it would fill the window
    for (std::size_t first = 0; first < chosen.indices.size() && !trigger.full(); first += samples_of_a_job) {
        std::vector<Presentation> batch;
        for (std::size_t i = first; i < std::min(first + samples_of_a_job, chosen.indices.size()); ++i)
            batch.push_back({chosen.indices[i], scoring_presentation(waves_purpose, chosen.indices[i])});
        BatchReadout readout(batch.size(), network);
        const std::vector<float> signs(batch.size(), 1.0F);
        correct += presenter.learn(*chosen.samples, batch, signs, readout).correct;
    }
    return correct;
}

int capture(Options& o) {
    if (o.out && !o.format) { // --out s.fst
        const auto extension = std::filesystem::path(*o.out).extension().string();
        if (extension == ".fst" || extension == ".vcd") o.format = extension.substr(1);
    }
    add_settings(o, o.source.sets);
    o.source.epoch = o.epoch;
    Trained trained = load_trained(o.source);
    auto& spec = trained.experiment.trace;
    const bool conditional = spec.when != "always";
    const std::string sample = o.sample.value_or(conditional ? "train:all" : "train:0");
    spec.samples = "all"; // those that are presented
    check_combinations(trained.experiment);
    const RunData data = load_data(trained.experiment, o.data.value_or(""));
    const auto chosen = choose(data, sample, spec);
    if (!o.most) spec.most = conditional ? 1 : static_cast<std::int64_t>(chosen.indices.size());
    const auto base = base_of(o, trained, sample);
    check_free(spec, base);
    TrainedMachine machine(trained);
    const auto find = [&](std::uint64_t presentation) -> std::optional<PresentedSample> {
        const auto index = static_cast<std::size_t>(presentation & 0xFFFFFFFFU);
        if (presentation != scoring_presentation(waves_purpose, index)) return std::nullopt;
        return PresentedSample{trained.epoch, index, chosen.samples->labels[index]};
    };
    auto& simulation = machine.simulation();
    SampleWaves waves(simulation.chip(), trained.experiment, simulation.network(), base, find);
    std::size_t correct = 0;
    machine.run([&](Presenter& presenter, Trainer&) {
        correct = present(presenter, chosen, *simulation.network(), waves.trigger());
    });
    waves.finish();
    const auto& taken = waves.trigger().taken();
    if (o.json) {
        Json json{{"epoch", trained.epoch},
                  {"part", sample.substr(0, sample.find(':'))},
                  {"samples", Json::array()}};
        for (const auto& s : taken) json["samples"].push_back({{"sample", s.sample}, {"class", s.label}});
        json["files"] = waves.written();
        if (const auto stopped = waves.stopped_s()) json["stopped_s"] = *stopped;
        std::cout << document(json);
        return exit_done;
    }
    if (taken.size() == 1)
        std::cout << fmt::format("sample {}:{} (class {}){}, couplings after epoch {}\n",
                                 sample.substr(0, sample.find(':')), taken[0].sample, taken[0].label,
                                 chosen.indices.size() > 1 ? fmt::format(", {}", spec.when)
                                 : correct == 1            ? ", recognised"
                                                           : ", not recognised",
                                 trained.epoch);
    else
        std::cout << fmt::format("{} samples of {}, couplings after epoch {}\n", taken.size(), sample,
                                 trained.epoch);
    std::cout << waves.report();
    return exit_done;
}

} // namespace

Subcommand waves_command() {
    auto o = std::make_shared<Options>();
    return {
        .name = "waves",
        .summary = "record the waveforms of samples: node voltages, codes, phases, link and power",
        .example = "isinglass waves runs/glyphs-1-1 --epoch 3 --sample train:17 --format fst",
        .arguments = {{"EXPERIMENT_OR_RUN", "an experiment (initial couplings) or a run's folder",
                       &o->source.experiment_or_run}},
        .options = {{"--epoch", "E", "couplings saved after that epoch (default: the last)", &o->epoch},
                    {"--sample", "PART:N",
                     "which samples: train:N, validation:N or test:N, where N is as 17, '0-9, 40' or all "
                     "(default train:0; with --when, train:all)",
                     &o->sample},
                    {"--class", "N", "of those, the ones of these classes, e.g. '3, 8'", &o->classes},
                    {"--when", "CONDITION",
                     "of those, the ones to which this happens: misclassified, not-settled, clipped or "
                     "bus-error",
                     &o->when},
                    {"--most", "N", "samples recorded, at most (default: all listed; with --when, 1)",
                     &o->most},
                    {"--phases", "LIST", "phases recorded, e.g. 'free, nudge+' (default: all)", &o->phases},
                    {"--view", "NAME",
                     "which signals, and how viewers show them: everything, spins, learning, converters, bus "
                     "or power",
                     &o->view},
                    {"--signals", "GLOB",
                     "of those, signals to keep, e.g. 'array/*/v_V', 'phase' or 'array/hidden/@3x4/*' "
                     "(row 3, column 4)",
                     &o->signals},
                    {"--format", "LIST", "file formats: vcd, fst or 'vcd, fst' (default vcd)", &o->format},
                    {"--out", "FILE",
                     "the file (default: in the run's folder, or here); its extension is the format where "
                     "none is given",
                     &o->out},
                    {"--json", "", "print samples and files as JSON", &o->json},
                    {"--set", "KEY=VALUE",
                     "override one key, e.g. machine.array.dynamics=conjugate or trace.resolution=\"1 uV\"",
                     &o->source.sets},
                    {"--data", "DIR", "where the data set lies (otherwise the environment's ISINGLASS_DATA)",
                     &o->data}},
        .run = [o] { return capture(*o); }};
}

} // namespace isinglass
