#include "sim/estimate/measured.hpp"

#include "hw_models/base/error.hpp"
#include "sim/run/checkpoint.hpp"
#include "sim/run/files.hpp"
#include "sim/run/summary.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace isinglass {

namespace {

double amount(const LedgerRecord& ledger, std::string_view action, std::initializer_list<Phase> phases) {
    double sum = 0.0;
    for (const auto& entry : ledger.entries)
        if (entry.action == action && std::ranges::find(phases, entry.phase) != phases.end())
            sum += entry.amount;
    return sum;
}

} // namespace

Measured measured_in(const RunDirectory& run, const NetworkWork& work, const SampleCounts& samples) {
    const auto experiment = load_experiment(run.config().string(), {});
    const auto summary = RunSummary::from_json(read_file(run.summary()), run.summary().string());
    const auto& t = experiment.training;
    const auto checkpoint = read_checkpoint(run.last());
    const std::size_t numbers = work.parameters + t.cost->weights(work.outputs);
    if (checkpoint.training.theta.size() != numbers)
        throw UserError(
            fmt::format("{}: the run's network has {} numbers, the experiment's {}; a run of the same "
                        "network fits",
                        run.path().string(), checkpoint.training.theta.size(), numbers));
    Measured measured{.magnitudes = magnitudes_of(work, checkpoint.training.theta)};
    const auto epochs = static_cast<double>(summary.epochs);
    const double learnt = epochs * static_cast<double>(samples.train) * static_cast<double>(t.initial_states);
    const double scored =
        epochs * static_cast<double>(samples.validation) * static_cast<double>(t.test_states);
    const auto spins = static_cast<double>(work.spins);
    if (t.until_settled && learnt > 0.0) {
        const char* action = experiment.machine.detector.kind == "readout" ? "adc.convert" : "settle.compare";
        const double free = learnt * (t.nudge == "frozen" ? 2.0 : 1.0) + scored;
        const double nudged = learnt * t.nudged_phases();
        measured.free_checks = amount(summary.ledger, action, {Phase::free}) / (spins * free);
        measured.nudged_checks =
            amount(summary.ledger, action, {Phase::nudge_plus, Phase::nudge_minus}) / (spins * nudged);
    }
    // The first PROGRAM of a run writes everything.
    const auto size = static_cast<std::size_t>(t.batch);
    const std::size_t batches = (samples.train + size - 1) / size;
    const double programs = epochs * static_cast<double>(batches) - (samples.validation > 0 ? 0.0 : 1.0);
    if (t.write != "all" && programs > 0.0) {
        const double written = t.write == "pulses"
                                   ? amount(summary.ledger, "coupling.pulse", {Phase::program})
                                   : 0.5 * amount(summary.ledger, "coupling.write", {Phase::program}) -
                                         static_cast<double>(work.cells());
        const double bytes = amount(summary.ledger, "link.bit", {Phase::program}) / 8.0 -
                             static_cast<double>(work.parameters) *
                                 static_cast<double>(experiment.machine.couplings.format().bytes());
        measured.written = std::max(0.0, written / programs);
        measured.program_bytes = std::max(0.0, bytes / programs);
    }
    return measured;
}

} // namespace isinglass
