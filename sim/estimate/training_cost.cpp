#include "sim/estimate/training_cost.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace isinglass {

namespace {

constexpr std::size_t command_bytes = 32, register_bytes = 4;
constexpr std::size_t probes = 8; // registers that the driver reads once
constexpr std::size_t writes_a_job = 5, reads_a_job = 4;
constexpr std::size_t scored_at_once = 1024; // presentations of a scoring job, at most
constexpr std::size_t initial_couplings_limit = 50'000'000;

// Bytes of a code on the link.
std::size_t code_bytes(const CodeFormat& format) {
    return format.bytes();
}

// What one experiment's jobs are made of.
class Jobs {
  public:
    Jobs(const Experiment& e, const Measured& measured, TrainingCost& cost)
        : e_(e),
          m_(cost.mapping.machine),
          t_(e.training),
          measured_(measured),
          cost_(cost),
          net_(cost.network),
          dac_bytes_(code_bytes(m_.dac->build(1, m_.dac_bank, 0, 0)->format())),
          adc_bytes_(code_bytes(m_.adc->build(1, m_.adc_bank, 0, 0)->format())),
          rates_{.clock_fs = m_.clock_fs(),
                 .latency_fs = static_cast<std::uint64_t>(std::llround(m_.link.latency_s * 1e15)),
                 .fs_per_byte = 1e15 / m_.link.bytes_per_s,
                 .queue = static_cast<std::size_t>(m_.control.unit_queue),
                 .staging = static_cast<std::size_t>(m_.control.staging_slots),
                 .reads_under_way = static_cast<std::size_t>(m_.control.outstanding_reads),
                 .results = static_cast<std::size_t>(m_.control.result_slots),
                 .sample_cycles = static_cast<std::uint64_t>(m_.control.sample_cycles),
                 .sample_and_hold = m_.sample_and_hold},
          free_(relaxation(t_.free, measured.free_checks, "training.free", cost.free_cycles)),
          nudged_(relaxation(t_.nudged, measured.nudged_checks, "training.nudged", cost.nudged_cycles)) {}

    [[nodiscard]] const ScheduleRates& rates() const { return rates_; }

    // A job that trains on `n` presentations, with the scoring job before it where the nudge is frozen.
    // `program`: the codes of all couplings come first; `first`: of a run, which writes all of them.
    JobCost learning(std::size_t n, bool program, bool first) const {
        const bool frozen = t_.nudge == "frozen";
        JobCost job = frozen ? scoring(n, program, first) : JobCost{};
        JobCost nudged = of(learning_steps(frozen), n, program && !frozen, first);
        job.sheet.add(nudged.sheet);
        job.times = nudged.times;
        job.samples = n;
        return job;
    }

    JobCost scoring(std::size_t n, bool program, bool first) const {
        return of(scoring_steps(), n, program, first);
    }

    // The host's work for an update: two flops a coupling and sample for the co-activities, then optimiser
    // and rounding; gradient, couplings and codes pass through memory once each way.
    CostSheet update(std::size_t n) const {
        const auto parameters = static_cast<double>(net_.parameters);
        const auto samples = static_cast<double>(n);
        const auto& optimiser = *t_.optimiser.part();
        const double flops = parameters * (2.0 * samples + optimiser.flops_per_parameter() + 2.0);
        const double bytes = parameters * (4.0 + 8.0 + 2.0 + optimiser.bytes_per_parameter()) +
                             samples * 4.0 * static_cast<double>(net_.inputs + 2 * net_.spins);
        CostSheet sheet;
        sheet.post("host.flop", Phase::update, flops);
        sheet.post("host.dram_byte", Phase::update, bytes);
        const double s = std::max(flops / m_.host.flops_per_s, bytes / m_.host.dram_bytes_per_s);
        add_time(sheet, Phase::update, rates_.edge(femtoseconds(s)));
        return sheet;
    }

