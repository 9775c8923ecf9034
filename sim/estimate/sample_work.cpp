#include "sim/estimate/sample_work.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace isinglass {

SampleWork::SampleWork(const Experiment& experiment, const Mapping& mapping, const NetworkWork& net,
                       const ArrayWork& array, const Measured& measured)
    : m_(mapping.machine),
      t_(experiment.training),
      mapping_(mapping),
      net_(net),
      array_(array),
      measured_(measured),
      reads_free_(t_.reads_free(*experiment.network.model.part())),
      dac_bytes_(m_.dac->build(1, m_.dac_bank, 0, 0)->format().bytes()),
      adc_bytes_(m_.adc->build(1, m_.adc_bank, 0, 0)->format().bytes()),
      free_(relaxation(t_.free, measured.free_checks)),
      nudged_(relaxation(t_.nudged, measured.nudged_checks)) {}

SampleWork::Relaxation SampleWork::relaxation(const RelaxTime& time,
                                              const std::optional<double>& measured) const {
    const double rc_s = m_.circuit->time_constant_s;
    const std::uint64_t limit = m_.cycles(time.seconds(rc_s, array_.step_s));
    if (!t_.until_settled) return {.limit_cycles = limit, .cycles = limit};
    Relaxation r{.limit_cycles = limit, .after_adcs = m_.detector.kind == "readout"};
    r.most_checks = std::floor(static_cast<double>(limit) * m_.cycle_rc() / m_.detector.period_rc + 1e-6);
    r.checks = measured.value_or(r.most_checks);
    r.cycles = m_.cycles(r.checks * m_.detector.period_rc * rc_s) +
               static_cast<std::uint64_t>(m_.detector.latency_cycles);
    if (r.after_adcs) r.cycles += adc_cycles(net_.spins);
    return r;
}

std::vector<std::string> SampleWork::assumptions() const {
    std::vector<std::string> all;
    const auto say = [&](const char* key, const Relaxation& r, bool measured) {
        all.push_back(
            measured
                ? fmt::format("{} ends after {:.2f} checks of the detector, the mean of the run; exact where "
                              "all samples take the same",
                              key, r.checks)
                : fmt::format("{} ends at its limit, {:.0f} checks: exact where nothing settles before, and "
                              "the most otherwise; --from RUN takes a run's mean",
                              key, r.most_checks));
    };
    if (t_.until_settled) {
        say("training.free", free_, measured_.free_checks.has_value());
        say("training.nudged", nudged_, measured_.nudged_checks.has_value());
    }
    if (t_.estimator == "random-sign")
        all.emplace_back(
            "nudge+ and nudge- have half each of what both take together; the sum, and all else, "
            "is exact where nothing else is said");
    return all;
}

std::uint64_t SampleWork::adc_cycles(std::size_t nodes) const {
    return m_.cycles(static_cast<double>(m_.adc_bank.slots(nodes)) / m_.adc_bank.rate_hz);
}

void SampleWork::add(WorkSteps& s, JobStep step) {
    s.counts.post("sequencer.command", step.phase, 1.0);
    if (step.bytes > 0) post_transfer(s.counts, step.phase, static_cast<double>(step.bytes));
    s.list.push_back(step);
}

void SampleWork::post_transfer(CostSheet& sheet, Phase phase, double bytes) {
    sheet.post("link.bit", phase, 8.0 * bytes);
    sheet.post("dma.byte", phase, bytes);
    sheet.post("staging.byte", phase, 2.0 * bytes);
    sheet.post("host.dram_byte", phase, 2.0 * bytes); // host and device, once each
}

