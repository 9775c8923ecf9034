#include "sim/estimate/job_costs.hpp"

#include <algorithm>
#include <cmath>

namespace isinglass {

namespace {

constexpr std::size_t command_bytes = 32, register_bytes = 4;
constexpr std::size_t probes = 8; // registers that the driver reads once
constexpr std::size_t writes_a_job = 5, reads_a_job = 4;

std::uint64_t femtoseconds(double s) {
    return static_cast<std::uint64_t>(std::llround(s * 1e15));
}

void add_time(CostSheet& sheet, Phase phase, std::uint64_t fs) {
    sheet.time_fs[static_cast<std::size_t>(phase)] += static_cast<long double>(fs);
}

ScheduleRates rates_of(const MachineSpec& m) {
    return {.clock_fs = m.clock_fs(),
            .latency_fs = femtoseconds(m.link.latency_s),
            .fs_per_byte = 1e15 / m.link.bytes_per_s,
            .queue = static_cast<std::size_t>(m.control.unit_queue),
            .staging = static_cast<std::size_t>(m.control.staging_slots),
            .reads_under_way = static_cast<std::size_t>(m.control.outstanding_reads),
            .results = static_cast<std::size_t>(m.control.result_slots),
            .sample_cycles = static_cast<std::uint64_t>(m.control.sample_cycles),
            .sample_and_hold = m.sample_and_hold};
}

} // namespace

JobCosts::JobCosts(const Experiment& experiment, const Mapping& mapping, const NetworkWork& net,
                   const ArrayWork& array, const Measured& measured)
    : e_(experiment),
      m_(mapping.machine),
      net_(net),
      array_(array),
      work_(experiment, mapping, net, array, measured),
      rates_(rates_of(m_)) {}

std::uint64_t JobCosts::driver_fs() const {
    return femtoseconds(m_.host.driver_s);
}

JobCost JobCosts::learning(std::size_t n, bool program, bool first) const {
    const bool frozen = e_.training.nudge == "frozen";
    JobCost job = frozen ? scoring(n, program, first) : JobCost{};
    JobCost nudged = of(work_.learning(), n, program && !frozen, first);
    if (e_.training.estimator == "random-sign") nudged.sheet.halve(Phase::nudge_plus, Phase::nudge_minus);
    job.sheet.add(nudged.sheet);
    job.times = nudged.times;
    job.samples = n;
    return job;
}

JobCost JobCosts::scoring(std::size_t n, bool program, bool first) const {
    return of(work_.scoring(), n, program, first);
}

// Two flops a product and sample for the co-activities (twice that where errors come first, which are sums
// over the couplings), then optimiser and rounding; gradient, couplings and codes pass through memory once
// each way. The weights of a read-out that the host keeps are numbers like others, without products.
CostSheet JobCosts::update(std::size_t n) const {
    const auto& t = e_.training;
    const auto parameters = static_cast<double>(net_.parameters + t.cost->weights(net_.outputs));
    const auto samples = static_cast<double>(n);
    const auto& optimiser = *t.optimiser.part();
    double products = 0.0;
    for (const auto& block : net_.blocks) products += static_cast<double>(block.served());
    if (e_.network.model->learns_from_errors()) products *= 2.0;
    const double flops = 2.0 * samples * products + parameters * (optimiser.flops_per_parameter() + 2.0);
    const double bytes = parameters * (4.0 + 8.0 + 2.0 + optimiser.bytes_per_parameter()) +
                         samples * 4.0 * static_cast<double>(net_.inputs + 2 * net_.spins);
    CostSheet sheet;
    sheet.post("host.flop", Phase::update, flops);
    sheet.post("host.dram_byte", Phase::update, bytes);
    const double s = std::max(flops / m_.host.flops_per_s, bytes / m_.host.dram_bytes_per_s);
    add_time(sheet, Phase::update, rates_.edge(femtoseconds(s)));
    return sheet;
}

CostSheet JobCosts::setup() const {
    CostSheet sheet;
    sheet.post("register.access", Phase::idle, probes);
    sheet.post("link.bit", Phase::idle, 8.0 * 2 * register_bytes * probes);
    const std::uint64_t probed = 2 * probes * rates_.register_write_fs();
    add_time(sheet, Phase::idle, rates_.edge(probed + driver_fs()) - rates_.edge(driver_fs()));
    return sheet;
}

JobCost JobCosts::of(const WorkSteps& sample, std::size_t n, bool program, bool first) const {
    JobCost job{.samples = n};
    WorkSteps all = program ? work_.program(first) : WorkSteps{};
    all.list.reserve(all.list.size() + n * sample.list.size() + 1);
    for (std::size_t i = 0; i < n; ++i)
        all.list.insert(all.list.end(), sample.list.begin(), sample.list.end());
    all.list.push_back({.kind = JobStep::Kind::interrupt, .phase = Phase::read});
    job.times = schedule(rates_, all.list);
    job.sheet = all.counts;
    job.sheet.add(sample.counts, static_cast<double>(n));
    job.sheet.post("sequencer.command", Phase::read, 1.0);
    SampleWork::post_transfer(job.sheet, Phase::idle, static_cast<double>(all.list.size() * command_bytes));
    job.sheet.post("register.access", Phase::idle, writes_a_job + reads_a_job);
    job.sheet.post("link.bit", Phase::idle, 8.0 * register_bytes * (writes_a_job + 2 * reads_a_job));
    for (const auto& [action, per_s] : array_.flows_per_s)
        for (std::size_t p = 0; p < phase_count; ++p)
            job.sheet.post(action, static_cast<Phase>(p),
                           per_s * static_cast<double>(job.times.biased_fs[p]) * 1e-15);
    for (std::size_t p = 0; p < phase_count; ++p)
        add_time(job.sheet, static_cast<Phase>(p), job.times.phase_fs[p]);
    add_time(job.sheet, Phase::idle, rates_.edge(driver_fs()));
    return job;
}

} // namespace isinglass
