#include "sim/commands/commands.hpp"
#include "sim/run/files.hpp"
#include "sim/run/json.hpp"
#include "sim/run/table.hpp"
#include "sim/run/trained.hpp"
#include "sim/study/gradient_check.hpp"

#include <fmt/core.h>

#include <cmath>
#include <iostream>

namespace isinglass {

namespace {

struct Options {
    TrainedSource source;
    std::optional<std::int64_t> epoch;
    std::optional<std::string> data;
    std::int64_t samples = 64;
    bool json = false;
    std::int64_t repeats = 4;
};

std::string table_of(const GradientCheck& check) {
    const bool truth = check.no_truth.empty();
    std::vector<std::string> header{"alone, on the ideal twin", "couplings", "cosine", "norm ratio", "SNR"};
    if (truth) header.insert(header.end(), {"cosine to true", "norm ratio"});
    Table table(header);
    for (std::size_t i = 0; i < check.lines.size(); ++i) {
        if (i > 0) table.rule();
        for (std::size_t b = 0; b < check.blocks.size(); ++b) {
            const auto& q = check.lines[i].blocks[b];
            std::vector<std::string> row{
                b == 0 ? check.lines[i].name : "", check.blocks[b], fmt::format("{:.4f}", q.to_exact.cosine),
                fmt::format("{:.3f}", q.to_exact.norm_ratio),
                std::isfinite(q.snr_db) ? fmt::format("{:.1f} dB", q.snr_db) : std::string("no noise")};
            if (truth && q.to_true) {
                row.push_back(fmt::format("{:.4f}", q.to_true->cosine));
                row.push_back(fmt::format("{:.3f}", q.to_true->norm_ratio));
            }
            table.row(row);
        }
    }
    return table.text();
}

std::string explained(const GradientCheck& check) {
    std::string text = "cosine and norm ratio are against exact EP: the settled ideal twin at the same beta; "
                       "the SNR is its power over what changes from repeat to repeat\n";
    if (!check.no_truth.empty()) return text + fmt::format("no true gradient: {}\n", check.no_truth);
    text += "the true gradient is dC/dtheta at the free equilibrium (adjoint, double precision)\n";
    if (check.outputs_at_bound > 0.0)
        text += fmt::format("{:.0f} % of the outputs rest at a bound, where it has no slope; a finite nudge "
                            "lifts those it pulls inwards, so that EP learns from them all the same\n",
                            100.0 * check.outputs_at_bound);
    return text;
}

Json match_json(const GradientMatch& match) {
    return {{"cosine", match.cosine}, {"norm_ratio", match.norm_ratio}};
}

std::string check_json(const GradientCheck& check, const Trained& trained, const Options& o) {
    Json lines = Json::array();
    for (const auto& line : check.lines) {
        Json blocks = Json::array();
        for (std::size_t b = 0; b < line.blocks.size(); ++b) {
            const auto& q = line.blocks[b];
            blocks.push_back({{"couplings", check.blocks[b]},
                              {"to_exact", match_json(q.to_exact)},
                              {"to_true", q.to_true ? match_json(*q.to_true) : Json(nullptr)},
                              {"snr_db", std::isfinite(q.snr_db) ? Json(q.snr_db) : Json(nullptr)}});
        }
        lines.push_back({{"name", line.name}, {"blocks", std::move(blocks)}});
    }
    return document({{"machine", trained.experiment.machine.name},
                     {"epoch", trained.epoch},
                     {"samples", o.samples},
                     {"repeats", o.repeats},
                     {"lines", std::move(lines)},
                     {"no_truth", check.no_truth},
                     {"outputs_at_bound", check.outputs_at_bound},
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
    if (o.repeats < 1 || o.repeats > 1000)
        throw UserError(fmt::format("--repeats {}: valid is 1 to 1000", o.repeats));
    WorkerPool pool(e.run.thread_count());
    const auto theta = trained.theta.empty()
                           ? initial_numbers(*e.network.build(), *e.network.model.part(), e.training,
                                             static_cast<std::uint64_t>(e.run.seed))
                           : trained.theta;
    const auto check =
        check_gradient(e, theta, data.train,
                       {static_cast<std::size_t>(o.samples), static_cast<std::size_t>(o.repeats)}, pool);
    const bool of_run = RunDirectory::is_run(o.source.experiment_or_run) && o.source.sets.empty();
    const auto json = check_json(check, trained, o);
    if (of_run) write_atomically(gradient_file(RunDirectory::open(o.source.experiment_or_run)), json);
    if (o.json) {
        std::cout << json;
        return exit_done;
    }
    std::cout << fmt::format("gradient of {} training samples on {}, couplings after epoch {}; {} repeats, "
                             "with the same draws in every line\n\n{}\n{}{}",
                             o.samples, e.machine.name, trained.epoch, o.repeats, table_of(check),
                             explained(check), advice(e, check.output_shift_lsb));
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
                        {"--repeats", "N", "times with other draws of all noise (default 4)", &o->repeats},
                        {"--data", "DIR",
                         "where the data set lies (otherwise the environment's ISINGLASS_DATA)", &o->data},
                        {"--json", "", "print the tables as JSON", &o->json}},
            .run = [o] { return gradcheck(*o); }};
}

} // namespace isinglass
