// DMA engine: fetches lists, couplings and CLAMP codes from host memory, and delivers read-outs.
#pragma once

#include "hw_models/control/link.hpp"
#include "hw_models/control/pinned_buffers.hpp"
#include "hw_models/control/register_file.hpp"

#include <deque>

namespace isinglass {

// Codes of one CLAMP in a staging slot, there for the DACs from `ready_fs` on.
struct StagedClamp {
    std::size_t command = 0;
    std::uint64_t ready_fs = 0;
};
// sc_fifo prints its contents on request.
inline std::ostream& operator<<(std::ostream& out, const StagedClamp& clamp) {
    return out << clamp.command;
}

// - Codes of a CLAMP take a staging slot from their request until the DACs have converted them; at most the
// stated
//   number of reads is under way. Both push back.
// - Read-outs leave in the order of their conversion; an interrupt is raised when all before it have arrived.
// - What is fetched must equal the snapshot taken at the doorbell; otherwise the job fails with
// buffer_changed.
class DmaEngine : public ClockedModule {
  public:
    tlm_utils::simple_initiator_socket<DmaEngine> bus;

    DmaEngine(const sc_core::sc_module_name& name, ChipContext& context, RegisterFile& registers);

    sc_core::sc_fifo<std::size_t> clamp_requests; // command indices, from the sequencer
    sc_core::sc_fifo<StagedClamp> staged;         // to the DAC bank
    sc_core::sc_fifo<std::size_t> results;        // command indices of READ and IRQ, from the ADC bank
    sc_core::sc_event job_done;                   // the last command of a job has been delivered

    // Timed transfer by the calling process, which waits for it itself: returns when the data have arrived,
    // or nothing on a bus error.
    std::optional<std::uint64_t> fetch(std::uint64_t address, std::span<std::uint8_t> bytes, Phase phase);
    // Copies host memory without time, for the snapshot at the doorbell. False on a bus error.
    bool peek(std::uint64_t address, std::span<std::uint8_t> bytes);
    // Before a job's buffers are pinned: those of the job before it are not wanted any more.
    void forget_pins() { pinned_.clear(); }
    // Holds the buffer of couplings of a command as it is now, at the doorbell. False on a bus error.
    bool pin(std::size_t command, std::uint64_t address, std::size_t bytes);
    // Timed transfer of a pinned buffer to `bytes`, which are those of the doorbell; when they were written
    // since, the job fails.
    std::optional<std::uint64_t> fetch_pinned(std::size_t command, std::span<std::uint8_t> bytes,
                                              Phase phase);
    // For the DAC bank: it has converted a staged CLAMP.
    void free_staging_slot();
    void fail(DeviceError error, std::size_t command);
    void declare_signals(WaveSink& sink);

  private:
    void fetch_clamps();
    void deliver_results();
    void wait_for_staging_slot();
    void wait_for_free_read();
    void forget_arrived_reads();
    void open_window(std::size_t command);
    void close_window(std::size_t command);
    void show_transfer(tlm::tlm_command direction, std::uint64_t address, std::size_t bytes);
    void show_reads();
    bool transfer(tlm::tlm_command direction, std::uint64_t address, std::span<std::uint8_t> bytes,
                  Phase phase, sc_core::sc_time& delay);
    void finish_job(std::size_t command);
    void keep_pinned(sc_dt::uint64 first, sc_dt::uint64 last);

    RegisterFile& registers_;
    tlm::tlm_generic_payload payload_;
    PhaseExtension* extension_; // owned by payload_
    std::size_t slots_taken_ = 0;
    sc_core::sc_event slot_freed_;
    std::deque<std::uint64_t> under_way_; // arrival times of reads
    sc_core::sc_event read_arrives_;
    std::vector<std::uint8_t> fetched_;
    PinnedBuffers pinned_;
    std::uint64_t last_delivery_fs_ = 0;
    ActionId byte_, staging_;
    SignalId reads_signal_ = 0, writes_signal_ = 0, error_signal_ = 0;
    SignalId read_address_ = 0, read_bytes_ = 0, write_address_ = 0, write_bytes_ = 0;
};

} // namespace isinglass
