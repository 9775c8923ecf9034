#include "hw_models/control/chip_context.hpp"

namespace isinglass {

void ChipContext::post(ActionId action, Phase phase, double amount, std::uint64_t cycles) {
    ledger.post(action, phase, amount);
    if (power.watching())
        power.spend(action, amount, std::max<std::uint64_t>(1, cycles) * machine.clock_fs());
}

void ChipContext::open_window(std::size_t sample) {
    const bool first = trace.samples.empty();
    if (!trace.samples.insert(sample).second || !first) return;
    if (trace.before_fs > 0 && !trace.sink->recording()) trace.opening();
    trace.sink->open_window(now_fs());
    if (trace.open) return;
    trace.open = true;
    power.watch(trace.sink);
    trace.opened.notify(sc_core::SC_ZERO_TIME);
}

void ChipContext::close_window(std::size_t sample) {
    if (trace.samples.erase(sample) == 0 || !trace.samples.empty()) return;
    if (!trace.continuous) {
        power.watch(nullptr);
        trace.open = false;
    }
    trace.sink->close_window(now_fs());
}

void ChipContext::close_all_windows() {
    while (!trace.samples.empty()) close_window(*trace.samples.begin());
}

Phase phase_of(const Command& command) {
    switch (command.opcode) {
    case Opcode::program:
    case Opcode::pulse: return Phase::program;
    case Opcode::clamp: return Phase::clamp;
    case Opcode::reset:
    case Opcode::hold: return Phase::free;
    case Opcode::relax:
        return command.beta == 0.0F  ? Phase::free
               : command.beta > 0.0F ? Phase::nudge_plus
                                     : Phase::nudge_minus;
    case Opcode::restore: return Phase::nudge_minus;
    case Opcode::read:
    case Opcode::interrupt: return Phase::read;
    }
    return Phase::idle;
}

} // namespace isinglass
