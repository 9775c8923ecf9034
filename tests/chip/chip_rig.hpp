// One elaborated system for tests of the chip: host memory, host processor and coprocessor, wired as in a
// run.
#pragma once

#include "host/driver.hpp"
#include "host/learning/coupling_codes.hpp"
#include "hw_models/coprocessor.hpp"
#include "tests/hw_models/kernel_fixtures.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace isinglass::test {

// A machine whose durations are whole cycles of 2 ns: RC 5 cycles; DAC slot 2, ADC slot 5 cycles, 16 of each;
// link a byte a cycle, 10 cycles of latency. No noise, no errors.
MachineSpec whole_cycle_machine();
// The same with converters, couplings and read-out in single precision.
MachineSpec ideal_machine();

// A job that knows the lengths of its buffers, and where its read-outs will be.
class List {
  public:
    List(HostMemory& memory, const ChipModel& model) : job(memory), memory_(memory), model_(model) {}

    // All lines get `code`s in order, repeated from the front where there are fewer than lines.
    List& clamp(std::uint8_t lines, std::uint64_t presentation, const std::vector<std::uint8_t>& codes = {0});
    // The same for converters without codes.
    List& clamp_levels(std::uint8_t lines, std::uint64_t presentation, const std::vector<float>& levels);
    List& reset();
    List& relax(std::uint32_t cycles, float beta = 0.0F, std::uint8_t flags = 0);
    List& hold();
    List& restore();
    // The buffer is filled with 0xee before, so that its arrival shows.
    List& read(std::uint16_t layers, bool differences = false);
    List& interrupt();

    [[nodiscard]] std::uint64_t address_of_read(std::size_t i) const { return reads_.at(i).address; }
    [[nodiscard]] std::vector<std::uint8_t> codes_of_read(std::size_t i) const;
    [[nodiscard]] std::vector<float> levels_of_read(std::size_t i) const; // of an ideal ADC
    // All read-outs, one after the other.
    [[nodiscard]] std::vector<std::uint8_t> codes() const;

    JobBuilder job;

  private:
    HostMemory& memory_;
    const ChipModel& model_;
    std::vector<Command> reads_;
};

class Rig {
  public:
    Rig(const MachineSpec& machine, std::shared_ptr<const Network> network, const std::string& name = "rig",
        std::size_t lanes = 256, unsigned threads = 1,
        std::shared_ptr<const EnergyModel> energy = make_hopfield());
    ~Rig();

    // A process of its own, beside the host's program, from the start of simulation on.
    void beside(std::function<void()> body);
    // Runs `program` on the host; SystemC starts once a process.
    void run(std::function<void()> program);

    // For the program: programs all couplings in a job of its own, and waits for a clock edge.
    void program(std::span<const float> theta);
    void
    program(const std::function<float(const ParameterBlock&, std::size_t row, std::size_t column)>& theta);
    void align() const;
    [[nodiscard]] List list() { return {memory, *model}; }

    [[nodiscard]] std::uint64_t clock_fs() const { return machine.clock_fs(); }
    // Whole cycles since the start of simulation; throws between edges.
    [[nodiscard]] std::uint64_t cycle() const;
    // Waits until that cycle's edge, less or more some femtoseconds.
    void wait_for(std::uint64_t cycle, std::int64_t offset_fs = 0) const;
    // Counts and times up to now.
    [[nodiscard]] Ledger ledger();

  private:
    static MachineSpec checked(const MachineSpec& machine);

  public:
    MachineSpec machine;
    std::shared_ptr<const Network> network;
    std::shared_ptr<const ChipModel> model;
    WorkerPool pool;
    HostMemory memory;
    HostProcessor host;
    Coprocessor chip;
    sc_core::sc_signal<bool> interrupt;
    std::vector<std::uint64_t> interrupt_edges_fs; // when the host's line has changed

  private:
    friend class Rigs;
    struct Process;
    std::vector<std::unique_ptr<Process>> beside_;
};

// Several systems side by side in one simulation, since SystemC elaborates once a process.
class Rigs {
  public:
    Rig& add(const MachineSpec& machine, std::shared_ptr<const Network> network, std::size_t lanes = 256,
             unsigned threads = 1, std::shared_ptr<const EnergyModel> energy = make_hopfield());
    // Runs program(rig, its index) on every host.
    void run(const std::function<void(Rig&, std::size_t)>& program);
    Rig& operator[](std::size_t i) { return *rigs_.at(i); }
    [[nodiscard]] std::size_t size() const { return rigs_.size(); }

  private:
    friend class Rig;
    static void run(const std::vector<Rig*>& rigs, const std::function<void(Rig&, std::size_t)>& program);
    std::vector<std::unique_ptr<Rig>> rigs_;
};

// A register access as the bus sees it, with any length.
struct Access32 {
    tlm::tlm_response_status status = tlm::TLM_INCOMPLETE_RESPONSE;
    std::uint32_t value = 0;
};
Access32 access(Rig& rig, tlm::tlm_command direction, std::uint64_t address, std::uint32_t value = 0,
                unsigned bytes = 4);

} // namespace isinglass::test
