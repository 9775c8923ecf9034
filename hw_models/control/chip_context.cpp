#include "hw_models/control/chip_context.hpp"

namespace isinglass {

Phase phase_of(const Command& command) {
    switch (command.opcode) {
    case Opcode::program: return Phase::program;
    case Opcode::clamp: return Phase::clamp;
    case Opcode::reset: return Phase::free;
    case Opcode::relax:
        return command.beta == 0.0F  ? Phase::free
               : command.beta > 0.0F ? Phase::nudge_plus
                                     : Phase::nudge_minus;
    case Opcode::hold: return Phase::free;
    case Opcode::restore: return Phase::nudge_minus;
    case Opcode::read: return Phase::read;
    case Opcode::interrupt: return Phase::read;
    }
    return Phase::idle;
}

} // namespace isinglass
