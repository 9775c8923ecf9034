#include "hw_models/control/link.hpp"

#include <fmt/core.h>

#include <array>
#include <cmath>
#include <string_view>

namespace isinglass {

namespace {

// What a transfer is; its number in the waveforms.
constexpr std::array<std::string_view, 4> transfer_kinds{"none", "register", "dma_read", "dma_write"};
constexpr std::uint64_t register_kind = 1, read_kind = 2, write_kind = 3;

} // namespace

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
    from_dma.register_get_direct_mem_ptr(this, &Link::grant);
    to_memory.register_invalidate_direct_mem_ptr(this, &Link::withdraw);
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
    for (auto [lane, name] : {std::pair{&down_, "to_chip"}, std::pair{&up_, "to_host"}}) {
        lane->signal = sink.declare_bits(fmt::format("coprocessor/link/{}_busy", name), 1, 0);
        lane->kind = sink.declare_names(fmt::format("coprocessor/link/{}_kind", name), transfer_kinds, 0);
        lane->bytes = sink.declare_bits(fmt::format("coprocessor/link/{}_bytes", name), 32, 0);
    }
    interrupt_signal_ = sink.declare_bits("coprocessor/link/interrupt", 1, 0);
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

// The last transfer that was asked for: it begins when those before it have been sent.
void Link::show_transfer(const Lane& lane, std::uint64_t kind, std::size_t bytes) const {
    if (!context_.trace.open) return;
    context_.trace.sink->bits(now_fs(), lane.kind, kind);
    context_.trace.sink->bits(now_fs(), lane.bytes, bytes);
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
    show_transfer(down_, register_kind, transfer.get_data_length());
    const std::uint64_t arrives = occupy(down_, start, transfer.get_data_length(), Phase::idle) + latency_fs_;
    wait(femtoseconds(arrives - now_fs())); // registers are written and read when the access is there
    delay = sc_core::SC_ZERO_TIME;
    to_registers->b_transport(transfer, delay);
    if (!transfer.is_read()) return;
    show_transfer(up_, register_kind, transfer.get_data_length());
    const std::uint64_t sent = occupy(up_, now_fs(), transfer.get_data_length(), Phase::idle);
    delay = femtoseconds(sent + latency_fs_ - now_fs());
}

void Link::memory_access(tlm::tlm_generic_payload& transfer, sc_core::sc_time& delay) {
    const auto* extension = transfer.get_extension<PhaseExtension>();
    const Phase phase = extension != nullptr ? extension->phase : Phase::idle;
    const std::uint64_t start = now_fs() + delay.value();
    if (transfer.is_read())
        show_transfer(down_, read_kind, transfer.get_data_length());
    else
        show_transfer(up_, write_kind, transfer.get_data_length());
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

bool Link::grant(tlm::tlm_generic_payload& transfer, tlm::tlm_dmi& dmi) {
    return to_memory->get_direct_mem_ptr(transfer, dmi);
}

void Link::withdraw(sc_dt::uint64 first, sc_dt::uint64 last) {
    from_dma->invalidate_direct_mem_ptr(first, last);
}

void Link::send_interrupt() {
    interrupt_edges_.push_back(interrupt_in.read());
    interrupt_arrives_.notify(femtoseconds(latency_fs_));
}

void Link::deliver_interrupt() {
    if (context_.trace.sink != nullptr) // told outside the window too, so that it opens with the truth
        context_.trace.sink->bits(now_fs(), interrupt_signal_, interrupt_edges_.front() ? 1 : 0);
    interrupt_out.write(interrupt_edges_.front());
    interrupt_edges_.pop_front();
}

} // namespace isinglass
