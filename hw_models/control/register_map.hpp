// The coprocessor's registers, as host and chip see them. Offsets in bytes; all registers are 32 bits, little
// endian.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace isinglass {

enum class Register : std::uint32_t {
    id = 0x00,
    list_address_low = 0x10,
    list_address_high = 0x14,
    list_count = 0x18,
    doorbell = 0x1c,
    status = 0x20,
    error_code = 0x24,
    error_command = 0x28,
    interrupt = 0x2c,
    read_gain = 0x30,
    input_lines = 0x40,
    target_lines = 0x44,
    spins = 0x48,
    dac_code_bytes = 0x4c,
    adc_code_bytes = 0x50,
    coupling_code_bytes = 0x54,
    clock_period_fs = 0x58,
    not_settled = 0x60,
    adc_clipped = 0x64,
    couplings_written = 0x68,
};

enum class Access { read_only, read_write, write_only, write_one_to_clear };

struct RegisterInfo {
    Register offset;
    std::string_view name;
    Access access;
    std::string_view meaning;
};

inline constexpr std::array register_map{
    RegisterInfo{Register::id, "id", Access::read_only, "identifies the coprocessor: 0x49534e47 ('ISNG')"},
    RegisterInfo{Register::list_address_low, "list_address_low", Access::read_write,
                 "command list, low word of its host address"},
    RegisterInfo{Register::list_address_high, "list_address_high", Access::read_write,
                 "command list, high word"},
    RegisterInfo{Register::list_count, "list_count", Access::read_write,
                 "number of 32-byte commands in the list"},
    RegisterInfo{Register::doorbell, "doorbell", Access::write_only,
                 "any write starts the list and clears status and errors; while busy it is refused, which "
                 "sets status bit 3 and leaves the running job as it is"},
    RegisterInfo{Register::status, "status", Access::read_only,
                 "bit 0 busy; bit 1 done; bit 2 error: the job has failed; bit 3 refused: the doorbell was "
                 "rung while the job was running"},
    RegisterInfo{Register::error_code, "error_code", Access::read_only,
                 "with status bit 2 why the job failed, see DeviceError; with bit 3 alone "
                 "doorbell_while_busy; otherwise 0"},
    RegisterInfo{Register::error_command, "error_command", Access::read_only,
                 "with status bit 2 the index of the command that failed, or the list's length where the "
                 "list itself is at fault; otherwise 0"},
    RegisterInfo{Register::interrupt, "interrupt", Access::write_one_to_clear,
                 "bit 0: an interrupt is pending"},
    RegisterInfo{Register::read_gain, "read_gain", Access::read_write,
                 "gain of READ of differences, an IEEE-754 single above 0; the next job takes it"},
    RegisterInfo{Register::input_lines, "input_lines", Access::read_only, "input lines of the array"},
    RegisterInfo{Register::target_lines, "target_lines", Access::read_only,
                 "target lines; as many carry a frozen nudge"},
    RegisterInfo{Register::spins, "spins", Access::read_only, "spins that can be read"},
    RegisterInfo{Register::dac_code_bytes, "dac_code_bytes", Access::read_only, "bytes of a DAC code"},
    RegisterInfo{Register::adc_code_bytes, "adc_code_bytes", Access::read_only, "bytes of an ADC code"},
    RegisterInfo{Register::coupling_code_bytes, "coupling_code_bytes", Access::read_only,
                 "bytes of a coupling code"},
    RegisterInfo{Register::clock_period_fs, "clock_period_fs", Access::read_only,
                 "clock period in femtoseconds"},
    RegisterInfo{Register::not_settled, "not_settled", Access::read_only,
                 "RELAX commands of the last job that reached their limit"},
    RegisterInfo{Register::adc_clipped, "adc_clipped", Access::read_only,
                 "ADC conversions of the last job out of range"},
    RegisterInfo{Register::couplings_written, "couplings_written", Access::read_only,
                 "couplings that the last job wrote"},
};

inline constexpr std::uint32_t device_id = 0x49534e47;
inline constexpr std::uint32_t status_busy = 1;
inline constexpr std::uint32_t status_done = 2;
inline constexpr std::uint32_t status_error = 4;
inline constexpr std::uint32_t status_refused = 8;

enum class DeviceError : std::uint32_t {
    none = 0,
    bad_opcode = 1,
    bad_length = 2,  // a buffer's length does not fit its lines, nodes or couplings, or a list's is not valid
    bus = 3,         // host memory answered with an error
    bad_changes = 4, // a buffer of changed couplings is malformed
    buffer_changed = 5,      // the host wrote to a buffer that the device owned
    doorbell_while_busy = 6, // the running job goes on; see the status register
    bad_argument = 7, // a field of a command is not valid, or not after what came before it: see describe()
    no_detector = 8,  // RELAX until settled on a machine without detection hardware
    no_clamp = 9,     // a sample's command comes before the CLAMP of its inputs, or of its nudge's lines
    no_second_hold = 10, // HOLD, RESTORE or READ of differences on a machine without it
    no_pulses = 11,      // PULSE on a machine whose couplings do not move by pulses
};

// As waveforms name them, by number.
inline constexpr std::array<std::string_view, 12> device_error_names{
    "none",     "bad_opcode",   "bad_length",  "bus_error", "bad_changes",    "buffer_changed",
    "doorbell", "bad_argument", "no_detector", "no_clamp",  "no_second_hold", "no_pulses"};

std::string_view describe(DeviceError error);

} // namespace isinglass
