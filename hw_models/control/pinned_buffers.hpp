// Buffers in host memory that a job's commands will fetch later, as they were at the doorbell.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace isinglass {

// Nothing is copied as long as nobody writes there: memory that grants direct access (TLM-2.0's DMI) tells of
// a change before it happens, and then the pinned bytes are kept. Memory that grants none is copied at once.
class PinnedBuffers {
  public:
    // Of a buffer that memory lets read directly at `view`.
    void pin(std::size_t command, std::uint64_t address, std::span<const std::uint8_t> view);
    void pin_copy(std::size_t command, std::uint64_t address, std::vector<std::uint8_t> bytes);
    // Memory is about to change in [first, last], or to move.
    void keep(std::uint64_t first, std::uint64_t last);
    // Ends the pin of a command whose fetch brought `fetched`. Returns whether they are the bytes of the
    // doorbell; otherwise those of the doorbell are put in their place.
    [[nodiscard]] bool release(std::size_t command, std::span<std::uint8_t> fetched);
    void clear() { pins_.clear(); }

  private:
    struct Pin {
        std::size_t command = 0;
        std::uint64_t address = 0;
        std::span<const std::uint8_t> view{};
        bool kept = false;
        std::vector<std::uint8_t> copy{}; // of a kept one
    };
    std::vector<Pin> pins_;
};

} // namespace isinglass
