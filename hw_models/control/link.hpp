// The link between host and chip: a bridge for register accesses, DMA and the interrupt.
#pragma once

#include "hw_models/control/chip_context.hpp"

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <deque>
#include <tlm>

namespace isinglass {

// The phase that a transfer works for; transfers without it are the driver's own.
struct PhaseExtension : tlm::tlm_extension<PhaseExtension> {
    Phase phase = Phase::idle;
    tlm_extension_base* clone() const override { return new PhaseExtension(*this); }
    void copy_from(const tlm_extension_base& other) override {
        phase = static_cast<const PhaseExtension&>(other).phase;
    }
};

// - Each direction carries one transfer at a time at the stated bandwidth; latency is added behind it.
// - DMA's b_transport never waits: the returned delay is the time until the transfer has arrived (a read:
// until
//   its data have). Requests are served in the order of their calls.
// - A register access waits until it is there; the returned delay is that of a read's answer.
// - Edges of the interrupt travel in order, each with the latency.
class Link : public sc_core::sc_module {
  public:
    tlm_utils::simple_target_socket<Link> from_host; // register accesses
    tlm_utils::simple_initiator_socket<Link> to_registers;
    tlm_utils::simple_target_socket<Link> from_dma;
    tlm_utils::simple_initiator_socket<Link> to_memory;
    sc_core::sc_in<bool> interrupt_in;
    sc_core::sc_out<bool> interrupt_out;

    Link(const sc_core::sc_module_name& name, ChipContext& context);

    void declare_signals(WaveSink& sink);
    [[nodiscard]] std::uint64_t latency_fs() const { return latency_fs_; }

  private:
    // One direction.
    struct Lane {
        std::uint64_t busy_until_fs = 0;
        SignalId signal = 0, kind = 0, bytes = 0;
    };

    void register_access(tlm::tlm_generic_payload& transfer, sc_core::sc_time& delay);
    void memory_access(tlm::tlm_generic_payload& transfer, sc_core::sc_time& delay);
    unsigned peek(tlm::tlm_generic_payload& transfer);
    bool grant(tlm::tlm_generic_payload& transfer, tlm::tlm_dmi& dmi);
    void withdraw(sc_dt::uint64 first, sc_dt::uint64 last);
    // Occupies a direction from `earliest` on; returns when the last byte has been sent.
    std::uint64_t occupy(Lane& lane, std::uint64_t earliest_fs, std::size_t bytes, Phase phase);
    void send_interrupt();
    void deliver_interrupt();
    void show_busy();
    void show_transfer(const Lane& lane, std::uint64_t kind, std::size_t bytes) const;

    ChipContext& context_;
    const std::uint64_t latency_fs_;
    const double fs_per_byte_;
    Lane down_; // to the chip
    Lane up_;   // to the host
    ActionId bit_;
    std::deque<bool> interrupt_edges_; // on their way
    sc_core::sc_event_queue interrupt_arrives_;
    sc_core::sc_event idle_again_;
    SignalId interrupt_signal_ = 0;
};

} // namespace isinglass
