// Host memory that the device reaches by DMA.
#pragma once

#include <tlm_utils/simple_target_socket.h>

#include <cstdint>
#include <span>
#include <systemc>
#include <tlm>
#include <vector>

namespace isinglass {

// - Buffers are taken from the front and given back all at once, between jobs.
// - What the device writes appears at its scheduled time, not before.
// - Accesses outside the memory answer with an address error.
// - The device may look at the memory directly (DMI); it is told before what it may look at changes or moves.
class HostMemory : public sc_core::sc_module {
  public:
    tlm_utils::simple_target_socket<HostMemory> bus;

    explicit HostMemory(const sc_core::sc_module_name& name);

    // Address of `bytes` fresh bytes, aligned to 64. Memory grows as needed.
    std::uint64_t allocate(std::size_t bytes);
    void release_all() { used_ = 0; }

    // The host's own access. Views stay valid until the next allocate(). Threads may use views of different
    // bytes, but one thread takes them.
    std::span<std::uint8_t> writable(std::uint64_t address, std::size_t bytes);
    std::span<const std::uint8_t> read(std::uint64_t address, std::size_t bytes);

  private:
    struct Arriving {
        std::uint64_t time_fs;
        std::uint64_t address;
        std::vector<std::uint8_t> bytes;
    };

    void access(tlm::tlm_generic_payload& transfer, sc_core::sc_time& delay);
    unsigned peek(tlm::tlm_generic_payload& transfer);
    bool grant(tlm::tlm_generic_payload& transfer, tlm::tlm_dmi& dmi);
    // Before bytes [first, first + n) change or move.
    void withdraw(std::uint64_t first, std::size_t n);
    [[nodiscard]] bool contains(std::uint64_t address, std::size_t bytes) const;
    void land(std::uint64_t now_fs);

    std::vector<std::uint8_t> bytes_;
    std::size_t used_ = 0;
    bool granted_ = false;           // some of it, at some time
    std::vector<Arriving> arriving_; // [0 … coming_) in order of time; the rest keeps its room for later ones
    std::size_t landed_ = 0;         // [0 … landed_) are in place
    std::size_t coming_ = 0;
};

} // namespace isinglass