    // Before the first job: the driver asks the device for its formats, and lists start on clock edges.
    CostSheet setup() const {
        CostSheet sheet;
        sheet.post("register.access", Phase::idle, probes);
        sheet.post("link.bit", Phase::idle, 8.0 * 2 * register_bytes * probes);
        const std::uint64_t probed = 2 * probes * rates_.register_write_fs();
        add_time(sheet, Phase::idle, rates_.edge(probed + driver_fs()) - rates_.edge(driver_fs()));
        return sheet;
    }

  private:
    struct Relaxation {
        std::uint64_t cycles = 0;        // of the array
        std::uint64_t motion_cycles = 0; // of it while spins move, for counts of steps
        double checks = 0.0;
        bool after_adcs = false;
    };

    static std::uint64_t femtoseconds(double s) { return static_cast<std::uint64_t>(std::llround(s * 1e15)); }
    [[nodiscard]] std::uint64_t driver_fs() const { return femtoseconds(m_.host.driver_s); }
    static void add_time(CostSheet& sheet, Phase phase, std::uint64_t fs) {
        sheet.time_fs[static_cast<std::size_t>(phase)] += static_cast<long double>(fs);
    }

    Relaxation relaxation(const RelaxTime& time, const std::optional<double>& measured, const char* key,
                          std::uint64_t& limit_cycles) {
        const double rc_s = m_.circuit->time_constant_s;
        const std::uint64_t limit = m_.cycles(time.seconds(rc_s, cost_.array.step_s));
        limit_cycles = limit;
        if (!t_.until_settled) return {.cycles = limit, .motion_cycles = limit};
        const double most =
            std::floor(static_cast<double>(limit) * m_.cycle_rc() / m_.detector.period_rc + 1e-6);
        const double checks = measured.value_or(most);
        cost_.exact = false;
        cost_.assumptions.push_back(
            measured
                ? fmt::format("{} ends after {:.2f} checks of the detector, the mean of the run", key, checks)
                : fmt::format("{} ends at its limit, {:.0f} checks; --from RUN takes a run's mean", key,
                              most));
        const bool read_out = m_.detector.kind == "readout";
        std::uint64_t cycles = m_.cycles(checks * m_.detector.period_rc * rc_s) +
                               static_cast<std::uint64_t>(m_.detector.latency_cycles);
        if (read_out) cycles += adc_cycles(net_.spins);
        return {.cycles = cycles, .motion_cycles = cycles, .checks = checks, .after_adcs = read_out};
    }

    [[nodiscard]] std::uint64_t adc_cycles(std::size_t nodes) const {
        return m_.cycles(static_cast<double>(m_.adc_bank.slots(nodes)) / m_.adc_bank.rate_hz);
    }

    // --- commands with their counts
    struct Steps {
        std::vector<JobStep> list;
        CostSheet counts;   // of one sample, without time
        double bytes = 0.0; // of its buffers
    };
    enum class Lines { inputs, with_targets, with_forces };

    void add(Steps& s, JobStep step) const {
        s.counts.post("sequencer.command", step.phase, 1.0);
        s.bytes += static_cast<double>(step.bytes);
        if (step.bytes > 0) transferred(s.counts, step.phase, static_cast<double>(step.bytes));
        s.list.push_back(step);
    }
    static void transferred(CostSheet& sheet, Phase phase, double bytes) {
        sheet.post("link.bit", phase, 8.0 * bytes);
        sheet.post("dma.byte", phase, bytes);
        sheet.post("staging.byte", phase, 2.0 * bytes);
    }