void SampleWork::add_clamp(WorkSteps& s, Lines lines) const {
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
            .take_over_cycles = array_.clamp_cycles});
    s.counts.post(m_.dac->action(), Phase::clamp, static_cast<double>(n));
    const std::size_t wires = line_drives(net_, static_cast<std::size_t>(m_.tiles.columns));
    if (m_.dac->drives_lines())
        s.counts.post("dac.line_drive", Phase::clamp, static_cast<double>(n - net_.inputs + wires));
    for (const auto& [action, amount] : array_.a_clamp) s.counts.post(action, Phase::clamp, amount);
}
void SampleWork::add_free_phase(WorkSteps& s) const {
    add(s, {.phase = Phase::free, .cycles = static_cast<std::uint64_t>(m_.control.reset_cycles)});
    s.counts.post(array_.reset_action, Phase::free, static_cast<double>(net_.spins));
    add_relax(s, Phase::free, free_);
}
// Units of relaxation, RC or steps, after which a network spread over turns or chips exchanges states.
double SampleWork::units(const Relaxation& r) const {
    const double unit = array_.step_cycles > 0.0 ? array_.step_cycles : 1.0 / m_.cycle_rc();
    return std::max(1.0, std::ceil(static_cast<double>(r.cycles) / unit - 1e-6));
}
void SampleWork::add_relax(WorkSteps& s, Phase phase, const Relaxation& r) const {
    add(s, {.kind = r.after_adcs ? JobStep::Kind::after_adcs : JobStep::Kind::array,
            .phase = phase,
            .cycles = static_cast<std::uint64_t>(static_cast<double>(r.cycles) * mapping_.turns +
                                                 units(r) * mapping_.more_cycles)});
    for (const auto& [action, amount] : mapping_.a_unit) s.counts.post(action, phase, units(r) * amount);
    if (array_.step_cycles > 0.0) {
        const double steps = std::ceil(static_cast<double>(r.cycles) / array_.step_cycles - 1e-6);
        for (const auto& [action, amount] : array_.a_step) s.counts.post(action, phase, steps * amount);
    }
    const double compared = r.checks * static_cast<double>(net_.spins);
    if (!r.after_adcs) return s.counts.post("settle.compare", phase, compared);
    s.counts.post(m_.adc->action(), phase, compared);
    if (m_.sample_and_hold && m_.adc->samples()) s.counts.post("sample_hold.sample", phase, compared);
}
void SampleWork::add_hold(WorkSteps& s, Phase phase) const {
    add(s, {.phase = phase, .cycles = static_cast<std::uint64_t>(m_.control.sample_cycles)});
    s.counts.post(array_.hold_action, phase, static_cast<double>(net_.spins));
}
void SampleWork::add_read(WorkSteps& s, std::size_t nodes) const {
    add(s, {.kind = JobStep::Kind::read,
            .phase = Phase::read,
            .bytes = nodes * adc_bytes_,
            .cycles = adc_cycles(nodes)});
    s.counts.post(m_.adc->action(), Phase::read, static_cast<double>(nodes));
    if (m_.sample_and_hold && m_.adc->samples())
        s.counts.post("sample_hold.sample", Phase::read, static_cast<double>(nodes));
}

WorkSteps SampleWork::scoring() const {
    WorkSteps s;
    add_clamp(s, Lines::inputs);
    add_free_phase(s);
    add_read(s, net_.outputs);
    return s;
}

WorkSteps SampleWork::learning() const {
    WorkSteps s;
    add_clamp(s, t_.nudge == "frozen" ? Lines::with_forces : Lines::with_targets);
    add_free_phase(s);
    if (t_.holds_free()) add_hold(s, Phase::free);
    if (reads_free_) add_read(s, net_.spins);
    add_relax(s, Phase::nudge_plus, nudged_);
    add_read(s, net_.spins);
    if (!t_.centred()) return s;
    add_hold(s, Phase::nudge_minus);
    add_relax(s, Phase::nudge_minus, nudged_);
    add_read(s, net_.spins);
    return s;
}

WorkSteps SampleWork::program(bool first) const {
    WorkSteps s;
    const std::size_t bytes = m_.couplings.format().bytes();
    const bool all = first || t_.write == "all";
    const bool pulses = !all && t_.write == "pulses";
    const auto cells = static_cast<double>(net_.cells());
    const auto drivers = static_cast<double>(m_.couplings.write_drivers);
    for (const auto& block : net_.blocks) {
        const auto most = static_cast<double>(net_.cells(block));
        const double share = static_cast<double>(block.numbers) / static_cast<double>(net_.parameters);
        const double written =
            all || !measured_.written ? most : std::round(std::min(most, most / cells * *measured_.written));
        std::size_t length = block.numbers * (pulses ? 1 : bytes);
        if (!all) length += block.rows * (4 + (block.columns + 7) / 8); // counts and bitmaps
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

} // namespace isinglass
