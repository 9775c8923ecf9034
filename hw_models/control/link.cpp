#include "hw_models/control/link.hpp"

#include <cmath>

namespace isinglass {

Link::Link(const sc_core::sc_module_name& name, ChipContext& context)
    : sc_core::sc_module(name),
      from_host("from_host"),
      to_registers("to_registers"),
      from_dma("from_dma"),
      to_memory("to_memory"),
      interrupt_in("interrupt_in"),
      interrupt_out("interrupt_out"),
      context_(context),
      latency_fs_(context.link_latency_fs()),
      fs_per_byte_(1e15 / context.machine.link.bytes_per_s),
      bit_(context.ledger.declare("link.bit")) {
    SC_HAS_PROCESS(Link);
    from_host.register_b_transport(this, &Link::register_access);
    from_dma.register_b_transport(this, &Link::memory_access);
    from_dma.register_transport_dbg(this, &Link::peek);
    SC_METHOD(send_interrupt);
    sensitive << interrupt_in;
    dont_initialize();
    SC_METHOD(deliver_interrupt);
    sensitive << interrupt_arrives_;
    dont_initialize();
    SC_METHOD(show_busy);
    sensitive << idle_again_ << context_.trace.opened;
    dont_initialize();
}

void Link::declare_signals(WaveSink& sink) {
    down_.signal = sink.declare_bits("coprocessor/link/to_chip_busy", 1, 0);
    up_.signal = sink.declare_bits("coprocessor/link/to_host_busy", 1, 0);
}

std::uint64_t Link::occupy(Lane& lane, std::uint64_t earliest_fs, std::size_t bytes, Phase phase) {
    const std::uint64_t start = std::max(earliest_fs, lane.busy_until_fs);
    lane.busy_until_fs =
        start + static_cast<std::uint64_t>(std::llround(static_cast<double>(bytes) * fs_per_byte_));
    context_.ledger.post(bit_, phase, 8.0 * static_cast<double>(bytes));
    if (context_.power.watching() && bytes > 0)
        context_.power.spend(bit_, 8.0 * static_cast<double>(bytes),
                             std::max<std::uint64_t>(1, lane.busy_until_fs - now_fs()));
    if (context_.trace.open) {
        context_.trace.sink->bits(now_fs(), lane.signal,
                                  1); // from the request on: a queued transfer counts as busy
        idle_again_.notify(femtoseconds(lane.busy_until_fs - now_fs()));
    }
    return lane.busy_until_fs;
}

void Link::show_busy() {
    if (!context_.trace.open) return;
    for (const Lane* lane : {&down_, &up_}) {
        context_.trace.sink->bits(now_fs(), lane->signal, lane->busy_until_fs > now_fs() ? 1 : 0);
        if (lane->busy_until_fs > now_fs()) idle_again_.notify(femtoseconds(lane->busy_until_fs - now_fs()));
    }
}

void Link::register_access(tlm::tlm_generic_payload& transfer, sc_core::sc_time& delay) {
    const std::uint64_t start = now_fs() + delay.value();
    const std::uint64_t arrives = occupy(down_, start, transfer.get_data_length(), Phase::idle) + latency_fs_;
    wait(femtoseconds(arrives - now_fs())); // registers are written and read when the access is there
    delay = sc_core::SC_ZERO_TIME;
    to_registers->b_transport(transfer, delay);
    if (!transfer.is_read()) return;
    const std::uint64_t sent = occupy(up_, now_fs(), transfer.get_data_length(), Phase::idle);
    delay = femtoseconds(sent + latency_fs_ - now_fs());
}

void Link::memory_access(tlm::tlm_generic_payload& transfer, sc_core::sc_time& delay) {
    const auto* extension = transfer.get_extension<PhaseExtension>();
    const Phase phase = extension != nullptr ? extension->phase : Phase::idle;
    const std::uint64_t start = now_fs() + delay.value();
    // A read's request travels up before its data come down; the request itself is a few bytes and not
    // counted.
    const std::uint64_t sent = transfer.is_read()
                                   ? occupy(down_, start + latency_fs_, transfer.get_data_length(), phase)
                                   : occupy(up_, start, transfer.get_data_length(), phase);
    delay = femtoseconds(sent + latency_fs_ - now_fs());
    to_memory->b_transport(transfer, delay);
}

unsigned Link::peek(tlm::tlm_generic_payload& transfer) {
    return to_memory->transport_dbg(transfer);
}

void Link::send_interrupt() {
    interrupt_edges_.push_back(interrupt_in.read());
    interrupt_arrives_.notify(femtoseconds(latency_fs_));
}

void Link::deliver_interrupt() {
    interrupt_out.write(interrupt_edges_.front());
    interrupt_edges_.pop_front();
}

} // namespace isinglass
