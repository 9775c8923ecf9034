#include "sim/run/wave_trigger.hpp"

#include "hw_models/array/state_loops.hpp"

#include <algorithm>
#include <cmath>

namespace isinglass {

namespace {

constexpr int bits_of_an_ideal_adc = 8;

DeviceInfo widths(const MachineSpec& machine) {
    return {.dac_code_bytes = machine.dac->build(1, machine.dac_bank, 0, 0)->format().bytes(),
            .adc_code_bytes = machine.adc->build(1, machine.adc_bank, 0, 0)->format().bytes()};
}

} // namespace

double half_lsb(const MachineSpec& machine, const SpinLayer& layer) {
    const auto format = machine.adc->build(1, machine.adc_bank, 0, 0)->format();
    const auto range = read_range(layer, false, machine.read_gain);
    return 0.5 * static_cast<double>(range.high - range.low) /
           (std::ldexp(1.0, format.bits.value_or(bits_of_an_ideal_adc)) - 1.0);
}

WaveTrigger::WaveTrigger(const Experiment& experiment, std::shared_ptr<const Network> network,
                         FindSample find, WaveSink& sink)
    : experiment_(experiment),
      spec_(experiment.trace),
      net_(std::move(network)),
      find_(std::move(find)),
      sink_(sink),
      epochs_(*NumberSet::parse(spec_.epochs)),
      samples_(*NumberSet::parse(spec_.samples)),
      classes_(*NumberSet::parse(spec_.classes)),
      lines_(net_, *experiment.network.model.part(), experiment.machine, widths(experiment.machine)),
      sample_signal_(sink.declare_bits("coprocessor/sample", 32, 0)),
      class_signal_(sink.declare_bits("coprocessor/class", 16, 0)),
      cost_signal_(sink.declare_real("coprocessor/array/cost_C", 0.0)) {}

std::optional<PresentedSample> WaveTrigger::candidate(std::uint64_t presentation) const {
    if (full() && !presentations_.contains(presentation)) return std::nullopt;
    const auto p = find_(presentation);
    const bool chosen = p && epochs_.contains(p->epoch) &&
                        samples_.contains(static_cast<std::int64_t>(p->sample)) &&
                        classes_.contains(p->label);
    return chosen ? p : std::nullopt;
}

// A sample may be presented in several jobs; it counts once.
bool WaveTrigger::take(std::uint64_t presentation) {
    if (presentations_.insert(presentation).second) taken_.push_back(*find_(presentation));
    return true;
}

bool WaveTrigger::at_fetch(std::uint64_t presentation) {
    return spec_.when == "always" && candidate(presentation) && take(presentation);
}

bool WaveTrigger::asks_at_clamp(std::uint64_t presentation) {
    return spec_.when != "always" && spec_.when != "bus-error" && candidate(presentation);
}

bool WaveTrigger::at_clamp(const EvaluatedSample& sample) {
    const auto presentation = sample.job.samples[sample.sample].presentation;
    return (presentations_.contains(presentation) || happens(sample)) && take(presentation);
}

bool WaveTrigger::at_error(DeviceError error) {
    return spec_.when == "bus-error" && error == DeviceError::bus;
}

bool WaveTrigger::happens(const EvaluatedSample& sample) {
    if (spec_.when == "clipped") return sample.clipped > 0;
    if (spec_.when == "not-settled") return still_moving(sample);
    return misclassified(sample, find_(sample.job.samples[sample.sample].presentation)->label);
}

// Where a detector says so; otherwise, where the force on a node is still above half an LSB when it is read:
// about what it would yet move.
bool WaveTrigger::still_moving(const EvaluatedSample& sample) const {
    if (std::ranges::any_of(sample.relaxed, [](const RelaxOutcome& r) { return !r.settled; })) return true;
    if (std::ranges::any_of(sample.relaxed, [](const RelaxOutcome& r) { return r.checks > 0; })) return false;
    const auto& program = sample.job.programs[sample.job.samples[sample.sample].program];
    const auto& tape = sample.tape();
    const double threshold = half_lsb(experiment_.machine, net_->output());
    for (std::uint32_t op = 1; op < program.size(); ++op) {
        if (program[op].kind != SampleOp::Kind::read) continue;
        const auto after = std::ranges::upper_bound(tape, op - 1, {}, &TapeStep::op);
        if (after != tape.begin() && std::prev(after)->residual > threshold) return true;
    }
    return false;
}

// By the outputs of the free state: as they were read or, where only nudged states were, between the two.
bool WaveTrigger::misclassified(const EvaluatedSample& sample, int label) {
    const auto& job = sample.job;
    const auto& out = net_->output();
    std::vector<std::vector<float>> reads;
    bool nudged = false;
    for (std::size_t c = job.samples[sample.sample].first_command; c < job.commands.size(); ++c) {
        const auto& command = job.commands[c];
        if (job.places[c].sample != sample.sample || command.opcode == Opcode::interrupt) break;
        if (command.opcode == Opcode::relax) nudged = command.beta != 0.0F;
        if (command.opcode != Opcode::read || (command.flags & read_differences)) continue;
        std::vector<float> state(net_->state_columns);
        lines_.decode(job.buffer(c), command.target, false, state);
        reads.emplace_back(state.begin() + static_cast<std::ptrdiff_t>(out.offset),
                           state.begin() + static_cast<std::ptrdiff_t>(out.offset + out.size));
        if (!nudged || reads.size() == 2) break;
    }
    if (reads.empty()) return false;
    std::vector<float> mean(out.size), shown(out.size);
    for (std::size_t j = 0; j < out.size; ++j)
        mean[j] = reads.front()[j] + 0.5F * difference(out, reads.back()[j], reads.front()[j]);
    experiment_.network.model->observe(mean, shown);
    return experiment_.training.cost->prediction(shown) != label;
}

void WaveTrigger::at_state(std::uint64_t time_fs, std::uint64_t presentation, std::span<const float> state) {
    const auto p = find_(presentation);
    if (!p) return;
    if (shown_ != presentation) {
        shown_ = presentation;
        sink_.bits(time_fs, sample_signal_, p->sample);
        sink_.bits(time_fs, class_signal_, static_cast<std::uint64_t>(p->label));
    }
    const auto& out = net_->output();
    std::vector<float> shown(out.size);
    experiment_.network.model->observe(state.subspan(out.offset, out.size), shown);
    sink_.real(time_fs, cost_signal_, experiment_.training.cost->value(shown, p->label));
}

} // namespace isinglass
