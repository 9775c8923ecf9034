#include "hw_models/array/sample_evaluator.hpp"

#include "hw_models/array/state_loops.hpp"

#include <algorithm>
#include <cmath>

namespace isinglass {

namespace {

// Equal steps of at most `step_rc` that fill `time_rc`.
struct Steps {
    std::uint32_t count;
    double step_rc;
};

// `physical` RC stand for one step of `step` RC; integrations shrink the step to fill the time exactly,
// iterations have whole steps.
Steps steps_for(double time_rc, const Dynamics& dynamics) {
    const double n = std::max(1.0, std::ceil(time_rc / dynamics.physical_rc_per_step() - 1e-6));
    const double step = dynamics.settled_values_only() ? dynamics.step_rc() : time_rc / n;
    return {static_cast<std::uint32_t>(n), step};
}

// Line groups of a CLAMP, in the keys of their draws.
constexpr std::uint32_t input_part = 0;
constexpr std::uint32_t target_part = 1;
constexpr std::uint32_t injected_part = 2;

// Nodes that are converted in one slot, and which of the READ's codes is their first.
struct SlotPart {
    NodeRun nodes;
    std::size_t at;
};

// The slots of a READ: node i is wired to converter i modulo count, whose nodes take turns in their order.
std::vector<std::vector<SlotPart>> slots_of(const Network& net, LayerSet layers, std::size_t converters) {
    std::vector<std::vector<SlotPart>> slots;
    std::vector<std::size_t> turns(converters, 0);
    std::size_t at = 0;
    for (std::size_t l = 0; l < net.layers.size(); ++l) {
        if (((layers >> l) & 1U) == 0) continue;
        const std::size_t first_node = net.first_node(l);
        for (std::size_t i = 0; i < net.layers[l].size; ++i, ++at) {
            const std::size_t slot = turns[(first_node + i) % converters]++;
            if (slot == slots.size()) slots.emplace_back();
            auto& parts = slots[slot];
            if (!parts.empty() && parts.back().nodes.layer == l &&
                parts.back().at + parts.back().nodes.count == at)
                ++parts.back().nodes.count;
            else
                parts.push_back({{l, i, 1}, at});
        }
    }
    return slots;
}

} // namespace

SampleEvaluator::SampleEvaluator(const ChipModel& model, const DrawnAhead* ahead)
    : model_(model),
      net_(*model.network),
      ahead_(ahead),
      motion_draws_(model.noise_seed, model.dynamics->draws()),
      reset_draws_(model.noise_seed, Purpose::initial_state),
      kernel_(model.kernel()),
      integrator_(model.dynamics->integrator(net_, motion_draws_)),
      read_out_(model, ahead),
      block_(net_),
      settling_(model) {}

void SampleEvaluator::run(const SampleProgram& program, std::span<SampleTask> tasks, const float* values) {
    start(tasks);
    values_ = values;
    if (meter_ == nullptr &&
        std::ranges::any_of(tasks, [](const auto& task) { return task.tape != nullptr; }))
        meter_ = std::make_unique<EnergyMeter>(net_);
    std::size_t clamps = 0;
    std::size_t relaxes = 0;
    std::size_t reads = 0;
    for (std::uint32_t i = 0; i < program.size(); ++i) {
        const auto& op = program[i];
        switch (op.kind) {
        case SampleOp::Kind::clamp: clamp(op, clamps++, tasks, values); break;
        case SampleOp::Kind::reset:
            reset(op);
            record(i, 0.0, tasks);
            break;
        case SampleOp::Kind::relax:
            if (relaxes == 0 && tasks.front().known_end != nullptr)
                take_settled(op, tasks);
            else if (op.until_settled)
                relax_until_settled(op, i, relaxes, tasks, values);
            else
                relax(op, i, relaxes, tasks, values);
            if (relaxes++ == 0) leave_settled(tasks);
            break;
        case SampleOp::Kind::hold: hold(op, i, tasks); break;
        case SampleOp::Kind::restore:
            droop_held();
            copy_rows(block_.held, block_.state, block_.lanes);
            discharge_momentum();
            record(i, 0.0, tasks);
            break;
        case SampleOp::Kind::read: read(op, i, reads++, tasks, values); break;
        }
    }
    finish(tasks);
}

void SampleEvaluator::start(std::span<const SampleTask> tasks) {
    block_.lanes = tasks.size();
    presentations_.clear();
    nudge_ = {};
    held_rc_ = 0.0;
    after_reset_ = false;
    for (std::size_t r = 0; r < tasks.size(); ++r) {
        presentations_.push_back(tasks[r].presentation);
        if (tasks[r].start == nullptr) continue;
        std::copy(tasks[r].start->state.begin(), tasks[r].start->state.end(), block_.state.row(r).begin());
        std::copy(tasks[r].start->momentum.begin(), tasks[r].start->momentum.end(),
                  block_.momentum.row(r).begin());
        std::copy(tasks[r].start->held.begin(), tasks[r].start->held.end(), block_.held.row(r).begin());
    }
}

void SampleEvaluator::finish(std::span<SampleTask> tasks) const {
    for (std::size_t r = 0; r < tasks.size(); ++r) {
        if (tasks[r].finish == nullptr) continue;
        const auto s = block_.state.row(r);
        const auto p = block_.momentum.row(r);
        const auto h = block_.held.row(r);
        *tasks[r].finish = {{s.begin(), s.end()}, {p.begin(), p.end()}, {h.begin(), h.end()}};
    }
}

void SampleEvaluator::clamp(const SampleOp& op, std::size_t clamp_index, std::span<const SampleTask> tasks,
                            const float* values) {
    const std::size_t bytes = model_.dac->format().bytes();
    auto convert = [&](const LineGroup& group, std::uint32_t part, Matrix& levels, std::size_t first_byte) {
        for (std::size_t r = 0; r < tasks.size(); ++r)
            convert_lines({tasks[r].presentation, op.command, part}, group,
                          tasks[r].clamp_codes[clamp_index].subspan(first_byte, group.lines * bytes),
                          levels.row(r));
    };
    std::size_t at = 0;
    if (op.inputs) {
        convert(model_.input_lines(), input_part, block_.inputs, at);
        at += net_.inputs * bytes;
        kernel_->clamp(values, block_);
    }
    if (op.targets) {
        convert(model_.target_lines(), target_part, block_.targets, at);
        at += net_.output().size * bytes;
    }
    if (op.injected) convert(model_.injected_lines(), injected_part, block_.injected, at);
}

void SampleEvaluator::convert_lines(DrawKey key, const LineGroup& group, std::span<const std::uint8_t> codes,
                                    std::span<float> levels) const {
    const auto drawn = drawn_before(ahead_, model_.dac->noise(), key, group.lines);
    if (drawn.empty())
        model_.dac->convert(key, group, codes, levels);
    else
        model_.dac->convert_drawn(drawn, group, codes, levels);
}

std::vector<PlannedDraw> SampleEvaluator::draws(const SampleProgram& program) const {
    std::vector<PlannedDraw> draws;
    const auto* lines = model_.dac->noise();
    const auto clamp = [&](const SampleOp& op, std::uint32_t part, const LineGroup& group) {
        if (lines != nullptr) draws.push_back({lines, op.command, part, group.lines});
    };
    for (const auto& op : program) {
        if (op.inputs) clamp(op, input_part, model_.input_lines());
        if (op.targets) clamp(op, target_part, model_.target_lines());
        if (op.injected) clamp(op, injected_part, model_.injected_lines());
        if (op.kind == SampleOp::Kind::read && model_.sample_and_hold) read_out_.plan(op, draws);
    }
    return draws;
}

void SampleEvaluator::reset(const SampleOp& op) {
    for (std::size_t r = 0; r < block_.lanes; ++r) {
        std::ranges::fill(block_.state.row(r), 0.0F);
        model_.energy->reset(net_, reset_draws_, {presentations_[r], op.command}, block_.state.row(r));
    }
    discharge_momentum();
    after_reset_ = true;
}

// What the second hold has lost since it took the state, or since it was looked at last.
void SampleEvaluator::droop_held() {
    const auto loss = static_cast<float>(model_.droop_units_per_rc * held_rc_);
    held_rc_ = 0.0;
    if (loss == 0.0F) return;
    for (std::size_t r = 0; r < block_.lanes; ++r)
        for (auto& v : block_.held.row(r)) v = drooped(v, loss);
}

// Brings conjugate variables to rest, as RESTORE does, which has no hold of theirs: were they left moving,
// the two nudged phases of a centred estimate would start apart, by what a free phase that has not settled
// yet still moves.
void SampleEvaluator::hold(const SampleOp& op, std::uint32_t op_index, std::span<SampleTask> tasks) {
    copy_rows(block_.state, block_.held, block_.lanes);
    held_by_ = op.command;
    held_rc_ = 0.0;
    if (model_.dynamics->nodes_per_spin() == 1) return;
    discharge_momentum();
    record(op_index, 0.0, tasks);
}

void SampleEvaluator::discharge_momentum() {
    if (model_.dynamics->nodes_per_spin() > 1) block_.momentum.fill(0.0F);
}

void SampleEvaluator::begin_phase(const SampleOp& op, double step_rc, std::uint32_t steps) {
    const bool noisy = model_.node_noise == NodeNoise::dynamic;
    integrator_->begin({.nudge = nudge_,
                        .step_rc = step_rc,
                        .after_reset = after_reset_ && nudge_.beta == 0.0,
                        .steps = steps,
                        .node_noise = noisy ? model_.node_noise_units : 0.0,
                        .command = op.command,
                        .presentations = presentations_});
}

void SampleEvaluator::record_row(std::uint32_t op_index, double time_rc, std::size_t row,
                                 SampleTask& task) const {
    if (task.tape == nullptr) return;
    const auto s = block_.state.row(row);
    const auto p = block_.momentum.row(row);
    auto& step = task.tape->emplace_back(TapeStep{op_index, time_rc, {s.begin(), s.end()}, {}});
    if (model_.dynamics->nodes_per_spin() > 1) step.second.assign(p.begin(), p.end());
    step.residual = meter_->residual(*kernel_, values_, nudge_, block_, row);
    step.energy = meter_->energy(*kernel_, values_, block_, row);
}

void SampleEvaluator::record(std::uint32_t op_index, double time_rc, std::span<SampleTask> tasks) const {
    for (std::size_t r = 0; r < tasks.size(); ++r) record_row(op_index, time_rc, r, tasks[r]);
}

void SampleEvaluator::relax(const SampleOp& op, std::uint32_t op_index, std::size_t relax_index,
                            std::span<SampleTask> tasks, const float* values) {
    nudge_ = op.nudge;
    nudge_.law = model_.nudge_law;
    const auto [steps, step_rc] = steps_for(op.time_rc, *model_.dynamics);
    begin_phase(op, step_rc, steps);
    if (std::ranges::none_of(tasks, [](const SampleTask& task) { return task.tape != nullptr; }))
        integrator_->run(values, block_, *kernel_, steps);
    else
        for (std::uint32_t i = 0; i < steps; ++i) {
            integrator_->step(values, block_, *kernel_);
            record(op_index, op.time_rc * (i + 1) / steps, tasks);
        }
    after_reset_ = false;
    held_rc_ += op.time_rc;
    for (auto& task : tasks) task.relaxed[relax_index] = {.time_rc = op.time_rc};
}

void SampleEvaluator::take_settled(const SampleOp& op, std::span<SampleTask> tasks) {
    nudge_ = op.nudge;
    nudge_.law = model_.nudge_law;
    for (std::size_t r = 0; r < tasks.size(); ++r) {
        const auto& known = *tasks[r].known_end;
        std::ranges::copy(known.state, block_.state.row(r).begin());
        std::ranges::copy(known.momentum, block_.momentum.row(r).begin()); // if spins have any
        tasks[r].relaxed.front() = known.outcome;
    }
    after_reset_ = false;
    held_rc_ += op.time_rc;
}

void SampleEvaluator::leave_settled(std::span<SampleTask> tasks) const {
    for (std::size_t r = 0; r < tasks.size(); ++r) {
        if (tasks[r].leave_end == nullptr) continue;
        const auto s = block_.state.row(r);
        auto& left = *tasks[r].leave_end;
        left.state.assign(s.begin(), s.end());
        if (model_.dynamics->nodes_per_spin() > 1) {
            const auto p = block_.momentum.row(r);
            left.momentum.assign(p.begin(), p.end());
        }
        left.outcome = tasks[r].relaxed.front();
    }
}

void SampleEvaluator::relax_until_settled(const SampleOp& op, std::uint32_t op_index, std::size_t relax_index,
                                          std::span<SampleTask> tasks, const float* values) {
    nudge_ = op.nudge;
    nudge_.law = model_.nudge_law;
    const double period = model_.detector.period_rc;
    const auto checks = static_cast<std::uint32_t>(std::lround(op.time_rc / period));
    const auto [steps, step_rc] = steps_for(period, *model_.dynamics); // an iteration: whole steps a period
    begin_phase(op, step_rc, checks * steps);
    settling_.begin(tasks.size());
    for (std::uint32_t check = 1; settling_.moving() > 0; ++check) {
        settling_.start_period(block_);
        for (std::uint32_t i = 0; i < steps; ++i) {
            integrator_->step(values, block_, *kernel_);
            for (std::size_t r = 0; r < tasks.size(); ++r)
                if (settling_.moving(r))
                    record_row(op_index, period * (check - 1 + (i + 1.0) / steps), r, tasks[r]);
        }
        for (std::size_t r = 0; r < tasks.size(); ++r) {
            if (!settling_.moving(r)) continue;
            const bool settled = settling_.settled(block_, r);
            if (!settled && check < checks) continue;
            settling_.stop(block_, r);
            tasks[r].relaxed[relax_index] = {.time_rc = period * check, .checks = check, .settled = settled};
        }
    }
    settling_.restore(block_);
    held_rc_ += op.time_rc; // the longest that it can take, as others' lanes must not matter
    after_reset_ = false;
}

void SampleEvaluator::read(const SampleOp& op, std::uint32_t op_index, std::size_t read_index,
                           std::span<SampleTask> tasks, const float* values) {
    if (op.differences) droop_held();
    if (!model_.sample_and_hold) return read_while_moving(op, op_index, read_index, tasks, values);
    const std::size_t bytes = model_.adc->format().bytes();
    for (std::size_t r = 0; r < tasks.size(); ++r) {
        std::size_t at = 0;
        for (std::size_t l = 0; l < net_.layers.size(); ++l) {
            if (((op.layers >> l) & 1U) == 0) continue;
            const std::size_t size = net_.layers[l].size;
            read_out_.convert(op, {l, 0, size}, block_, r, held_by_, tasks[r],
                              tasks[r].read_codes[read_index].subspan(at, size * bytes));
            at += size * bytes;
        }
    }
}

// Without sample-and-holds a node is converted in its slot, while all of them go on relaxing.
void SampleEvaluator::read_while_moving(const SampleOp& op, std::uint32_t op_index, std::size_t read_index,
                                        std::span<SampleTask> tasks, const float* values) {
    const std::size_t bytes = model_.adc->format().bytes();
    const auto [steps, step_rc] = steps_for(model_.slot_rc, *model_.dynamics);
    begin_phase(op, step_rc, 0);
    double time = 0.0;
    for (const auto& slot : slots_of(net_, op.layers, model_.adc_count)) {
        for (const auto& [nodes, at] : slot)
            for (std::size_t r = 0; r < tasks.size(); ++r)
                read_out_.convert(op, nodes, block_, r, held_by_, tasks[r],
                                  tasks[r].read_codes[read_index].subspan(at * bytes, nodes.count * bytes));
        for (std::uint32_t i = 0; i < steps; ++i) { // a slot takes its time, full or not
            integrator_->step(values, block_, *kernel_);
            record(op_index, time + model_.slot_rc * (i + 1) / steps, tasks);
        }
        time += model_.slot_rc;
    }
}

} // namespace isinglass