    void add_clamp(Steps& s, Lines lines) const {
        std::vector<LineRun> runs{{0, net_.inputs}};
        std::size_t n = net_.inputs;
        if (lines == Lines::with_targets) runs.front().count = n = net_.inputs + net_.outputs;
        if (lines == Lines::with_forces) {
            runs.push_back({net_.inputs + net_.outputs, net_.outputs});
            n = net_.inputs + net_.outputs;
        }
        const double slots = static_cast<double>(m_.dac_bank.slots(runs));
        add(s, {.kind = JobStep::Kind::clamp,
                .phase = Phase::clamp,
                .bytes = n * dac_bytes_,
                .cycles = m_.cycles(slots / m_.dac_bank.rate_hz),
                .take_over_cycles = cost_.array.clamp_cycles});
        s.counts.post(m_.dac->action(), Phase::clamp, static_cast<double>(n));
        const std::size_t wires = line_drives(net_, static_cast<std::size_t>(m_.tiles.columns));
        if (m_.dac->drives_lines())
            s.counts.post("dac.line_drive", Phase::clamp, static_cast<double>(n - net_.inputs + wires));
        for (const auto& [action, amount] : cost_.array.a_clamp) s.counts.post(action, Phase::clamp, amount);
    }
    void add_free_phase(Steps& s) const {
        add(s, {.phase = Phase::free, .cycles = static_cast<std::uint64_t>(m_.control.reset_cycles)});
        s.counts.post(cost_.array.reset_action, Phase::free, static_cast<double>(net_.spins));
        add_relax(s, Phase::free, free_);
    }
    // Units of relaxation, RC or steps, after which a network spread over turns or chips exchanges states.
    double units(const Relaxation& r) const {
        const double unit = cost_.array.step_cycles > 0.0 ? cost_.array.step_cycles : 1.0 / m_.cycle_rc();
        return std::max(1.0, std::ceil(static_cast<double>(r.cycles) / unit - 1e-6));
    }
    std::uint64_t spread(const Relaxation& r) const {
        const auto& mapping = cost_.mapping;
        return static_cast<std::uint64_t>(static_cast<double>(r.cycles) * mapping.turns +
                                          units(r) * mapping.more_cycles);
    }
    void add_relax(Steps& s, Phase phase, const Relaxation& r) const {
        add(s, {.kind = r.after_adcs ? JobStep::Kind::after_adcs : JobStep::Kind::array,
                .phase = phase,
                .cycles = spread(r)});
        for (const auto& [action, amount] : cost_.mapping.a_unit)
            s.counts.post(action, phase, units(r) * amount);
        if (cost_.array.step_cycles > 0.0) {
            const double steps =
                std::ceil(static_cast<double>(r.motion_cycles) / cost_.array.step_cycles - 1e-6);
            for (const auto& [action, amount] : cost_.array.a_step)
                s.counts.post(action, phase, steps * amount);
        }
        const double compared = r.checks * static_cast<double>(net_.spins);
        if (!r.after_adcs) return s.counts.post("settle.compare", phase, compared);
        s.counts.post(m_.adc->action(), phase, compared);
        if (m_.sample_and_hold && m_.adc->samples()) s.counts.post("sample_hold.sample", phase, compared);
    }
    void add_hold(Steps& s, Phase phase) const {
        add(s, {.phase = phase, .cycles = static_cast<std::uint64_t>(m_.control.sample_cycles)});
        s.counts.post(cost_.array.hold_action, phase, static_cast<double>(net_.spins));
    }
    void add_read(Steps& s, std::size_t nodes) const {
        add(s, {.kind = JobStep::Kind::read,
                .phase = Phase::read,
                .bytes = nodes * adc_bytes_,
                .cycles = adc_cycles(nodes)});
        s.counts.post(m_.adc->action(), Phase::read, static_cast<double>(nodes));
        if (m_.sample_and_hold && m_.adc->samples())
            s.counts.post("sample_hold.sample", Phase::read, static_cast<double>(nodes));
    }

    Steps scoring_steps() const {
        Steps s;
        add_clamp(s, Lines::inputs);
        add_free_phase(s);
        add_read(s, net_.outputs);
        return s;
    }
    // Of a random-sign estimate, one of the two directions: they take the same.
    Steps learning_steps(bool frozen) const {
        const bool centred = t_.estimator == "centred";
        const bool differences = t_.readout == "differences";
        Steps s;
        add_clamp(s, frozen ? Lines::with_forces : Lines::with_targets);
        add_free_phase(s);
        if (centred || differences) add_hold(s, Phase::free);
        if (!centred || differences) add_read(s, net_.spins);
        add_relax(s, Phase::nudge_plus, nudged_);
        add_read(s, net_.spins);
        if (!centred) return s;
        add_hold(s, Phase::nudge_minus);
        add_relax(s, Phase::nudge_minus, nudged_);
        add_read(s, net_.spins);
        return s;
    }

