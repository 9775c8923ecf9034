#include "sim/estimate/training_cost.hpp"

#include "sim/estimate/job_costs.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace isinglass {

namespace {

constexpr std::size_t scored_at_once = 1024; // presentations of a scoring job, at most
constexpr std::size_t initial_couplings_limit = 50'000'000;

// Of couplings nobody has trained: drawn as a run draws them, or the mean of their law where they are many.
std::vector<double> initial_magnitudes(const Experiment& e, const NetworkWork& work) {
    if (!work.unrolled) return std::vector<double>(work.blocks.size(), 0.0); // words draw no currents
    if (work.parameters <= initial_couplings_limit) {
        const auto net = e.network.build();
        return magnitudes_of(work, initial_couplings(*net, *e.network.model.part(), e.training.gain,
                                                     static_cast<std::uint64_t>(e.run.seed)));
    }
    std::vector<double> magnitudes;
    for (const auto& block : work.blocks) {
        if (block.link < 0) {
            magnitudes.push_back(0.0);
            continue;
        }
        const double bound =
            e.training.gain /
            std::sqrt(static_cast<double>(work.links[static_cast<std::size_t>(block.link)].fan_in));
        magnitudes.push_back(static_cast<double>(work.cells(block)) * std::min(block.range, 0.5 * bound));
    }
    return magnitudes;
}

// Static power follows time.
void post_statics(CostSheet& sheet, const Mapping& mapping) {
    const auto& machine = mapping.machine;
    for (std::size_t p = 0; p < phase_count; ++p) {
        const auto phase = static_cast<Phase>(p);
        const double s = sheet.time_s(phase);
        sheet.post("controller.static", phase, s * static_cast<double>(mapping.chips));
        sheet.post("converter.static", phase,
                   s * static_cast<double>(machine.dac_bank.count + machine.adc_bank.count));
        sheet.post("tile.leakage", phase, s * mapping.tiles_used);
        sheet.post("host.static", phase, s);
    }
}

} // namespace

std::vector<double> magnitudes_of(const NetworkWork& work, std::span<const float> theta) {
    std::vector<double> magnitudes;
    std::size_t at = 0;
    for (const auto& block : work.blocks) {
        double sum = 0.0;
        for (std::size_t i = 0; i < block.numbers; ++i) {
            const double magnitude = std::min(block.range, std::abs(static_cast<double>(theta[at + i])));
            sum += work.unrolled ? magnitude * static_cast<double>(block.copies[i % block.copies.size()])
                                 : magnitude;
        }
        magnitudes.push_back(sum);
        at += block.numbers;
    }
    return magnitudes;
}

namespace {

// What makes the estimate other than the simulation, a line each.
std::vector<std::string> assumptions_of(const Experiment& e, const Mapping& mapping, const SampleWork& work,
                                        const Measured& measured) {
    auto all = work.assumptions();
    if (mapping.name != "one chip") all.push_back(mapping.name + ": " + mapping.description);
    if (e.training.write == "changed")
        all.push_back(
            measured.written
                ? fmt::format("an update writes {:.0f} couplings, the mean of the run", *measured.written)
                : "every coupling changes at every update, the most that write = \"changed\" can take; "
                  "--from RUN takes a run's mean");
    if (e.training.write == "pulses")
        all.push_back(
            measured.written
                ? fmt::format("an update gives {:.0f} pulses, the mean of the run", *measured.written)
                : "every coupling gets one pulse at every update; --from RUN takes a run's mean");
    if (e.training.calibrate.wanted()) all.emplace_back("calibrating the chip is not in these figures");
    return all;
}

// Scoring after an epoch. Its first job programs the codes of the epoch's last update.
CostSheet scorings_of(const JobCosts& jobs, std::size_t samples, std::size_t states) {
    const std::size_t at_once = std::max<std::size_t>(1, scored_at_once / states);
    const std::size_t whole = samples / at_once;
    const std::size_t rest = samples % at_once;
    CostSheet sheet;
    if (whole > 0) sheet.add(jobs.scoring(at_once * states, true, false).sheet);
    if (whole > 1)
        sheet.add(jobs.scoring(at_once * states, false, false).sheet, static_cast<double>(whole - 1));
    if (rest > 0) sheet.add(jobs.scoring(rest * states, whole == 0, false).sheet);
    return sheet;
}

// The epoch and the run. An epoch's first batch programs only where no scoring did; the first of a run always
// does.
void add_epochs(const JobCosts& jobs, const TrainingSpec& t, const SampleCounts& samples,
                TrainingCost& cost) {
    const auto states = static_cast<std::size_t>(t.initial_states);
    const auto size = static_cast<std::size_t>(t.batch);
    const std::size_t whole = samples.train / size;
    const std::size_t rest = samples.train % size;
    const auto learnt = [&](std::size_t n, bool program, bool first) {
        CostSheet sheet = jobs.learning(n * states, program, first).sheet;
        sheet.add(jobs.update(n * states));
        return sheet;
    };
    CostSheet later;
    if (whole > 1) later.add(learnt(size, true, false), static_cast<double>(whole - 1));
    if (rest > 0 && whole > 0) later.add(learnt(rest, true, false));
    later.add(scorings_of(jobs, samples.validation, static_cast<std::size_t>(t.test_states)));
    const std::size_t first_size = whole > 0 ? size : rest;
    cost.epoch = later;
    cost.epoch.add(learnt(first_size, samples.validation == 0, false));
    if (t.epochs == 0) return;
    cost.run = jobs.setup();
    cost.run.add(cost.epoch, static_cast<double>(t.epochs - 1));
    cost.run.add(later);
    cost.run.add(learnt(first_size, true, true));
}

} // namespace

TrainingCost training_cost(const Experiment& e, const Mapping& mapping, const SampleCounts& samples,
                           const Measured& measured) {
    TrainingCost cost{.network = network_work(e.network, mapping.machine), .mapping = mapping};
    const auto& t = e.training;
    const auto magnitudes = measured.magnitudes.empty() || !cost.network.unrolled
                                ? initial_magnitudes(e, cost.network)
                                : measured.magnitudes;
    cost.array = array_work(cost.mapping.machine, e.network, cost.network, magnitudes, cost.mapping.chips);
    const JobCosts jobs(e, cost.mapping, cost.network, cost.array, measured);
    cost.free_cycles = jobs.work().free_cycles();
    cost.assumptions = assumptions_of(e, mapping, jobs.work(), measured);
    cost.exact = cost.assumptions.empty();
    const std::size_t batch =
        std::min(static_cast<std::size_t>(t.batch), std::max<std::size_t>(1, samples.train)) *
        static_cast<std::size_t>(t.initial_states);
    cost.sample = jobs.learning(1, false, false);
    cost.batch = jobs.learning(batch, true, false);
    cost.update = jobs.update(batch);
    add_epochs(jobs, t, samples, cost);
    for (CostSheet* sheet : {&cost.sample.sheet, &cost.batch.sheet, &cost.update, &cost.epoch, &cost.run})
        post_statics(*sheet, cost.mapping);
    return cost;
}

} // namespace isinglass
