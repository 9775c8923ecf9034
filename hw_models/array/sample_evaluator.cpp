#include "hw_models/array/sample_evaluator.hpp"

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

void copy_rows(const Matrix& from, Matrix& to, std::size_t rows) {
    std::copy_n(from.data(), rows * from.stride(), to.data());
}

} // namespace

SampleEvaluator::SampleEvaluator(const ChipModel& model)
    : model_(model),
      net_(*model.network),
      node_noise_(model.noise_seed, Purpose::node_noise),
      kernel_(model.energy->kernel(net_)),
      integrator_(model.dynamics->integrator(net_, node_noise_)),
      block_(net_),
      checked_(LaneBlock::rows(), net_.state_columns),
      settled_state_(LaneBlock::rows(), net_.state_columns),
      settled_momentum_(LaneBlock::rows(), net_.state_columns) {}

void SampleEvaluator::run(const SampleProgram& program, std::span<SampleTask> tasks, const float* values) {
    start(tasks);
    std::size_t clamps = 0;
    std::size_t relaxes = 0;
    std::size_t reads = 0;
    for (std::uint32_t i = 0; i < program.size(); ++i) {
        const auto& op = program[i];
        switch (op.kind) {
        case SampleOp::Kind::clamp: clamp(op, clamps++, tasks, values); break;
        case SampleOp::Kind::reset:
            reset();
            record(i, 0.0, tasks);
            break;
        case SampleOp::Kind::relax:
            if (op.until_settled)
                relax_until_settled(op, i, relaxes++, tasks, values);
            else
                relax(op, i, relaxes++, tasks, values);
            break;
        case SampleOp::Kind::hold: copy_rows(block_.state, block_.held, block_.lanes); break;
        case SampleOp::Kind::restore:
            copy_rows(block_.held, block_.state, block_.lanes);
            block_.momentum.fill(
                0.0F); // the second hold keeps the spin's node; the conjugate node is discharged
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
            model_.dac->convert({tasks[r].presentation, op.command, part}, group,
                                tasks[r].clamp_codes[clamp_index].subspan(first_byte, group.lines * bytes),
                                levels.row(r));
    };
    std::size_t at = 0;
    if (op.inputs) {
        convert(model_.input_lines(), 0, block_.inputs, at);
        at += net_.inputs * bytes;
        kernel_->clamp(values, block_);
    }
    if (op.targets) {
        convert(model_.target_lines(), 1, block_.targets, at);
        at += net_.output().size * bytes;
    }
    if (op.injected) convert(model_.injected_lines(), 2, block_.injected, at);
}

void SampleEvaluator::reset() {
    for (std::size_t r = 0; r < block_.lanes; ++r)
        for (const auto& layer : net_.layers)
            std::fill_n(block_.state.row(r).data() + layer.offset, layer.size,
                        model_.energy->reset_value(layer));
    block_.momentum.fill(0.0F);
    after_reset_ = true;
}

void SampleEvaluator::begin_phase(const SampleOp& op, double step_rc) {
    const bool noisy = model_.node_noise == NodeNoise::dynamic;
    integrator_->begin({.nudge = nudge_,
                        .step_rc = step_rc,
                        .after_reset = after_reset_ && nudge_.beta == 0.0,
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
}

void SampleEvaluator::record(std::uint32_t op_index, double time_rc, std::span<SampleTask> tasks) const {
    for (std::size_t r = 0; r < tasks.size(); ++r) record_row(op_index, time_rc, r, tasks[r]);
}

void SampleEvaluator::relax(const SampleOp& op, std::uint32_t op_index, std::size_t relax_index,
                            std::span<SampleTask> tasks, const float* values) {
    nudge_ = op.nudge;
    const auto [steps, step_rc] = steps_for(op.time_rc, *model_.dynamics);
    begin_phase(op, step_rc);
    for (std::uint32_t i = 0; i < steps; ++i) {
        integrator_->step(values, block_, *kernel_);
        record(op_index, op.time_rc * (i + 1) / steps, tasks);
    }
    after_reset_ = false;
    for (auto& task : tasks) task.relaxed[relax_index] = {.time_rc = op.time_rc};
}

// Largest movement of any node of a lane since the last check, in read-out LSB.
float SampleEvaluator::movement_lsb(std::size_t row) const {
    const auto top = static_cast<float>(model_.adc->format().bits ? model_.adc->format().top_code() : 255.0);
    const float* now = block_.state.row(row).data();
    const float* before = checked_.row(row).data();
    float largest = 0.0F;
    for (const auto& layer : net_.layers) {
        float moved = 0.0F;
        for (std::size_t j = layer.offset; j < layer.offset + layer.size; ++j)
            moved = std::max(moved, std::abs(now[j] - before[j]));
        largest = std::max(largest, moved * top / (layer.high - layer.low));
    }
    return largest;
}

void SampleEvaluator::relax_until_settled(const SampleOp& op, std::uint32_t op_index, std::size_t relax_index,
                                          std::span<SampleTask> tasks, const float* values) {
    nudge_ = op.nudge;
    const double period = model_.detector.period_rc;
    const auto checks = static_cast<std::uint32_t>(std::max(1.0, std::ceil(op.time_rc / period - 1e-9)));
    const auto [steps, step_rc] = steps_for(period, *model_.dynamics); // an iteration: whole steps a period
    std::vector<bool> done(tasks.size(), false);
    std::size_t moving = tasks.size();
    begin_phase(op, step_rc);
    for (std::uint32_t check = 1; check <= checks && moving > 0; ++check) {
        copy_rows(block_.state, checked_, block_.lanes);
        for (std::uint32_t i = 0; i < steps; ++i) {
            integrator_->step(values, block_, *kernel_);
            for (std::size_t r = 0; r < tasks.size(); ++r)
                if (!done[r]) record_row(op_index, period * (check - 1 + (i + 1.0) / steps), r, tasks[r]);
        }
        for (std::size_t r = 0; r < tasks.size(); ++r) {
            if (done[r]) continue;
            const bool settled = movement_lsb(r) <= static_cast<float>(model_.detector.threshold_lsb);
            if (!settled && check < checks) continue;
            done[r] = true;
            --moving;
            tasks[r].relaxed[relax_index] = {.time_rc = period * check, .checks = check, .settled = settled};
            std::ranges::copy(block_.state.row(r), settled_state_.row(r).begin());
            std::ranges::copy(block_.momentum.row(r), settled_momentum_.row(r).begin());
        }
    }
    // Lanes that settled early moved on while others relaxed.
    copy_rows(settled_state_, block_.state, block_.lanes);
    copy_rows(settled_momentum_, block_.momentum, block_.lanes);
    after_reset_ = false;
}

void SampleEvaluator::read_layer(const SampleOp& op, std::size_t layer, std::size_t first, std::size_t count,
                                 SampleTask& task, std::size_t row, std::span<std::uint8_t> codes) {
    const auto& l = net_.layers[layer];
    std::span<const float> values = block_.state.row(row).subspan(l.offset + first, count);
    if (op.differences) {
        const auto held = block_.held.row(row).subspan(l.offset + first, count);
        difference_.resize(count);
        std::ranges::transform(values, held, difference_.begin(), std::minus<>{});
        values = difference_;
    }
    const auto range = model_.read_range(layer, op.differences);
    const bool sampled = model_.node_noise == NodeNoise::sampled;
    const NodeGroup group{net_.first_node(layer) + first, count, range.low, range.high,
                          sampled ? static_cast<float>(model_.node_noise_units) : 0.0F};
    const auto part = static_cast<std::uint32_t>(group.first_node);
    task.clipped += model_.adc->convert({task.presentation, op.command, part}, group, values, codes);
}

void SampleEvaluator::read(const SampleOp& op, std::uint32_t op_index, std::size_t read_index,
                           std::span<SampleTask> tasks, const float* values) {
    if (!model_.sample_and_hold) return read_while_moving(op, op_index, read_index, tasks, values);
    const std::size_t bytes = model_.adc->format().bytes();
    for (std::size_t r = 0; r < tasks.size(); ++r) {
        std::size_t at = 0;
        for (std::size_t l = 0; l < net_.layers.size(); ++l) {
            if (((op.layers >> l) & 1U) == 0) continue;
            const std::size_t size = net_.layers[l].size;
            read_layer(op, l, 0, size, tasks[r], r,
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
    begin_phase(op, step_rc);
    std::size_t in_slot = 0;
    std::size_t at = 0;
    double time = 0.0;
    const auto pass_slot = [&] {
        for (std::uint32_t i = 0; i < steps; ++i) {
            integrator_->step(values, block_, *kernel_);
            record(op_index, time + model_.slot_rc * (i + 1) / steps, tasks);
        }
        time += model_.slot_rc;
    };
    for (std::size_t l = 0; l < net_.layers.size(); ++l) {
        if (((op.layers >> l) & 1U) == 0) continue;
        for (std::size_t first = 0; first < net_.layers[l].size;) {
            const std::size_t count = std::min(model_.adc_count - in_slot, net_.layers[l].size - first);
            for (std::size_t r = 0; r < tasks.size(); ++r)
                read_layer(op, l, first, count, tasks[r], r,
                           tasks[r].read_codes[read_index].subspan(at, count * bytes));
            first += count;
            at += count * bytes;
            in_slot = (in_slot + count) % model_.adc_count;
            if (in_slot == 0) pass_slot();
        }
    }
    if (in_slot != 0) pass_slot(); // the last slot takes its time, full or not
}

} // namespace isinglass
