#include "sim/commands/commands.hpp"
#include "sim/run/files.hpp"
#include "sim/run/json.hpp"
#include "sim/run/table.hpp"
#include "sim/run/trained.hpp"
#include "sim/study/gradient_check.hpp"

#include <fmt/core.h>

#include <iostream>

namespace isinglass {

namespace {

struct Options {
    TrainedSource source;
    std::optional<std::int64_t> epoch;
    std::optional<std::string> data;
    std::int64_t samples = 64;
    bool json = false;
};

std::string table_of(const GradientCheck& check, const std::vector<GradientLine>& lines, const char* title) {
    Table table({title, "couplings", "cosine", "norm ratio", "SNR"});
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (i > 0) table.rule();
        for (std::size_t b = 0; b < check.blocks.size(); ++b) {
            const auto& m = lines[i].blocks[b];
            table.row({b == 0 ? lines[i].name : "", check.blocks[b], fmt::format("{:.4f}", m.cosine),
                       fmt::format("{:.3f}", m.norm_ratio), fmt::format("{:.1f} dB", m.snr_db)});
        }
    }
    return table.text();
}

Json lines_json(const GradientCheck& check, const std::vector<GradientLine>& lines) {
    Json json = Json::array();
    for (const auto& line : lines) {
        Json blocks = Json::array();
        for (std::size_t b = 0; b < line.blocks.size(); ++b)
            blocks.push_back({{"couplings", check.blocks[b]},
                              {"cosine", line.blocks[b].cosine},
                              {"norm_ratio", line.blocks[b].norm_ratio},
                              {"snr_db", line.blocks[b].snr_db}});
        json.push_back({{"name", line.name}, {"blocks", std::move(blocks)}});
    }
    return json;
}

std::string check_json(const GradientCheck& check, const Trained& trained, std::int64_t samples) {
    return document({{"machine", trained.experiment.machine.name},
                     {"epoch", trained.epoch},
                     {"samples", samples},
                     {"against_exact", lines_json(check, check.against_exact)},
                     {"against_true", lines_json(check, check.against_true)},
                     {"output_shift_lsb", check.output_shift_lsb},
                     {"advice", advice(trained.experiment, check.output_shift_lsb)}});
}

int gradcheck(Options& o) {
    o.source.epoch = o.epoch;
    const Trained trained = load_trained(o.source);
    const auto& e = trained.experiment;
    check_combinations(e);
    const RunData data = load_data(e, o.data.value_or(""));
    const auto most = static_cast<std::int64_t>(data.train.count());
    if (o.samples < 1 || o.samples > most)
        throw UserError(fmt::format("--samples {}: valid is 1 to {}, the training samples", o.samples, most));
    WorkerPool pool(e.run.thread_count());
    const auto theta = trained.theta.empty()
                           ? initial_couplings(*e.network.build(), *e.network.model.part(), e.training.gain,
                                               static_cast<std::uint64_t>(e.run.seed))
                           : trained.theta;
    const auto check = check_gradient(e, theta, data.train, static_cast<std::size_t>(o.samples), pool);
    const bool of_run = RunDirectory::is_run(o.source.experiment_or_run) && o.source.sets.empty();
    const auto json = check_json(check, trained, o.samples);
    if (of_run) write_atomically(gradient_file(RunDirectory::open(o.source.experiment_or_run)), json);
    if (o.json) {
        std::cout << json;
        return exit_done;
    }
    std::cout << fmt::format("gradient of {} training samples on {}, couplings after epoch {}; the same "
                             "draws in every line\n\n{}\n{}\n{}",
                             o.samples, e.machine.name, trained.epoch,
                             table_of(check, check.against_exact, "alone, against exact EP"),
                             table_of(check, check.against_true, "against the true gradient"),
                             advice(e, check.output_shift_lsb));
    if (advice(e, check.output_shift_lsb).empty() && check.output_shift_lsb > 0.0)
        std::cout << fmt::format("the nudge moves the outputs by {:.3g} LSB (rms)\n", check.output_shift_lsb);
    if (of_run)
        std::cout << fmt::format("the run's page shows it: isinglass report {}\n",
                                 o.source.experiment_or_run);
    return exit_done;
}

} // namespace

Subcommand gradcheck_command() {
    auto o = std::make_shared<Options>();
    return {.name = "gradcheck",
            .summary = "how good the machine's EP gradient is, layer by layer, with each non-ideality alone",
            .example = "isinglass gradcheck glyphs --samples 32",
            .arguments = {{"RUN_OR_EXPERIMENT", "a run's folder, or an experiment (its initial couplings)",
                           &o->source.experiment_or_run}},
            .options = {{"--set", "KEY=VALUE", "override one key, e.g. machine.adc.bits=4", &o->source.sets},
                        {"--epoch", "E", "couplings saved after that epoch (default: the last)", &o->epoch},
                        {"--samples", "N", "training samples that the gradient is averaged over (default 64)",
                         &o->samples},
                        {"--data", "DIR",
                         "where the data set lies (otherwise the environment's ISINGLASS_DATA)", &o->data},
                        {"--json", "", "print the tables as JSON", &o->json}},
            .run = [o] { return gradcheck(*o); }};
}

} // namespace isinglass
