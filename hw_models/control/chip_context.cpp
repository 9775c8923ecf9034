#include "hw_models/control/chip_context.hpp"

namespace isinglass {

void ChipContext::post(ActionId action, Phase phase, double amount, std::uint64_t cycles) {
    ledger.post(action, phase, amount);
    if (power.watching())
        power.spend(action, amount, std::max<std::uint64_t>(1, cycles) * machine.clock_fs());
}

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