    Steps program_steps(bool first) const {
        Steps s;
        const std::size_t bytes = m_.couplings.format().bytes();
        const bool all = first || t_.write == "all";
        const bool pulses = !all && t_.write == "pulses";
        const auto drivers = static_cast<double>(m_.couplings.write_drivers);
        for (const auto& block : net_.blocks) {
            const double share = static_cast<double>(block.numbers) / static_cast<double>(net_.parameters);
            const auto most = static_cast<double>(block.numbers);
            const double written =
                all || !measured_.written ? most : std::round(std::min(most, share * *measured_.written));
            std::size_t length = block.numbers * (pulses ? 1 : bytes);
            if (!all) length += block.rows * (4 + (block.columns + 7) / 8);
            if (!all && measured_.program_bytes)
                length = static_cast<std::size_t>(std::llround(share * *measured_.program_bytes));
            add(s, {.kind = JobStep::Kind::program,
                    .phase = Phase::program,
                    .bytes = length,
                    .cycles = static_cast<std::uint64_t>(std::ceil(written / drivers)) *
                              static_cast<std::uint64_t>(m_.couplings.write_cycles)});
            if (pulses)
                s.counts.post("coupling.pulse", Phase::program, written);
            else
                s.counts.post("coupling.write", Phase::program, 2.0 * written); // a pair of devices
        }
        return s;
    }

    JobCost of(const Steps& sample, std::size_t n, bool program, bool first) const {
        JobCost job{.samples = n};
        Steps all = program ? program_steps(first) : Steps{};
        all.list.reserve(all.list.size() + n * sample.list.size() + 1);
        for (std::size_t i = 0; i < n; ++i)
            all.list.insert(all.list.end(), sample.list.begin(), sample.list.end());
        const double buffers = all.bytes + static_cast<double>(n) * sample.bytes;
        const double touched = buffers + static_cast<double>(all.list.size() * command_bytes);
        all.list.push_back({.kind = JobStep::Kind::interrupt, .phase = Phase::read});
        job.times = schedule(rates_, all.list);
        job.sheet = all.counts;
        job.sheet.add(sample.counts, static_cast<double>(n));
        job.sheet.post("sequencer.command", Phase::read, 1.0);
        job.sheet.post("host.dram_byte", Phase::idle, 2.0 * touched); // host and device, once each
        transferred(job.sheet, Phase::idle, static_cast<double>(all.list.size() * command_bytes));
        job.sheet.post("register.access", Phase::idle, writes_a_job + reads_a_job);
        job.sheet.post("link.bit", Phase::idle, 8.0 * register_bytes * (writes_a_job + 2 * reads_a_job));
        for (const auto& [action, per_s] : cost_.array.flows_per_s)
            for (std::size_t p = 0; p < phase_count; ++p)
                job.sheet.post(action, static_cast<Phase>(p),
                               per_s * static_cast<double>(job.times.biased_fs[p]) * 1e-15);
        for (std::size_t p = 0; p < phase_count; ++p)
            add_time(job.sheet, static_cast<Phase>(p), job.times.phase_fs[p]);
        add_time(job.sheet, Phase::idle, rates_.edge(driver_fs()));
        return job;
    }

    const Experiment& e_;
    const MachineSpec& m_;
    const TrainingSpec& t_;
    const Measured& measured_;
    TrainingCost& cost_;
    const NetworkWork& net_;
    std::size_t dac_bytes_, adc_bytes_;
    ScheduleRates rates_;
    Relaxation free_, nudged_;
};

// Of couplings nobody has trained: drawn as a run draws them, or the mean of their law where they are many.
std::vector<double> initial_magnitudes(const Experiment& e, const NetworkWork& work) {
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
        magnitudes.push_back(static_cast<double>(block.numbers) * std::min(block.range, 0.5 * bound));
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
        for (const float w : theta.subspan(at, block.numbers))
            sum += std::min(block.range, std::abs(static_cast<double>(w)));
        magnitudes.push_back(sum);
        at += block.numbers;
    }
    return magnitudes;
}

