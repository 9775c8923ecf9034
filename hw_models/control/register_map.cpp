#include "hw_models/control/register_map.hpp"

namespace isinglass {

std::string_view describe(DeviceError error) {
    switch (error) {
    case DeviceError::none: return "no error";
    case DeviceError::bad_opcode: return "unknown opcode";
    case DeviceError::bad_length: return "buffer length does not fit what the command moves";
    case DeviceError::bus: return "host memory refused an access";
    case DeviceError::bad_changes: return "malformed buffer of changed couplings";
    case DeviceError::buffer_changed: return "a buffer was written while the device owned it";
    case DeviceError::doorbell_while_busy: return "doorbell rung while a job was running";
    case DeviceError::bad_argument: return "no such block or layer, or a time of zero";
    case DeviceError::no_detector: return "RELAX until settled needs detection hardware (machine.settle)";
    case DeviceError::no_clamp: return "commands of a sample before any CLAMP of inputs";
    case DeviceError::no_second_hold:
        return "HOLD and RESTORE need a second hold (machine.array.second_hold)";
    }
    return "unknown error";
}

} // namespace isinglass
