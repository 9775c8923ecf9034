// Registers, doorbell and interrupt, as hw_models/control/register_map.hpp lists them.
#pragma once

#include "hw_models/control/chip_context.hpp"
#include "hw_models/control/register_map.hpp"

#include <tlm_utils/simple_target_socket.h>

#include <tlm>
#include <utility>

namespace isinglass {

// - Accesses are of 4 aligned bytes; anything else answers with a bus error and changes nothing.
// - Writing a read-only register, or reading a write-only one, is a bus error.
class RegisterFile : public sc_core::sc_module {
  public:
    tlm_utils::simple_target_socket<RegisterFile> bus;
    sc_core::sc_out<bool> interrupt;

    RegisterFile(const sc_core::sc_module_name& name, ChipContext& context);

    // For the sequencer, inside the chip.
    [[nodiscard]] std::uint32_t get(Register r) const { return values_[index(r)]; }
    void set(Register r, std::uint32_t value) { values_[index(r)] = value; }
    void add(Register r, std::uint64_t amount) { values_[index(r)] += static_cast<std::uint32_t>(amount); }
    [[nodiscard]] const sc_core::sc_event& doorbell() const { return doorbell_; }
    // Whether the doorbell has been rung since the last call.
    [[nodiscard]] bool take_ring() { return std::exchange(rung_, false); }
    void raise_interrupt();
    // Registers that say what machine this is.
    void describe(const ChipModel& model);

  private:
    static std::size_t index(Register r) { return static_cast<std::size_t>(r) / 4; }
    void access(tlm::tlm_generic_payload& transfer, sc_core::sc_time& delay);
    void write(const RegisterInfo& info, std::uint32_t value, const sc_core::sc_time& delay);
    void drive_interrupt();

    ChipContext& context_;
    std::array<std::uint32_t, 32> values_{};
    ActionId access_;
    sc_core::sc_event doorbell_;
    bool rung_ = false;
    sc_core::sc_event interrupt_changed_;
};

} // namespace isinglass
