#include "host/learning/presenter.hpp"

#include <algorithm>
#include <cmath>

namespace isinglass {

namespace {

CodeFormat format_of(std::size_t code_bytes, const CodeFormat& nominal) {
    // Registers tell the width in bytes; the resolution within it is the machine's nominal one.
    return code_bytes == 4 ? CodeFormat{} : nominal;
}

} // namespace

struct Presenter::Reads {
    std::uint64_t free = 0;   // s⁰: one-sided estimates and differences
    std::uint64_t first = 0;  // after the nudge of the sign's direction
    std::uint64_t second = 0; // after the opposite one: centred only
};

Presenter::Presenter(HostProcessor& host, HostMeter meter, const MachineSpec& machine,
                     std::shared_ptr<const Network> network, const TrainingSpec& training)
    : host_(host),
      meter_(std::move(meter)),
      machine_(machine),
      net_(std::move(network)),
      training_(training),
      all_layers_mask_(static_cast<std::uint16_t>((1U << net_->layers.size()) - 1U)),
      output_mask_(static_cast<std::uint16_t>(1U << (net_->layers.size() - 1))),
      flop_(meter_.ledger->declare("host.flop")),
      dram_byte_(meter_.ledger->declare("host.dram_byte")) {
    use(machine);
}

void Presenter::use(const MachineSpec& machine) {
    machine_ = machine;
    info_ = host_.probe();
    dac_ = format_of(info_.dac_code_bytes, machine.dac->build(1, machine.dac_bank, 0, 0)->format());
    adc_ = format_of(info_.adc_code_bytes, machine.adc->build(1, machine.adc_bank, 0, 0)->format());
    const double rc = machine.circuit.time_constant_s;
    free_cycles_ = static_cast<std::uint32_t>(machine.cycles(training_.free.seconds(rc)));
    nudged_cycles_ = static_cast<std::uint32_t>(machine.cycles(training_.nudged.seconds(rc)));
    relax_flags_ = training_.until_settled ? relax_until_settled : std::uint8_t{0};
}

JobBuilder Presenter::begin_job() {
    host_.memory().release_all();
    JobBuilder job(host_.memory());
    if (codes_ != nullptr)
        for (std::size_t b = 0; b < net_->blocks.size(); ++b)
            job.program(b, codes_->buffer(b), changed_only_);
    codes_ = nullptr;
    return job;
}

void Presenter::program_now() {
    auto job = begin_job();
    run(job);
}

JobCounters Presenter::run(JobBuilder& job) {
    double bytes = 0.0; // the device's DMA reads or writes each buffer once, the host the other way
    for (const auto& c : job.commands()) bytes += c.length + static_cast<double>(sizeof(Command));
    meter_.ledger->post(dram_byte_, Phase::idle, 2.0 * bytes);
    host_.work(machine_.host.driver_s);
    align();
    const JobCounters counters = host_.run(job);
    align(); // a checkpoint between jobs then lies on an edge, and a resumed run takes the same time
    return counters;
}

void Presenter::align() {
    const std::uint64_t period = info_.clock_period_fs;
    const std::uint64_t now = sc_core::sc_time_stamp().value();
    const std::uint64_t edge = (now + period - 1) / period * period;
    if (edge > now) sc_core::wait(sc_core::sc_time::from_value(edge - now));
}

void Presenter::charge(double flops, double bytes) {
    meter_.ledger->post(flop_, Phase::update, flops);
    meter_.ledger->post(dram_byte_, Phase::update, bytes);
    meter_.enter(Phase::update);
    host_.work(std::max(flops / machine_.host.flops_per_s, bytes / machine_.host.dram_bytes_per_s));
    align();
    meter_.enter(Phase::idle);
}

void Presenter::clamp(JobBuilder& job, const Samples& samples, Presentation p, std::uint8_t lines,
                      std::span<const float> force) {
    const auto& out = net_->output();
    const bool targets = (lines & clamp_targets) != 0;
    const std::size_t count = net_->inputs + (targets ? out.size : 0) + force.size();
    const auto codes = job.clamp(lines, count * dac_.bytes(), p.number);
    const std::size_t input_bytes = net_->inputs * dac_.bytes();
    levels_.resize(net_->inputs);
    samples.features(p.sample, levels_);
    dac_.encode(levels_, 0.0F, 1.0F, codes.first(input_bytes));
    std::vector<float> side(out.size);
    if (targets) {
        training_.cost->target(samples.labels[p.sample], side);
        dac_.encode(side, out.low, out.high, codes.subspan(input_bytes, out.size * dac_.bytes()));
    }
    const auto range = static_cast<float>(machine_.injected_range);
    if (!force.empty()) dac_.encode(force, -range, range, codes.last(force.size() * dac_.bytes()));
}

void Presenter::free_phase(JobBuilder& job) const {
    job.reset();
    job.relax(free_cycles_, 0.0F, relax_flags_);
}

void Presenter::nudged_phase(JobBuilder& job, double beta) const {
    const std::uint8_t flags = relax_flags_ | (training_.nudge == "frozen" ? relax_frozen : std::uint8_t{0});
    job.relax(nudged_cycles_, static_cast<float>(beta), flags);
}

Presenter::Reads Presenter::add_sample(JobBuilder& job, float sign) const {
    const bool centred = training_.estimator == "centred";
    const bool differences = training_.readout == "differences";
    const std::size_t bytes = net_->spins() * adc_.bytes();
    Reads reads;
    free_phase(job);
    if (centred || differences) job.hold();
    if (!centred || differences) reads.free = job.read(all_layers_mask_, bytes);
    nudged_phase(job, static_cast<double>(sign) * training_.beta);
    reads.first = job.read(all_layers_mask_, bytes, differences);
    if (!centred) return reads;
    job.restore();
    nudged_phase(job, -static_cast<double>(sign) * training_.beta);
    reads.second = job.read(all_layers_mask_, bytes, differences);
    return reads;
}

void Presenter::decode(std::uint64_t address, std::uint16_t layers, bool differences,
                       std::span<float> state) {
    for (std::size_t l = 0; l < net_->layers.size(); ++l) {
        if (((layers >> l) & 1U) == 0) continue;
        const auto& layer = net_->layers[l];
        const auto half =
            static_cast<float>(0.5 * static_cast<double>(layer.high - layer.low) / machine_.read_gain);
        const std::size_t bytes = layer.size * adc_.bytes();
        adc_.decode(host_.memory().read(address, bytes), differences ? -half : layer.low,
                    differences ? half : layer.high, state.subspan(layer.offset, layer.size));
        address += bytes;
    }
}

void Presenter::score(std::span<const float> output, int label, BatchOutcome& outcome) const {
    outcome.correct += training_.cost->prediction(output) == label ? 1 : 0;
    outcome.cost += training_.cost->value(output, label);
}

BatchOutcome Presenter::evaluate(const Samples& samples, std::span<const Presentation> batch) {
    auto job = begin_job();
    const auto& out = net_->output();
    std::vector<std::uint64_t> reads;
    for (const auto& p : batch) {
        clamp(job, samples, p, clamp_inputs, {});
        free_phase(job);
        reads.push_back(job.read(output_mask_, out.size * adc_.bytes()));
    }
    BatchOutcome outcome;
    outcome.counters = run(job);
    std::vector<float> state(net_->state_columns);
    for (std::size_t i = 0; i < batch.size(); ++i) {
        decode(reads[i], output_mask_, false, state);
        score(std::span(state).subspan(out.offset, out.size), samples.labels[batch[i].sample], outcome);
    }
    return outcome;
}

// The free outputs of a batch, and the force −∂C/∂o there. The device has one second hold, and a round trip
// over the link takes longer than a free phase: so all free states are read in one job, and the nudged job
// relaxes them again.
std::vector<float> Presenter::frozen_forces(const Samples& samples, std::span<const Presentation> batch,
                                            BatchOutcome& outcome) {
    auto job = begin_job();
    const auto& out = net_->output();
    std::vector<std::uint64_t> reads;
    for (const auto& p : batch) {
        clamp(job, samples, p, clamp_inputs, {});
        free_phase(job);
        reads.push_back(job.read(output_mask_, out.size * adc_.bytes()));
    }
    outcome.counters = run(job);
    std::vector<float> state(net_->state_columns);
    std::vector<float> forces(batch.size() * out.size);
    for (std::size_t i = 0; i < batch.size(); ++i) {
        decode(reads[i], output_mask_, false, state);
        training_.cost->force(std::span<const float>(state).subspan(out.offset, out.size),
                              samples.labels[batch[i].sample],
                              std::span(forces).subspan(i * out.size, out.size));
    }
    return forces;
}

BatchOutcome Presenter::learn(const Samples& samples, std::span<const Presentation> batch,
                              std::span<const float> signs, BatchReadout& readout) {
    BatchOutcome outcome;
    const auto& out = net_->output();
    const bool frozen = training_.nudge == "frozen";
    const auto forces = frozen ? frozen_forces(samples, batch, outcome) : std::vector<float>{};
    const JobCounters before = outcome.counters;
    auto job = begin_job();
    std::vector<Reads> reads;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        const auto force =
            frozen ? std::span(forces).subspan(i * out.size, out.size) : std::span<const float>{};
        clamp(job, samples, batch[i], clamp_inputs | (frozen ? clamp_injected : clamp_targets), force);
        dac_.decode(host_.memory().read(job.commands().back().address, net_->inputs * dac_.bytes()), 0.0F,
                    1.0F,
                    readout.inputs.row(i)); // the update uses what was clamped, as far as the host knows it
        reads.push_back(add_sample(job, signs[i]));
    }
    const JobCounters counters = run(job);
    outcome.counters = {counters.not_settled + before.not_settled, counters.adc_clipped + before.adc_clipped,
                        counters.couplings_written + before.couplings_written};
    std::vector<float> output(out.size);
    for (std::size_t i = 0; i < batch.size(); ++i) {
        collect(reads[i], signs[i], i, readout);
        // The free outputs lie between the two nudged ones to first order; one-sided estimates have read
        // them.
        const float weight = training_.estimator == "centred" ? 0.5F : 0.0F;
        for (std::size_t j = 0; j < out.size; ++j)
            output[j] = weight * readout.first.row(i)[out.offset + j] +
                        (1.0F - weight) * readout.second.row(i)[out.offset + j];
        score(output, samples.labels[batch[i].sample], outcome);
    }
    return outcome;
}

void Presenter::collect(const Reads& reads, float sign, std::size_t row, BatchReadout& readout) {
    const bool centred = training_.estimator == "centred";
    const bool differences = training_.readout == "differences";
    const auto first = readout.first.row(row);
    const auto second = readout.second.row(row);
    decode(reads.first, all_layers_mask_, differences, first);
    decode(centred ? reads.second : reads.free, all_layers_mask_, centred && differences, second);
    if (differences) {
        std::vector<float> free(net_->state_columns);
        decode(reads.free, all_layers_mask_, false, free);
        for (std::size_t j = 0; j < free.size(); ++j) {
            first[j] += free[j];
            if (centred) second[j] += free[j];
        }
    }
    readout.scale[row] =
        static_cast<float>(1.0 / (static_cast<double>(sign) * training_.beta * (centred ? 2.0 : 1.0)));
}

} // namespace isinglass
