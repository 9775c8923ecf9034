#include "hw_models/control/dma.hpp"

namespace isinglass {

DmaEngine::DmaEngine(const sc_core::sc_module_name& name, ChipContext& context, RegisterFile& registers)
    : ClockedModule(name, context),
      bus("bus"),
      clamp_requests("clamp_requests", static_cast<int>(context.machine.control.unit_queue)),
      staged("staged", static_cast<int>(context.machine.control.staging_slots)),
      results("results", static_cast<int>(context.machine.control.result_slots)),
      registers_(registers),
      extension_(new PhaseExtension),
      byte_(context.ledger.declare("dma.byte")),
      staging_(context.ledger.declare("staging.byte")) {
    SC_HAS_PROCESS(DmaEngine);
    payload_.set_extension(extension_);
    bus.register_invalidate_direct_mem_ptr(this, &DmaEngine::keep_pinned);
    SC_THREAD(fetch_clamps);
    set_stack_size(8 << 20); // a window that opens here may want samples evaluated, as the array does
    SC_THREAD(deliver_results);
    SC_METHOD(show_reads);
    sensitive << read_arrives_ << context_.trace.opened;
    dont_initialize();
}

void DmaEngine::declare_signals(WaveSink& sink) {
    reads_signal_ = sink.declare_bits("coprocessor/dma/reads_under_way", 16, 0);
    writes_signal_ = sink.declare_bits("coprocessor/dma/delivering", 1, 0);
    read_address_ = sink.declare_bits("coprocessor/dma/read_address", 64, 0);
    read_bytes_ = sink.declare_bits("coprocessor/dma/read_bytes", 32, 0);
    write_address_ = sink.declare_bits("coprocessor/dma/write_address", 64, 0);
    write_bytes_ = sink.declare_bits("coprocessor/dma/write_bytes", 32, 0);
    error_signal_ = sink.declare_names("coprocessor/dma/error", device_error_names, 0);
}

bool DmaEngine::transfer(tlm::tlm_command direction, std::uint64_t address, std::span<std::uint8_t> bytes,
                         Phase phase, sc_core::sc_time& delay) {
    if (context_.trace.open) show_transfer(direction, address, bytes.size());
    payload_.set_command(direction);
    payload_.set_address(address);
    payload_.set_data_ptr(bytes.data());
    payload_.set_data_length(static_cast<unsigned>(bytes.size()));
    payload_.set_streaming_width(static_cast<unsigned>(bytes.size()));
    payload_.set_byte_enable_ptr(nullptr);
    payload_.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    extension_->phase = phase;
    bus->b_transport(payload_, delay);
    const std::uint64_t cycles =
        (delay.value() - context_.link_latency_fs()) / clock_fs_; // until all are sent
    post(byte_, phase, static_cast<double>(bytes.size()), cycles);
    post(staging_, phase, 2.0 * static_cast<double>(bytes.size()), cycles); // written once, read once
    return payload_.is_response_ok();
}

std::optional<std::uint64_t> DmaEngine::fetch(std::uint64_t address, std::span<std::uint8_t> bytes,
                                              Phase phase) {
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    if (!transfer(tlm::TLM_READ_COMMAND, address, bytes, phase, delay)) return std::nullopt;
    return now_fs() + delay.value();
}

bool DmaEngine::peek(std::uint64_t address, std::span<std::uint8_t> bytes) {
    payload_.set_command(tlm::TLM_READ_COMMAND);
    payload_.set_address(address);
    payload_.set_data_ptr(bytes.data());
    payload_.set_data_length(static_cast<unsigned>(bytes.size()));
    return bus->transport_dbg(payload_) == bytes.size();
}

bool DmaEngine::pin(std::size_t command, std::uint64_t address, std::size_t bytes) {
    payload_.set_command(tlm::TLM_READ_COMMAND);
    payload_.set_address(address);
    payload_.set_data_length(static_cast<unsigned>(bytes));
    tlm::tlm_dmi dmi;
    const bool granted = bytes > 0 && bus->get_direct_mem_ptr(payload_, dmi) && dmi.is_read_allowed();
    if (granted && dmi.get_start_address() <= address && address + bytes - 1 <= dmi.get_end_address()) {
        pinned_.pin(command, address, {dmi.get_dmi_ptr() + (address - dmi.get_start_address()), bytes});
        return true;
    }
    std::vector<std::uint8_t> copy(bytes);
    if (!peek(address, copy)) return false;
    pinned_.pin_copy(command, address, std::move(copy));
    return true;
}

void DmaEngine::keep_pinned(sc_dt::uint64 first, sc_dt::uint64 last) {
    pinned_.keep(first, last);
}

std::optional<std::uint64_t> DmaEngine::fetch_pinned(std::size_t command, std::span<std::uint8_t> bytes,
                                                     Phase phase) {
    const auto arrives = fetch(context_.job.commands[command].address, bytes, phase);
    if (!arrives)
        fail(DeviceError::bus, command);
    else if (!pinned_.release(command, bytes))
        fail(DeviceError::buffer_changed, command);
    return arrives;
}

void DmaEngine::show_transfer(tlm::tlm_command direction, std::uint64_t address, std::size_t bytes) {
    const bool read = direction == tlm::TLM_READ_COMMAND;
    context_.trace.sink->bits(now_fs(), read ? read_address_ : write_address_, address);
    context_.trace.sink->bits(now_fs(), read ? read_bytes_ : write_bytes_, bytes);
}

void DmaEngine::fail(DeviceError error, std::size_t command) {
    auto& trace = context_.trace;
    if (trace.sink != nullptr) {
        trace.sink->bits(now_fs(), error_signal_, static_cast<std::uint64_t>(error));
        if (trace.trigger->at_error(error) && trace.samples.empty()) {
            trace.sink->open_window(now_fs());
            trace.sink->close_window(now_fs());
        }
    }
    if (registers_.get(Register::status) & status_error) return; // the first error counts
    registers_.set(Register::status, registers_.get(Register::status) | status_error);
    registers_.set(Register::error_code, static_cast<std::uint32_t>(error));
    registers_.set(Register::error_command, static_cast<std::uint32_t>(command));
}

void DmaEngine::wait_for_staging_slot() {
    while (slots_taken_ == static_cast<std::size_t>(context_.machine.control.staging_slots))
        wait(slot_freed_);
    ++slots_taken_;
}

void DmaEngine::free_staging_slot() {
    --slots_taken_;
    slot_freed_.notify();
}

void DmaEngine::forget_arrived_reads() {
    while (!under_way_.empty() && under_way_.front() <= now_fs()) under_way_.pop_front();
}

void DmaEngine::wait_for_free_read() {
    forget_arrived_reads();
    if (under_way_.size() < static_cast<std::size_t>(context_.machine.control.outstanding_reads)) return;
    wait_until(under_way_.front());
    forget_arrived_reads();
}

void DmaEngine::show_reads() {
    if (!context_.trace.open) return;
    forget_arrived_reads();
    context_.trace.sink->bits(now_fs(), reads_signal_, under_way_.size());
    if (!under_way_.empty()) read_arrives_.notify(femtoseconds(under_way_.front() - now_fs()));
}

// The window of a traced sample opens when its codes are asked for …
void DmaEngine::open_window(std::size_t command) {
    const auto& trace = context_.trace;
    if (trace.sink != nullptr && trace.trigger->at_fetch(context_.sample_of(command).presentation))
        context_.open_window(context_.job.places[command].sample);
}

// … and closes when its last read-out has been sent, or the job ends.
void DmaEngine::close_window(std::size_t command) {
    if (context_.trace.samples.empty()) return;
    const auto& commands = context_.job.commands;
    if (command + 1 == commands.size()) return context_.close_all_windows();
    for (std::size_t next = command + 1; next < commands.size(); ++next) {
        if (commands[next].opcode == Opcode::clamp && (commands[next].flags & clamp_inputs)) break;
        if (commands[next].opcode == Opcode::read) return;
    }
    context_.close_window(context_.job.places[command].sample);
}

void DmaEngine::fetch_clamps() {
    for (;;) {
        const std::size_t command = clamp_requests.read();
        wait_for_staging_slot();
        align();
        wait_for_free_read();
        open_window(command);
        const auto snapshot = context_.job.buffer(command);
        fetched_.resize(snapshot.size());
        const auto ready = fetch(context_.job.commands[command].address, fetched_, Phase::clamp);
        if (!ready)
            fail(DeviceError::bus, command);
        else if (!std::equal(snapshot.begin(), snapshot.end(), fetched_.begin()))
            fail(DeviceError::buffer_changed, command);
        const std::uint64_t arrives = ready.value_or(now_fs());
        under_way_.push_back(arrives);
        show_reads();
        staged.write({command, arrives});
    }
}

void DmaEngine::deliver_results() {
    for (;;) {
        const std::size_t command = results.read();
        const auto& c = context_.job.commands[command];
        if (c.opcode == Opcode::interrupt) {
            finish_job(command);
            continue;
        }
        align();
        if (context_.trace.open) context_.trace.sink->bits(now_fs(), writes_signal_, 1);
        sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
        if (!transfer(tlm::TLM_WRITE_COMMAND, c.address, context_.job.buffer(command), Phase::read, delay))
            fail(DeviceError::bus, command);
        last_delivery_fs_ = now_fs() + delay.value();
        // The engine is free when the last byte has been sent.
        wait_until(last_delivery_fs_ - context_.link_latency_fs());
        if (context_.trace.open) context_.trace.sink->bits(now_fs(), writes_signal_, 0);
        close_window(command);
    }
}

void DmaEngine::finish_job(std::size_t command) {
    wait_until(last_delivery_fs_);
    if (command + 1 == context_.job.commands.size()) {
        registers_.set(Register::status, (registers_.get(Register::status) & ~status_busy) | status_done);
        close_window(command);
        job_done.notify(sc_core::SC_ZERO_TIME);
        context_.phases.enter(Phase::idle);
    }
    registers_.raise_interrupt();
}

} // namespace isinglass
