#include "hw_models/control/sequencer.hpp"

#include <bit>
#include <cstring>

namespace isinglass {

namespace {

constexpr std::size_t most_commands = 1U << 24; // of a list: half a gigabyte

}

Sequencer::Sequencer(const sc_core::sc_module_name& name, ChipContext& context, RegisterFile& registers,
                     DmaEngine& dma, SpinArrayModule& array)
    : ClockedModule(name, context),
      registers_(registers),
      dma_(dma),
      array_(array),
      command_(context.ledger.declare("sequencer.command")) {
    SC_HAS_PROCESS(Sequencer);
    SC_THREAD(run);
    SC_METHOD(issue); // no thread: waking one takes thrice as long, nine times a sample
    sensitive << start_issuing_;
    dont_initialize();
}

void Sequencer::run() {
    for (;;) {
        while (!registers_.take_ring()) wait(registers_.doorbell()); // it may ring as the last job ends
        align();
        for (const Register r : {Register::not_settled, Register::adc_clipped, Register::couplings_written})
            registers_.set(r, 0);
        if (!take_job()) continue;
        array_.begin_job();
        next_ = 0;
        earliest_fs_ = now_fs() + clock_fs_;
        start_issuing_.notify(femtoseconds(clock_fs_));
        // The list ends with an IRQ, so that the job's end is always told (see take_job).
        wait(dma_.job_done);
    }
}

bool Sequencer::take_job() {
    const std::uint64_t address =
        registers_.get(Register::list_address_low) |
        (static_cast<std::uint64_t>(registers_.get(Register::list_address_high)) << 32);
    const std::size_t count = registers_.get(Register::list_count);
    if (count == 0 || count > most_commands) return refuse(DeviceError::bad_length, count), false;
    std::vector<std::uint8_t> raw(count * sizeof(Command));
    const auto arrived = dma_.fetch(address, raw, Phase::idle);
    if (!arrived) return refuse(DeviceError::bus, count), false;
    wait_until(*arrived);
    std::vector<Command> commands(count);
    std::memcpy(commands.data(), raw.data(), raw.size());
    if (commands.back().opcode != Opcode::interrupt) return refuse(DeviceError::bad_length, count), false;
    const auto read_gain = std::bit_cast<float>(registers_.get(Register::read_gain));
    if (!(read_gain > 0.0F && std::isfinite(read_gain)))
        return refuse(DeviceError::bad_argument, count), false;
    const JobRules rules{.cycle_rc = context_.machine.cycle_rc(),
                         .second_hold = context_.machine.second_hold,
                         .read_gain = read_gain};
    if (const auto error = parse_job(std::move(commands), *context_.model, rules, context_.job))
        return refuse(error->code, error->command), false;
    return snapshot_buffers();
}

bool Sequencer::snapshot_buffers() {
    auto& job = context_.job;
    dma_.forget_pins();
    for (std::size_t i = 0; i < job.commands.size(); ++i) {
        const auto& c = job.commands[i];
        bool there = true;
        if (writes_couplings(c.opcode))
            there = dma_.pin(i, c.address, c.length);
        else if (c.opcode == Opcode::clamp)
            there = dma_.peek(c.address, job.buffer(i));
        if (!there) return refuse(DeviceError::bus, i), false;
    }
    return true;
}

void Sequencer::refuse(DeviceError error, std::size_t command) {
    dma_.fail(error, command);
    registers_.set(Register::status, (registers_.get(Register::status) & ~status_busy) | status_done);
    registers_.raise_interrupt();
}

void Sequencer::issue() {
    while (next_ < context_.job.commands.size())
        if (!issue_next()) return; // next_trigger() tells when to go on
}

// A cycle after the command before, or once its queue has room. Waiting for room first makes one event of two
// wherever the array is behind; a CLAMP's fetch waits for nobody.
bool Sequencer::issue_next() {
    const auto& c = context_.job.commands[next_];
    const bool clamp = c.opcode == Opcode::clamp;
    if (!clamp && array_.queue.num_free() == 0) return next_trigger(array_.queue.data_read_event()), false;
    if (const auto edge = edge_from(earliest_fs_); now_fs() < edge)
        return next_trigger(femtoseconds(edge - now_fs())), false;
    if (clamp && !requested_ && !dma_.clamp_requests.nb_write(next_))
        return next_trigger(dma_.clamp_requests.data_read_event()), false;
    requested_ = clamp;
    if (!array_.queue.nb_write(next_)) return next_trigger(array_.queue.data_read_event()), false;
    requested_ = false;
    post(command_, phase_of(c), 1.0);
    earliest_fs_ = now_fs() + clock_fs_;
    ++next_;
    return true;
}

} // namespace isinglass
