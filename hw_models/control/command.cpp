#include "hw_models/control/command.hpp"

namespace isinglass {

std::string_view name_of(const Command& command) {
    switch (command.opcode) {
    case Opcode::program: return "PROGRAM";
    case Opcode::clamp: return "CLAMP";
    case Opcode::reset: return "RESET";
    case Opcode::relax: return "RELAX";
    case Opcode::hold: return "HOLD";
    case Opcode::restore: return "RESTORE";
    case Opcode::read: return "READ";
    case Opcode::interrupt: return "IRQ";
    }
    return "UNKNOWN";
}

} // namespace isinglass
