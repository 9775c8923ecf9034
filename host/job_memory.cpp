#include "host/job_memory.hpp"

namespace isinglass {

namespace {

// The phase that a command's buffer serves; those of all other commands are empty.
Phase phase_of(Opcode opcode) {
    if (writes_couplings(opcode)) return Phase::program;
    return opcode == Opcode::clamp ? Phase::clamp : Phase::read;
}

} // namespace

void post_memory(Ledger& ledger, const JobBuilder& job) {
    double programmed = 0.0, clamped = 0.0, read = 0.0;
    for (const auto& c : job.commands()) {
        const Phase phase = phase_of(c.opcode);
        (phase == Phase::program ? programmed : phase == Phase::clamp ? clamped : read) += c.length;
    }
    const auto byte = ledger.declare("host.dram_byte");
    const auto twice = [&](Phase phase, double bytes) { ledger.post(byte, phase, 2.0 * bytes); };
    twice(Phase::program, programmed);
    twice(Phase::clamp, clamped);
    twice(Phase::read, read);
    twice(Phase::idle, static_cast<double>(job.commands().size() * sizeof(Command)));
}

} // namespace isinglass
