#include "hw_models/control/settled_states.hpp"

#include <algorithm>

namespace isinglass {

namespace {

constexpr std::size_t opening_ops = 3;

bool opens_with_free_phase(const SampleProgram& program) {
    using Kind = SampleOp::Kind;
    return program.size() > opening_ops && program[0].kind == Kind::clamp && program[0].inputs &&
           program[1].kind == Kind::reset && program[2].kind == Kind::relax && program[2].nudge.beta == 0.0;
}

bool only_free(const SampleProgram& program) {
    const auto& clamp = program.front();
    return !clamp.targets && !clamp.injected &&
           std::ranges::count(program, SampleOp::Kind::relax, &SampleOp::kind) == 1;
}

// Nothing else of the opening enters the numbers of a free phase.
bool same_numbers(const SampleOp& a, const SampleOp& b) {
    return a.kind == b.kind && a.command == b.command && a.time_rc == b.time_rc &&
           a.until_settled == b.until_settled;
}

} // namespace

bool SettledStates::knows(const SampleProgram& program, std::span<const SampleTask> tasks) const {
    return complete_ && tasks.size() == samples_.size() &&
           std::equal(opening_.begin(), opening_.end(), program.begin(), same_numbers) &&
           std::ranges::equal(samples_, tasks, [](const Sample& known, const SampleTask& task) {
               const auto& codes = task.clamp_codes.front();
               return known.presentation == task.presentation && known.input_codes.size() <= codes.size() &&
                      std::ranges::equal(known.input_codes, codes.first(known.input_codes.size()));
           });
}

void SettledStates::attend(const SampleProgram& program, std::span<SampleTask> tasks) {
    if (!opens_with_free_phase(program)) return;
    if (knows(program, tasks)) {
        for (std::size_t i = 0; i < tasks.size(); ++i) tasks[i].known_end = &samples_[i].state;
        return;
    }
    forget();
    if (!only_free(program)) return;
    opening_.assign(program.begin(), program.begin() + opening_ops);
    samples_.resize(tasks.size());
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        samples_[i].presentation = tasks[i].presentation;
        const auto& codes = tasks[i].clamp_codes.front();
        samples_[i].input_codes.assign(codes.begin(), codes.end());
        tasks[i].leave_end = &samples_[i].state;
    }
}

} // namespace isinglass
