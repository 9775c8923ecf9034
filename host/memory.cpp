#include "host/memory.hpp"

#include <algorithm>

namespace isinglass {

HostMemory::HostMemory(const sc_core::sc_module_name& name) : sc_core::sc_module(name), bus("bus") {
    bus.register_b_transport(this, &HostMemory::access);
    bus.register_transport_dbg(this, &HostMemory::peek);
    bus.register_get_direct_mem_ptr(this, &HostMemory::grant);
}

std::uint64_t HostMemory::allocate(std::size_t bytes) {
    const std::size_t address = (used_ + 63) / 64 * 64;
    used_ = address + bytes;
    if (used_ > bytes_.size()) {
        withdraw(0, bytes_.size());
        bytes_.resize(used_);
    }
    return address;
}

bool HostMemory::contains(std::uint64_t address, std::size_t bytes) const {
    return address <= bytes_.size() && bytes <= bytes_.size() - address;
}

void HostMemory::land(std::uint64_t now_fs) {
    for (; landed_ < coming_ && arriving_[landed_].time_fs <= now_fs; ++landed_) {
        const auto& next = arriving_[landed_];
        withdraw(next.address, next.bytes.size());
        std::ranges::copy(next.bytes, bytes_.begin() + static_cast<std::ptrdiff_t>(next.address));
    }
    if (landed_ == coming_) landed_ = coming_ = 0;
}

std::span<std::uint8_t> HostMemory::writable(std::uint64_t address, std::size_t bytes) {
    land(sc_core::sc_time_stamp().value());
    withdraw(address, bytes);
    return std::span(bytes_).subspan(address, bytes);
}

std::span<const std::uint8_t> HostMemory::read(std::uint64_t address, std::size_t bytes) {
    land(sc_core::sc_time_stamp().value());
    return std::span(bytes_).subspan(address, bytes);
}

bool HostMemory::grant(tlm::tlm_generic_payload& transfer, tlm::tlm_dmi& dmi) {
    land(sc_core::sc_time_stamp().value());
    const std::uint64_t first = transfer.get_address();
    const std::size_t n = transfer.get_data_length();
    if (!transfer.is_read() || n == 0 || !contains(first, n)) return false;
    dmi.allow_read();
    dmi.set_dmi_ptr(bytes_.data() + first);
    dmi.set_start_address(first);
    dmi.set_end_address(first + n - 1);
    granted_ = true;
    return true;
}

void HostMemory::withdraw(std::uint64_t first, std::size_t n) {
    if (granted_ && n > 0) bus->invalidate_direct_mem_ptr(first, first + n - 1);
}

void HostMemory::access(tlm::tlm_generic_payload& transfer, sc_core::sc_time& delay) {
    const std::size_t n = transfer.get_data_length();
    if (!contains(transfer.get_address(), n))
        return transfer.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    const std::uint64_t now = sc_core::sc_time_stamp().value();
    land(now);
    if (transfer.is_write()) {
        if (coming_ == arriving_.size()) arriving_.emplace_back();
        auto& next = arriving_[coming_++];
        next.time_fs = now + delay.value();
        next.address = transfer.get_address();
        next.bytes.assign(transfer.get_data_ptr(), transfer.get_data_ptr() + n);
    } else
        std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(transfer.get_address()), n,
                    transfer.get_data_ptr());
    transfer.set_response_status(tlm::TLM_OK_RESPONSE);
}

unsigned HostMemory::peek(tlm::tlm_generic_payload& transfer) {
    const unsigned n = transfer.get_data_length();
    if (!contains(transfer.get_address(), n)) return 0;
    land(sc_core::sc_time_stamp().value());
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(transfer.get_address()), n,
                transfer.get_data_ptr());
    return n;
}

} // namespace isinglass
