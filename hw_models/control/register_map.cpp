#include "hw_models/control/register_map.hpp"

namespace isinglass {

std::string_view describe(DeviceError error) {
    switch (error) {
    case DeviceError::none: return "no error";
    case DeviceError::bad_opcode: return "unknown opcode";
    case DeviceError::bad_length:
        return "buffer length does not fit what the command moves, or the list is empty, longer than 2^24 "
               "commands or without closing IRQ";
    case DeviceError::bus: return "host memory refused an access";
    case DeviceError::bad_changes: return "malformed buffer of changed couplings";
    case DeviceError::buffer_changed: return "a buffer was written while the device owned it";
    case DeviceError::doorbell_while_busy: return "doorbell rung while a job was running";
    case DeviceError::bad_argument:
        return "unknown flags; no such block, layer or line group; a RELAX of no time, or until settled of "
               "less than a check period; a beta that is not finite or not stable; RESTORE or READ of "
               "differences without HOLD in the sample; or more than 256 commands in a sample";
    case DeviceError::no_detector: return "RELAX until settled needs detection hardware (machine.settle)";
    case DeviceError::no_clamp:
        return "a sample's command before any CLAMP of inputs, or a nudge whose targets or injected lines "
               "have had no CLAMP in the sample";
    case DeviceError::no_second_hold:
        return "HOLD, RESTORE and READ of differences need a second hold (machine.array.second_hold)";
    case DeviceError::no_pulses:
        return "PULSE needs couplings that move by pulses (machine.couplings.kind = \"pulsed\")";
    }
    return "unknown error";
}

} // namespace isinglass
