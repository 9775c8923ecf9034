// Commands of the coprocessor: 32 bytes each, fetched as a list by DMA when the doorbell rings.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace isinglass {

enum class Opcode : std::uint8_t {
    program = 1, // write couplings of block `target` from `address`
    clamp = 2,   // codes from `address` through the DACs onto the lines
    reset = 3,   // spins to their reset state
    relax = 4,   // let the spins move for `cycles`, or until settled with that limit
    hold = 5,    // keep the spins in the second hold
    restore = 6, // spins back to the second hold
    read = 7,    // spins of the layers in `target` through the ADCs to `address`
    interrupt = 8,
    pulse = 9, // signed pulses to couplings of block `target`, whose devices hold them; counts at `address`
};

// flags, by opcode
inline constexpr std::uint8_t program_changed_only = 1;
inline constexpr std::uint8_t clamp_inputs = 1; // a CLAMP of inputs starts a sample
inline constexpr std::uint8_t clamp_targets = 2;
inline constexpr std::uint8_t clamp_injected = 4;
inline constexpr std::uint8_t relax_until_settled = 1;
inline constexpr std::uint8_t relax_frozen =
    2; // nudge by beta times the injected lines instead of beta (y − o)
inline constexpr std::uint8_t read_differences = 1;
inline constexpr std::uint8_t read_reference =
    2; // the ADCs' reference, at `beta` of full scale, instead of nodes

// Little endian in host memory, in this order and without padding.
struct Command {
    Opcode opcode = Opcode::interrupt;
    std::uint8_t flags = 0;
    std::uint16_t target = 0;  // PROGRAM, PULSE: block; READ: bit l for layer l
    std::uint32_t length = 0;  // bytes of the buffer
    std::uint64_t address = 0; // of the buffer in host memory
    std::uint64_t tag = 0;     // CLAMP: presentation number of the sample; PULSE: of the update
    std::uint32_t cycles = 0;  // RELAX
    float beta = 0.0F;         // RELAX; READ of the reference: its level
};
static_assert(sizeof(Command) == 32);

std::string_view name_of(const Command& command);
// Names of all opcodes by number; 0 stands for no command.
inline constexpr std::array<std::string_view, 10> opcode_names{"none", "PROGRAM", "CLAMP", "RESET", "RELAX",
                                                               "HOLD", "RESTORE", "READ",  "IRQ",   "PULSE"};
// Whether it writes to couplings, and so belongs to no sample.
[[nodiscard]] constexpr bool writes_couplings(Opcode opcode) {
    return opcode == Opcode::program || opcode == Opcode::pulse;
}

} // namespace isinglass
