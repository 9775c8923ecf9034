#include "host/learning/presenter.hpp"

#include "host/job_memory.hpp"
#include "hw_models/array/state_loops.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

namespace isinglass {

// Addresses of a sample's buffers.
struct Presenter::Buffers {
    std::uint64_t clamp = 0;
    std::uint64_t free = 0;   // s⁰: one-sided estimates and differences
    std::uint64_t first = 0;  // after the nudge of the sign's direction
    std::uint64_t second = 0; // after the opposite one: centred only
};

namespace {

// Returns the address of the codes.
std::uint64_t add_clamp(JobBuilder& job, std::uint8_t lines, std::size_t bytes, Presentation p) {
    job.clamp(lines, bytes, p.number);
    return job.commands().back().address;
}

} // namespace

Presenter::Presenter(HostProcessor& host, HostMeter meter, const MachineSpec& machine,
                     std::shared_ptr<const Network> network, std::shared_ptr<const EnergyModel> model,
                     const TrainingSpec& training, WorkerPool& pool)
    : host_(host),
      meter_(std::move(meter)),
      machine_(machine),
      net_(std::move(network)),
      model_(std::move(model)),
      training_(training),
      pool_(pool),
      lines_(net_, *model_, machine, info_),
      all_layers_mask_(static_cast<std::uint16_t>((1U << net_->layers.size()) - 1U)),
      output_mask_(static_cast<std::uint16_t>(1U << (net_->layers.size() - 1))),
      inputs_(training_, net_->inputs, pool_),
      flop_(meter_.ledger->declare("host.flop")),
      dram_byte_(meter_.ledger->declare("host.dram_byte")) {
    use(machine);
}

void Presenter::use(const MachineSpec& machine) {
    machine_ = machine;
    info_ = host_.probe();
    lines_ = LineCodes(net_, *model_, machine, info_);
    inputs_.use(lines_);
    const double rc = machine.circuit->time_constant_s;
    const double step = relax_step_s(machine, *net_, *model_);
    free_cycles_ = static_cast<std::uint32_t>(machine.cycles(training_.free.seconds(rc, step)));
    nudged_cycles_ = static_cast<std::uint32_t>(machine.cycles(training_.nudged.seconds(rc, step)));
    relax_flags_ = training_.until_settled ? relax_until_settled : std::uint8_t{0};
}

JobBuilder Presenter::begin_job() {
    host_.memory().release_all();
    JobBuilder job(host_.memory());
    if (codes_ != nullptr)
        for (std::size_t b = 0; b < net_->blocks.size(); ++b)
            codes_->write_buffer(b, job.program(b, codes_->buffer_bytes(b), changed_only_), pool_);
    if (pulses_ != nullptr)
        for (std::size_t b = 0; b < net_->blocks.size(); ++b)
            job.pulse(b, pulses_->buffer(b), pulses_->update());
    codes_ = nullptr;
    pulses_ = nullptr;
    return job;
}

void Presenter::program_now() {
    auto job = begin_job();
    run(job);
}

JobCounters Presenter::run(JobBuilder& job) {
    host_.work(machine_.host.driver_s);
    align();
    const JobCounters counters = host_.run(job);
    post_memory(*meter_.ledger, job);
    align(); // a checkpoint between jobs then lies on an edge, and a resumed run takes the same time
    return counters;
}

void Presenter::as_phase(Phase phase, const std::function<void()>& program) const {
    meter_.enter(Phase::idle);
    const Ledger before = *meter_.ledger;
    program();
    meter_.enter(Phase::idle);
    meter_.ledger->assign_since(before, phase);
}

void Presenter::set_read_gain(double gain) {
    host_.write_register(Register::read_gain, std::bit_cast<std::uint32_t>(static_cast<float>(gain)));
    lines_.set_read_gain(gain);
    align();
}

void Presenter::align() const {
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

void Presenter::each(std::size_t count, const std::function<void(std::size_t)>& sample) const {
    constexpr std::size_t at_once = 8;
    pool_.run((count + at_once - 1) / at_once, [&](std::size_t task, unsigned) {
        for (std::size_t i = task * at_once; i < std::min(count, (task + 1) * at_once); ++i) sample(i);
    });
}

std::vector<std::span<std::uint8_t>> Presenter::views(std::span<const Buffers> buffers,
                                                      std::uint64_t Buffers::*which, std::size_t bytes) {
    std::vector<std::span<std::uint8_t>> views;
    for (const auto& b : buffers) views.push_back(host_.memory().writable(b.*which, bytes));
    return views;
}

// Codes of all samples, once their buffers have all been allocated.
void Presenter::fill_clamps(std::span<const Buffers> buffers, const Samples& samples,
                            std::span<const Presentation> batch, std::uint8_t lines,
                            std::span<const float> forces, Matrix* clamped) {
    const auto codes = views(buffers, &Buffers::clamp, lines_.clamp_bytes(lines));
    const std::size_t outputs = net_->output().size;
    const bool coded = learning_ && inputs_.has(samples, batch);
    each(batch.size(), [&](std::size_t i) {
        const auto levels = clamped != nullptr ? clamped->row(i) : std::span<float>{};
        if (coded) {
            inputs_.take(i, codes[i], levels);
        } else {
            if (i + 1 < batch.size()) samples.prefetch(batch[i + 1].sample);
            inputs_.code(samples, batch[i], learning_, codes[i], levels);
        }
        if (lines & clamp_injected) lines_.encode_forces(forces.subspan(i * outputs, outputs), codes[i]);
        if ((lines & clamp_targets) == 0) return;
        thread_local std::vector<float> target;
        target.resize(outputs);
        training_.cost->target(samples.labels[batch[i].sample], target);
        lines_.encode_targets(target, codes[i]);
    });
}

void Presenter::free_phase(JobBuilder& job) const {
    job.reset();
    job.relax(free_cycles_, 0.0F, relax_flags_);
}

void Presenter::nudged_phase(JobBuilder& job, double beta) const {
    const std::uint8_t flags = relax_flags_ | (training_.nudge == "frozen" ? relax_frozen : std::uint8_t{0});
    job.relax(nudged_cycles_, static_cast<float>(beta), flags);
}

void Presenter::add_phases(JobBuilder& job, float sign, std::size_t read_bytes, Buffers& buffers) const {
    const bool differences = training_.differences();
    free_phase(job);
    if (training_.holds_free()) job.hold();
    if (training_.reads_free(*model_)) buffers.free = job.read(all_layers_mask_, read_bytes);
    nudged_phase(job, static_cast<double>(sign) * training_.beta);
    buffers.first = job.read(all_layers_mask_, read_bytes, differences);
    if (!training_.centred()) return;
    job.restore();
    nudged_phase(job, -static_cast<double>(sign) * training_.beta);
    buffers.second = job.read(all_layers_mask_, read_bytes, differences);
}

void Presenter::score(const Matrix& outputs, const Samples& samples, std::span<const Presentation> batch,
                      BatchOutcome& outcome) const {
    const auto& cost = *training_.cost.part();
    std::vector<float> shown(outputs.columns());
    std::vector<std::size_t> votes(std::max(outputs.columns(), cost.most_classes(outputs.columns())));
    for (std::size_t first = 0; first < batch.size();) {
        const int label = samples.labels[batch[first].sample];
        std::ranges::fill(votes, 0);
        double sum = 0.0;
        std::size_t end = first;
        for (; end < batch.size() && batch[end].sample == batch[first].sample; ++end) {
            model_->observe(outputs.row(end), shown);
            ++votes[static_cast<std::size_t>(cost.prediction(shown))];
            sum += cost.value(shown, label);
        }
        const auto winner = std::ranges::max_element(votes) - votes.begin(); // the first of equals
        outcome.correct += winner == label ? 1 : 0;
        const double cost_of_sample = sum / static_cast<double>(end - first);
        outcome.cost += cost_of_sample;
        outcome.verdicts.push_back({batch[first].sample, label, static_cast<int>(winner), cost_of_sample});
        first = end;
    }
}

JobCounters Presenter::read_free(const Samples& samples, std::span<const Presentation> batch,
                                 std::uint16_t layers, Matrix* clamped, const FreeState& state) {
    auto job = begin_job();
    std::vector<Buffers> buffers(batch.size());
    const std::size_t clamp_bytes = lines_.clamp_bytes(clamp_inputs);
    const std::size_t read_bytes = lines_.read_bytes(layers);
    for (std::size_t i = 0; i < batch.size(); ++i) {
        buffers[i].clamp = add_clamp(job, clamp_inputs, clamp_bytes, batch[i]);
        free_phase(job);
        buffers[i].free = job.read(layers, read_bytes);
    }
    fill_clamps(buffers, samples, batch, clamp_inputs, {}, clamped);
    const JobCounters counters = run(job);
    const auto codes = views(buffers, &Buffers::free, read_bytes);
    std::vector<float> decoded(net_->state_columns);
    for (std::size_t i = 0; i < batch.size(); ++i) {
        lines_.decode(codes[i], layers, false, decoded);
        state(i, decoded);
    }
    return counters;
}

JobCounters Presenter::read_free(const Samples& samples, std::span<const Presentation> batch, Matrix* clamped,
                                 const FreeState& state) {
    return read_free(samples, batch, all_layers_mask_, clamped, state);
}

// Free phases alone, read at the outputs: [batch × outputs].
Matrix Presenter::free_outputs(const Samples& samples, std::span<const Presentation> batch,
                               JobCounters& counters) {
    const auto& out = net_->output();
    Matrix outputs(batch.size(), out.size);
    counters = read_free(samples, batch, output_mask_, nullptr, [&](std::size_t i, auto states) {
        std::ranges::copy(states.subspan(out.offset, out.size), outputs.row(i).begin());
    });
    return outputs;
}

BatchOutcome Presenter::evaluate(const Samples& samples, std::span<const Presentation> batch) {
    BatchOutcome outcome;
    learning_ = false;
    score(free_outputs(samples, batch, outcome.counters), samples, batch, outcome);
    return outcome;
}

// The force −∂C/∂o at the free outputs of a batch. The device has one second hold, and a round trip over the
// link takes longer than a free phase: so all free states are read in one job, and the nudged job relaxes
// them again.
std::vector<float> Presenter::frozen_forces(const Samples& samples, std::span<const Presentation> batch,
                                            BatchOutcome& outcome, BatchReadout& readout) {
    const auto outputs = free_outputs(samples, batch, outcome.counters);
    readout.free_outputs = outputs;
    const std::size_t size = outputs.columns();
    std::vector<float> forces(batch.size() * size);
    for (std::size_t i = 0; i < batch.size(); ++i)
        training_.cost->force(outputs.row(i), samples.labels[batch[i].sample],
                              std::span(forces).subspan(i * size, size));
    return forces;
}

BatchOutcome Presenter::learn(const Samples& samples, std::span<const Presentation> batch,
                              std::span<const float> signs, BatchReadout& readout) {
    BatchOutcome outcome;
    learning_ = true;
    const bool frozen = training_.nudge == "frozen";
    const auto forces = frozen ? frozen_forces(samples, batch, outcome, readout) : std::vector<float>{};
    const JobCounters before = outcome.counters;
    const std::uint8_t lines = clamp_inputs | (frozen ? clamp_injected : clamp_targets);
    const std::size_t clamp_bytes = lines_.clamp_bytes(lines);
    const std::size_t read_bytes = lines_.read_bytes(all_layers_mask_);
    auto job = begin_job();
    std::vector<Buffers> buffers(batch.size());
    for (std::size_t i = 0; i < batch.size(); ++i) {
        buffers[i].clamp = add_clamp(job, lines, clamp_bytes, batch[i]);
        add_phases(job, signs[i], read_bytes, buffers[i]);
    }
    // The update uses the levels that were clamped, as far as the host knows them.
    fill_clamps(buffers, samples, batch, lines, forces, &readout.inputs);
    if (!expected_.empty()) inputs_.look_ahead(*expected_samples_, std::exchange(expected_, {}));
    const JobCounters counters = run(job);
    outcome.counters = {counters.not_settled + before.not_settled, counters.adc_clipped + before.adc_clipped,
                        counters.couplings_written + before.couplings_written};
    collect(buffers, signs, readout);
    score(learnt_outputs(readout), samples, batch, outcome);
    return outcome;
}

// The free outputs lie between the two nudged ones to first order; one-sided estimates have read them, or
// show nudged ones, which are β of the way closer to the targets.
Matrix Presenter::learnt_outputs(const BatchReadout& readout) const {
    const auto& out = net_->output();
    const bool centred = training_.centred();
    Matrix outputs(readout.batch(), out.size);
    for (std::size_t i = 0; i < outputs.rows(); ++i) {
        const auto first = readout.first.row(i).subspan(out.offset, out.size);
        const auto second = readout.second.row(i).subspan(out.offset, out.size);
        for (std::size_t j = 0; j < out.size; ++j)
            outputs.row(i)[j] = centred ? first[j] + 0.5F * difference(out, second[j], first[j]) : second[j];
    }
    return outputs;
}

void Presenter::collect(std::span<const Buffers> buffers, std::span<const float> signs,
                        BatchReadout& readout) {
    const bool centred = training_.centred();
    const bool differences = training_.differences();
    const std::size_t bytes = lines_.read_bytes(all_layers_mask_);
    const auto first = views(buffers, &Buffers::first, bytes);
    readout.one_state = training_.one_state(*model_);
    const auto second =
        readout.one_state ? first : views(buffers, centred ? &Buffers::second : &Buffers::free, bytes);
    const auto free =
        differences ? views(buffers, &Buffers::free, bytes) : std::vector<std::span<std::uint8_t>>{};
    each(buffers.size(), [&](std::size_t i) {
        const auto one = readout.first.row(i);
        const auto other = readout.second.row(i);
        lines_.decode(first[i], all_layers_mask_, differences, one);
        if (!readout.one_state) lines_.decode(second[i], all_layers_mask_, centred && differences, other);
        if (!differences) {
            if (readout.one_state) std::ranges::copy(one, other.begin());
            return;
        }
        std::vector<float> held(net_->state_columns);
        lines_.decode(free[i], all_layers_mask_, false, held);
        for (std::size_t j = 0; j < held.size(); ++j) {
            one[j] += held[j];
            if (centred) other[j] += held[j];
            if (readout.one_state) other[j] = one[j];
        }
    });
    for (std::size_t i = 0; i < signs.size(); ++i)
        readout.scale[i] = static_cast<float>(
            1.0 / (static_cast<double>(signs[i]) * training_.beta * (centred ? 2.0 : 1.0)));
}

} // namespace isinglass
