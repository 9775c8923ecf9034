#include "hw_models/array/spin_array_module.hpp"

#include <fmt/core.h>

namespace isinglass {

SpinArrayModule::SpinArrayModule(const sc_core::sc_module_name& name, ChipContext& context, DmaEngine& dma,
                                 DacBankModule& dac, AdcBankModule& adc, RegisterFile& registers,
                                 WorkerPool& pool, std::size_t lanes)
    : ClockedModule(name, context),
      queue("queue", static_cast<int>(context.machine.control.unit_queue)),
      dma_(dma),
      dac_(dac),
      adc_(adc),
      registers_(registers),
      pool_(pool),
      scheduler_(pool, lanes),
      meter_(context),
      write_(context.ledger.declare("coupling.write")),
      pulse_(context.ledger.declare("coupling.pulse")),
      node_reset_(context.ledger.declare(array().has_voltages() ? "node.reset" : "digital.update")),
      compare_(context.ledger.declare("settle.compare")),
      hold_(context.ledger.declare(array().has_voltages() ? "sample_hold.sample" : "digital.update")) {
    SC_HAS_PROCESS(SpinArrayModule);
    SC_THREAD(execute);
    set_stack_size(8 << 20); // kernels run on it, and those of oneDNN keep tables on the stack
    SC_METHOD(show_opening);
    sensitive << context_.trace.opened;
    dont_initialize();
    context_.trace.opening = [this] { show_past(); };
    use_model();
}

void SpinArrayModule::use_model() {
    store_ = std::make_unique<CouplingStore>(context_.network(), context_.model->couplings,
                                             context_.model->chip_seed, context_.model->noise_seed);
    scheduler_.use(context_.model);
    meter_.use_machine();
    clamp_cycles_ = array().clamp_cycles(context_.network(), context_.model->energy->name());
}

void SpinArrayModule::begin_job() {
    scheduler_.begin(context_.job);
    running_.reset();
    unseen_.clear();
}

void SpinArrayModule::declare_signals(WaveSink& sink) {
    std::vector<std::string_view> phases;
    for (std::size_t p = 0; p <= static_cast<std::size_t>(Phase::idle);
         ++p) // the chip knows of no purpose beyond
        phases.push_back(phase_name(static_cast<Phase>(p)));
    phase_signal_ = sink.declare_names("coprocessor/phase", phases, static_cast<std::uint64_t>(Phase::idle));
    command_signal_ = sink.declare_names("coprocessor/command", opcode_names, 0);
    beta_signal_ = sink.declare_real("coprocessor/beta", 0.0);
    presentation_signal_ = sink.declare_bits("coprocessor/presentation", 64, 0);
    energy_signal_ = sink.declare_real("coprocessor/array/energy_E", 0.0);
    residual_signal_ = sink.declare_real("coprocessor/array/residual", 0.0);
    node_signals_.clear();
    second_signals_.clear();
    const bool two_nodes = context_.model->dynamics->nodes_per_spin() > 1;
    for (const auto& layer : context_.network().layers)
        for (std::size_t i = 0; i < layer.size; ++i) {
            const std::string spin = fmt::format("coprocessor/array/{}/{}", layer.name, i);
            node_signals_.push_back(
                sink.declare_real(spin + "/" + state_signal(context_.machine, layer).name, 0.0));
            if (two_nodes) second_signals_.push_back(sink.declare_real(spin + "/p_V", 0.0));
        }
}

void SpinArrayModule::execute() {
    for (;;) {
        const std::size_t command = queue.read();
        const auto& c = context_.job.commands[command];
        const auto& control = context_.machine.control;
        align();
        const Phase phase = phase_of(c);
        context_.phases.enter(phase);
        running_ = command;
        if (context_.trace.open) show_command();
        meter_.bias(!writes_couplings(c.opcode) && c.opcode != Opcode::interrupt, phase, now_fs());
        switch (c.opcode) {
        case Opcode::program:
        case Opcode::pulse: program(command); continue;
        case Opcode::clamp: clamp(command); continue;
        case Opcode::reset:
            post(node_reset_, phase, static_cast<double>(context_.network().spins()));
            wait_playing_tape(command, static_cast<std::uint64_t>(control.reset_cycles) * clock_fs_);
            break;
        case Opcode::relax: relax(command); break;
        case Opcode::hold:
        case Opcode::restore:
            post(hold_, phase, static_cast<double>(context_.network().spins()));
            wait_playing_tape(command, static_cast<std::uint64_t>(control.sample_cycles) * clock_fs_);
            break;
        case Opcode::read:
            if (context_.job.places[command].ordinal == 0) // once a sample
                registers_.add(Register::adc_clipped, result(command).clipped);
            adc_.read(command);
            if (context_.machine.sample_and_hold) break;
            wait_playing_tape(command, adc_.conversion_cycles(c.target) * clock_fs_);
            adc_.wait_converted();
            break;
        case Opcode::interrupt:
            if (command + 1 == context_.job.commands.size()) evaluate_before(command);
            adc_.pass(command);
            continue;
        }
    }
}

void SpinArrayModule::clamp(std::size_t command) {
    if (context_.job.commands[command].flags & clamp_inputs) ask_trigger(command);
    dac_.swap(command);
    if ((context_.job.commands[command].flags & clamp_inputs) == 0) return;
    if (clamp_cycles_ == 0) return;
    meter_.clamped(clamp_cycles_);
    wait_cycles(clamp_cycles_);
}

void SpinArrayModule::ask_trigger(std::size_t command) {
    const auto& trace = context_.trace;
    const auto sample = context_.job.places[command].sample;
    if (trace.sink == nullptr || trace.samples.contains(sample) ||
        !trace.trigger->asks_at_clamp(context_.sample_of(command).presentation))
        return;
    const auto& numbers = result(command);
    const auto tape = [&]() -> const Tape& { return scheduler_.tape(sample, store_->values()); };
    if (!trace.trigger->at_clamp({context_.job, sample, numbers.clipped, numbers.relaxed, tape})) return;
    context_.open_window(sample);
    show_command();
}

const SampleResult& SpinArrayModule::result(std::size_t command) {
    return scheduler_.need(context_.job.places[command].sample, store_->values());
}

void SpinArrayModule::evaluate_before(std::size_t command) {
    const auto& samples = context_.job.samples;
    const auto after = std::ranges::upper_bound(samples, command, {}, &JobSample::first_command);
    if (after != samples.begin())
        scheduler_.need(static_cast<std::size_t>(after - samples.begin()) - 1, store_->values());
}

void SpinArrayModule::program(std::size_t command) {
    evaluate_before(command);
    unseen_.clear(); // their couplings go
    const auto& c = context_.job.commands[command];
    const auto& spec = context_.machine.couplings;
    if (fetched_.size() < c.length) fetched_.resize(c.length);
    const auto fetched = std::span(fetched_).first(c.length);
    const auto streamed = dma_.fetch_pinned(command, fetched, Phase::program);
    if (!streamed) return;
    const bool pulses = c.opcode == Opcode::pulse;
    const auto outcome = pulses ? store_->pulse(c.target, fetched, c.tag, pool_)
                         : (c.flags & program_changed_only)
                             ? store_->program_changed(c.target, fetched, pool_)
                             : store_->program_all(c.target, fetched, pool_);
    scheduler_.couplings_changed();
    if (!outcome.valid) return dma_.fail(DeviceError::bad_changes, command);
    // Cells are written while codes still arrive: the later of stream and drivers ends the command.
    const auto drivers = static_cast<std::uint64_t>(spec.write_drivers);
    const std::uint64_t rounds = (outcome.written + drivers - 1) / drivers;
    const std::uint64_t write_fs = rounds * static_cast<std::uint64_t>(spec.write_cycles) * clock_fs_;
    const double stream_s = static_cast<double>(fetched.size()) / context_.machine.link.bytes_per_s;
    const std::uint64_t first_code = *streamed - static_cast<std::uint64_t>(std::llround(stream_s * 1e15));
    wait_until(first_code);
    // A signed coupling is a pair of devices, of which pulses move one.
    write_until(std::max(*streamed, first_code + write_fs), pulses ? pulse_ : write_,
                (pulses ? 1.0 : 2.0) * static_cast<double>(outcome.written));
    registers_.add(Register::couplings_written, outcome.written);
    meter_.programmed(*store_);
}

// A rate rather than a pulse, since a trace's window may open while cells are written.
void SpinArrayModule::write_until(std::uint64_t end_fs, ActionId action, double amount) {
    context_.ledger.post(action, Phase::program, amount);
    const std::uint64_t start = now_fs();
    const std::uint64_t end = edge_from(end_fs);
    if (end <= start) return; // nothing to write
    context_.power.flow(action, amount / (static_cast<double>(end - start) * 1e-15));
    wait_until(end);
    context_.power.flow(action, 0.0);
}

void SpinArrayModule::relax(std::size_t command) {
    const auto& c = context_.job.commands[command];
    const std::uint64_t cycles = (c.flags & relax_until_settled) ? cycles_to_settle(command) : c.cycles;
    meter_.relaxed(phase_of(c), cycles);
    wait_playing_tape(command, cycles * clock_fs_);
}

std::uint64_t SpinArrayModule::cycles_to_settle(std::size_t command) {
    const Phase phase = phase_of(context_.job.commands[command]);
    const auto& detector = context_.machine.detector;
    const auto& outcome = result(command).relaxed[context_.job.places[command].ordinal];
    if (!outcome.settled) registers_.add(Register::not_settled, 1);
    std::uint64_t verdict = static_cast<std::uint64_t>(detector.latency_cycles);
    if (detector.kind == "readout") {
        adc_.wait_converted(); // the ADCs may still be at the READ before
        adc_.post_settle_reads(outcome.checks, phase);
        verdict += adc_.conversion_cycles(all_layers);
    } else {
        post(compare_, phase, static_cast<double>(context_.network().spins()) * outcome.checks);
    }
    return context_.machine.cycles(outcome.time_rc * context_.machine.circuit->time_constant_s) + verdict;
}

void SpinArrayModule::show_command() {
    const Command* c = running_ ? &context_.job.commands[*running_] : nullptr;
    auto& sink = *context_.trace.sink;
    sink.bits(now_fs(), command_signal_, c != nullptr ? static_cast<std::uint64_t>(c->opcode) : 0);
    sink.bits(now_fs(), phase_signal_, static_cast<std::uint64_t>(context_.phases.current()));
    sink.real(now_fs(), beta_signal_, c != nullptr ? static_cast<double>(c->beta) : 0.0);
    if (c != nullptr && !writes_couplings(c->opcode) && c->opcode != Opcode::interrupt)
        sink.bits(now_fs(), presentation_signal_, context_.sample_of(*running_).presentation);
}

void SpinArrayModule::show_opening() {
    if (!context_.trace.open) return;
    show_command();
    meter_.show();
}

} // namespace isinglass
