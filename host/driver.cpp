#include "host/driver.hpp"

#include <fmt/core.h>

#include <cmath>
#include <cstring>

namespace isinglass {

void JobBuilder::program(std::size_t block, std::span<const std::uint8_t> codes, bool changed_only) {
    std::ranges::copy(codes, program(block, codes.size(), changed_only).begin());
}

std::span<std::uint8_t> JobBuilder::program(std::size_t block, std::size_t bytes, bool changed_only) {
    const std::uint64_t address = memory_.allocate(bytes);
    commands_.push_back({.opcode = Opcode::program,
                         .flags = changed_only ? program_changed_only : std::uint8_t{0},
                         .target = static_cast<std::uint16_t>(block),
                         .length = static_cast<std::uint32_t>(bytes),
                         .address = address});
    return memory_.writable(address, bytes);
}

void JobBuilder::pulse(std::size_t block, std::span<const std::uint8_t> counts, std::uint64_t update) {
    program(block, counts, false);
    commands_.back().opcode = Opcode::pulse;
    commands_.back().tag = update;
}

std::span<std::uint8_t> JobBuilder::clamp(std::uint8_t lines, std::size_t bytes, std::uint64_t presentation) {
    const std::uint64_t address = memory_.allocate(bytes);
    commands_.push_back({.opcode = Opcode::clamp,
                         .flags = lines,
                         .length = static_cast<std::uint32_t>(bytes),
                         .address = address,
                         .tag = presentation});
    return memory_.writable(address, bytes);
}

void JobBuilder::relax(std::uint32_t cycles, float beta, std::uint8_t flags) {
    commands_.push_back({.opcode = Opcode::relax, .flags = flags, .cycles = cycles, .beta = beta});
}

std::uint64_t JobBuilder::read(std::uint16_t layers, std::size_t bytes, bool differences) {
    const std::uint64_t address = memory_.allocate(bytes);
    commands_.push_back({.opcode = Opcode::read,
                         .flags = differences ? read_differences : std::uint8_t{0},
                         .target = layers,
                         .length = static_cast<std::uint32_t>(bytes),
                         .address = address});
    return address;
}

std::uint64_t JobBuilder::read_reference(std::uint16_t layers, std::size_t bytes, float level) {
    const std::uint64_t address = read(layers, bytes);
    commands_.back().flags = isinglass::read_reference;
    commands_.back().beta = level;
    return address;
}

std::uint64_t JobBuilder::finish() {
    commands_.push_back({.opcode = Opcode::interrupt});
    const std::size_t bytes = commands_.size() * sizeof(Command);
    const std::uint64_t address = memory_.allocate(bytes);
    std::memcpy(memory_.writable(address, bytes).data(), commands_.data(), bytes);
    return address;
}

HostProcessor::HostProcessor(const sc_core::sc_module_name& name, HostMemory& memory)
    : sc_core::sc_module(name), bus("bus"), interrupt("interrupt"), memory_(memory) {
    SC_HAS_PROCESS(HostProcessor);
    SC_THREAD(main);
    set_stack_size(8 << 20); // a training run lives on this thread's stack
}

void HostProcessor::main() {
    try {
        if (program_) program_();
        finished_ = true;
    } catch (...) {
        error_ = std::current_exception(); // an exception must not cross the kernel
    }
    sc_core::sc_stop();
}

void HostProcessor::rethrow() const {
    if (error_) std::rethrow_exception(error_);
    if (!finished_) throw std::logic_error("the simulation ended while the host's program was waiting");
}

void HostProcessor::access(tlm::tlm_command direction, Register r, std::uint32_t& value) {
    tlm::tlm_generic_payload payload; // several processes of the host may be at it
    payload.set_command(direction);
    payload.set_address(static_cast<std::uint64_t>(r));
    payload.set_data_ptr(reinterpret_cast<std::uint8_t*>(&value)); // NOLINT: TLM moves bytes
    payload.set_data_length(4);
    payload.set_streaming_width(4);
    payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    bus->b_transport(payload, delay);
    wait(delay);
    if (!payload.is_response_ok())
        throw DeviceFailure(fmt::format("register 0x{:02x}: {}", static_cast<std::uint32_t>(r),
                                        payload.get_response_string()));
}

std::uint32_t HostProcessor::read_register(Register r) {
    std::uint32_t value = 0;
    access(tlm::TLM_READ_COMMAND, r, value);
    return value;
}

void HostProcessor::write_register(Register r, std::uint32_t value) {
    access(tlm::TLM_WRITE_COMMAND, r, value);
}

DeviceInfo HostProcessor::probe() {
    if (const auto id = read_register(Register::id); id != device_id)
        throw DeviceFailure(
            fmt::format("no coprocessor answers: id 0x{:08x}, expected 0x{:08x}", id, device_id));
    return {.input_lines = read_register(Register::input_lines),
            .target_lines = read_register(Register::target_lines),
            .spins = read_register(Register::spins),
            .dac_code_bytes = read_register(Register::dac_code_bytes),
            .adc_code_bytes = read_register(Register::adc_code_bytes),
            .coupling_code_bytes = read_register(Register::coupling_code_bytes),
            .clock_period_fs = read_register(Register::clock_period_fs)};
}

JobCounters HostProcessor::run(JobBuilder& job) {
    if (running_) throw DeviceFailure(std::string(describe(DeviceError::doorbell_while_busy)));
    running_ = true;
    try {
        const auto counters = run_alone(job);
        running_ = false;
        return counters;
    } catch (...) {
        running_ = false;
        throw;
    }
}

JobCounters HostProcessor::run_alone(JobBuilder& job) {
    const std::uint64_t list = job.finish();
    write_register(Register::list_address_low, static_cast<std::uint32_t>(list));
    write_register(Register::list_address_high, static_cast<std::uint32_t>(list >> 32));
    write_register(Register::list_count, static_cast<std::uint32_t>(job.commands().size()));
    write_register(Register::doorbell, 1);
    const std::uint32_t status = wait_for_end();
    if (status & status_error) report_failure(job);
    return {read_register(Register::not_settled), read_register(Register::adc_clipped),
            read_register(Register::couplings_written)};
}

// Interrupts within a list are acknowledged on the way: first the acknowledgement, then the status, so that
// an interrupt in between is either seen in the status or pending again. A read takes as long as the line
// needs to fall.
std::uint32_t HostProcessor::wait_for_end() {
    for (;;) {
        while (!interrupt.read()) wait(interrupt.posedge_event());
        write_register(Register::interrupt, 1);
        const std::uint32_t status = read_register(Register::status);
        if ((status & status_busy) == 0) return status;
    }
}

void HostProcessor::report_failure(const JobBuilder& job) {
    const auto code = static_cast<DeviceError>(read_register(Register::error_code));
    const std::uint32_t index = read_register(Register::error_command);
    const auto& commands = job.commands();
    throw DeviceFailure(fmt::format("the coprocessor failed command {} ({}): {}", index,
                                    index < commands.size() ? name_of(commands[index]) : "list",
                                    describe(code)));
}

void HostProcessor::work(double seconds) {
    if (seconds > 0.0)
        wait(sc_core::sc_time::from_value(static_cast<std::uint64_t>(std::llround(seconds * 1e15))));
}

} // namespace isinglass
