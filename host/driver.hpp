// The driver: talks to the coprocessor through registers, a command list and DMA buffers, and through nothing
// else.
#pragma once

#include "host/memory.hpp"
#include "hw_models/base/error.hpp"
#include "hw_models/control/command.hpp"
#include "hw_models/control/register_map.hpp"

#include <tlm_utils/simple_initiator_socket.h>

#include <functional>
#include <string>

namespace isinglass {

// The device refused or failed a job; the text names error, command and its index in the list.
struct DeviceFailure : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// A command list with its buffers, built in host memory.
class JobBuilder {
  public:
    explicit JobBuilder(HostMemory& memory) : memory_(memory) {}

    void program(std::size_t block, std::span<const std::uint8_t> codes, bool changed_only);
    // The same; the returned bytes are for the caller to fill before the next call.
    std::span<std::uint8_t> program(std::size_t block, std::size_t bytes, bool changed_only);
    void pulse(std::size_t block, std::span<const std::uint8_t> counts, std::uint64_t update);
    // Starts a sample where `lines` has clamp_inputs. The returned bytes are for the caller to fill before
    // the next call.
    std::span<std::uint8_t> clamp(std::uint8_t lines, std::size_t bytes, std::uint64_t presentation);
    void reset() { commands_.push_back({.opcode = Opcode::reset}); }
    void relax(std::uint32_t cycles, float beta, std::uint8_t flags = 0);
    void hold() { commands_.push_back({.opcode = Opcode::hold}); }
    void restore() { commands_.push_back({.opcode = Opcode::restore}); }
    // Returns the address where the codes will be.
    std::uint64_t read(std::uint16_t layers, std::size_t bytes, bool differences = false);
    // The same for the ADCs' reference at `level` of full scale: every node's converter converts it once.
    std::uint64_t read_reference(std::uint16_t layers, std::size_t bytes, float level);
    void add(const Command& command) { commands_.push_back(command); }

    // Appends the closing IRQ and writes the list; returns its address.
    std::uint64_t finish();
    [[nodiscard]] const std::vector<Command>& commands() const { return commands_; }

  private:
    HostMemory& memory_;
    std::vector<Command> commands_;
};

// What the registers say of the chip.
struct DeviceInfo {
    std::size_t input_lines = 0;
    std::size_t target_lines = 0;
    std::size_t spins = 0;
    std::size_t dac_code_bytes = 0;
    std::size_t adc_code_bytes = 0;
    std::size_t coupling_code_bytes = 0;
    std::uint64_t clock_period_fs = 0;
};

// Counters of the last job.
struct JobCounters {
    std::uint64_t not_settled = 0;
    std::uint64_t adc_clipped = 0;
    std::uint64_t couplings_written = 0;
};

// The host processor: runs one program in simulated time, with a bus to the device and its interrupt.
class HostProcessor : public sc_core::sc_module {
  public:
    tlm_utils::simple_initiator_socket<HostProcessor> bus;
    sc_core::sc_in<bool> interrupt;

    HostProcessor(const sc_core::sc_module_name& name, HostMemory& memory);

    // What to run once simulation starts; simulation stops when it returns. An exception ends the simulation
    // and is kept for rethrow(), which also throws where the simulation ended before the program did.
    void load(std::function<void()> program) { program_ = std::move(program); }
    void rethrow() const;

    // The following are for the loaded program only, since they take simulated time.
    [[nodiscard]] HostMemory& memory() { return memory_; }
    DeviceInfo probe();
    // Runs a job to its end. Throws DeviceFailure, also where another process of the host runs one. Buffers
    // stay readable until memory().release_all().
    JobCounters run(JobBuilder& job);
    // The host itself is busy for this long.
    void work(double seconds);
    std::uint32_t read_register(Register r);
    void write_register(Register r, std::uint32_t value);

  private:
    void main();
    JobCounters run_alone(JobBuilder& job);
    std::uint32_t wait_for_end();
    [[noreturn]] void report_failure(const JobBuilder& job);
    void access(tlm::tlm_command direction, Register r, std::uint32_t& value);

    HostMemory& memory_;
    std::function<void()> program_;
    std::exception_ptr error_;
    bool finished_ = false;
    bool running_ = false; // a job
};

} // namespace isinglass
