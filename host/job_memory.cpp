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
    const auto byte = ledger.declare("host.dram_byte");
    for (const auto& c : job.commands()) {
        ledger.post(byte, phase_of(c.opcode), 2.0 * c.length);
        ledger.post(byte, Phase::idle, 2.0 * static_cast<double>(sizeof(Command)));
    }
}

} // namespace isinglass