TrainingCost training_cost(const Experiment& e, const Mapping& mapping, const SampleCounts& samples,
                           const Measured& measured) {
    TrainingCost cost{.network = network_work(e.network), .mapping = mapping};
    const auto& t = e.training;
    const auto magnitudes =
        measured.magnitudes.empty() ? initial_magnitudes(e, cost.network) : measured.magnitudes;
    cost.array = array_work(cost.mapping.machine, e.network, cost.network, magnitudes);
    const Jobs jobs(e, measured, cost);
    if (mapping.name != "one chip") {
        cost.exact = false;
        cost.assumptions.push_back(mapping.name + ": " + mapping.description);
    }
    if (t.write == "changed") {
        cost.exact = false;
        cost.assumptions.push_back(
            measured.written
                ? fmt::format("an update writes {:.0f} couplings, the mean of the run", *measured.written)
                : "every coupling changes at every update, the most that write = \"changed\" can take; "
                  "--from RUN takes a run's mean");
    }
    if (t.calibrate.wanted()) {
        cost.exact = false;
        cost.assumptions.push_back("calibrating the chip is not in these figures");
    }
    if (t.write == "pulses") {
        cost.exact = false;
        cost.assumptions.push_back(
            measured.written
                ? fmt::format("an update gives {:.0f} pulses, the mean of the run", *measured.written)
                : "every coupling gets one pulse at every update; --from RUN takes a run's mean");
    }
    const auto states = static_cast<std::size_t>(t.initial_states);
    const auto size = static_cast<std::size_t>(t.batch);
    const auto learnt = [&](std::size_t n, bool first) {
        CostSheet sheet = jobs.learning(n * states, true, first).sheet;
        sheet.add(jobs.update(n * states));
        return sheet;
    };
    cost.sample = jobs.learning(1, false, false);
    cost.batch = jobs.learning(std::min(size, std::max<std::size_t>(1, samples.train)) * states, true, false);
    cost.update = jobs.update(cost.batch.samples);

    const std::size_t whole = samples.train / size;
    const std::size_t rest = samples.train % size;
    const std::size_t test_states = static_cast<std::size_t>(t.test_states);
    const std::size_t at_once = std::max<std::size_t>(1, scored_at_once / test_states);
    const std::size_t scorings = (samples.validation + at_once - 1) / at_once;
    // The codes of an epoch's last update are programmed by the first job that scores, if there is one.
    CostSheet scored;
    for (std::size_t i = 0; i < scorings; ++i) {
        const std::size_t n = std::min(at_once, samples.validation - i * at_once) * test_states;
        const bool as_before = i > 1 && i + 1 < scorings;
        if (as_before) continue;
        const double times = i == 1 && scorings > 2 ? static_cast<double>(scorings - 2) : 1.0;
        scored.add(jobs.scoring(n, i == 0, false).sheet, times);
    }
    // An epoch's first batch programs only where no scoring did; the first of a run always does.
    const std::size_t first_size = whole > 0 ? size : rest;
    const CostSheet a_batch = learnt(size, false);
    CostSheet later;
    if (whole > 1) later.add(a_batch, static_cast<double>(whole - 1));
    if (rest > 0 && whole > 0) later.add(learnt(rest, false));
    later.add(scored);
    const auto first_batch = [&](bool program, bool all) {
        CostSheet sheet = jobs.learning(first_size * states, program, all).sheet;
        sheet.add(jobs.update(first_size * states));
        return sheet;
    };
    cost.epoch = later;
    cost.epoch.add(first_batch(scorings == 0, false));
    if (t.epochs > 0) {
        cost.run = jobs.setup();
        cost.run.add(cost.epoch, static_cast<double>(t.epochs - 1));
        cost.run.add(later);
        cost.run.add(first_batch(true, true));
    }
    for (CostSheet* sheet : {&cost.sample.sheet, &cost.batch.sheet, &cost.update, &cost.epoch, &cost.run})
        post_statics(*sheet, cost.mapping);
    return cost;
}

} // namespace isinglass
