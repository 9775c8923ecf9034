#include "hw_models/control/lane_scheduler.hpp"

#include <algorithm>
#include <utility>

namespace isinglass {

void LaneScheduler::use(std::shared_ptr<const ChipModel> model) {
    spare_.finish();
    ahead_.expect(0, 0); // its streams go with the old model
    model_ = std::move(model);
    evaluators_.clear();
    for (unsigned t = 0; t < pool_.threads(); ++t)
        evaluators_.push_back(std::make_unique<SampleEvaluator>(*model_, &ahead_));
    const std::vector<float> zeros(model_->network->state_columns, 0.0F);
    left_ = {zeros, zeros, zeros};
    settled_.forget();
}

void LaneScheduler::begin(Job& job) {
    job_ = &job;
    results_.resize(job.samples.size());
    evaluated_ = 0;
    taped_.reset();
}

const SampleResult& LaneScheduler::need(std::size_t sample, const float* values) {
    while (evaluated_ <= sample) {
        const auto& first = job_->samples[evaluated_];
        std::size_t count = 1;
        while (!first.chained && count < lanes_ && evaluated_ + count < job_->samples.size()) {
            const auto& next = job_->samples[evaluated_ + count];
            if (next.chained || next.program != first.program || next.segment != first.segment) break;
            ++count;
        }
        evaluate(evaluated_, count, values);
        evaluated_ += count;
    }
    return results_[sample];
}

void LaneScheduler::prepare(SampleTask& task, std::size_t sample) {
    const auto& s = job_->samples[sample];
    const auto& program = job_->programs[s.program];
    task.presentation = s.presentation;
    task.clamp_codes.clear();
    task.read_codes.clear();
    task.clipped = 0;
    task.start = nullptr;
    task.finish = nullptr;
    task.tape = nullptr;
    task.known_end = nullptr;
    task.leave_end = nullptr;
    std::size_t relaxes = 0;
    // The ops of a sample are the commands from its CLAMP on; IRQs between them are no ops.
    std::size_t command = s.first_command;
    for (std::size_t op = 0; op < program.size(); ++command) {
        if (job_->commands[command].opcode == Opcode::interrupt) continue;
        if (program[op].kind == SampleOp::Kind::clamp) task.clamp_codes.emplace_back(job_->buffer(command));
        if (program[op].kind == SampleOp::Kind::read) task.read_codes.push_back(job_->buffer(command));
        if (program[op].kind == SampleOp::Kind::relax) ++relaxes;
        ++op;
    }
    task.relaxed.assign(relaxes, {});
    if (s.chained) task.start = &left_;
}

const Tape& LaneScheduler::tape(std::size_t sample, const float* values) {
    if (taped_ == sample) return tape_;
    need(sample, values);
    spare_.finish(); // evaluating makes use of what it draws
    SampleTask task;
    prepare(task, sample);
    if (job_->samples[sample].chained) task.start = &before_;
    std::vector<std::vector<std::uint8_t>> unread; // the job has its read-outs already
    for (auto& codes : task.read_codes) codes = unread.emplace_back(codes.size());
    task.tape = &tape_;
    tape_.clear();
    evaluators_.front()->run(job_->programs[job_->samples[sample].program], {&task, 1}, values);
    taped_ = sample;
    return tape_;
}

void LaneScheduler::evaluate(std::size_t first, std::size_t count, const float* values) {
    if (tasks_.size() < count) tasks_.resize(count);
    for (std::size_t i = 0; i < count; ++i) prepare(tasks_[i], first + i);
    if (job_->samples[first].chained) before_ = left_;
    tasks_[count - 1].finish = &left_;
    const auto& program = job_->programs[job_->samples[first].program];
    spare_.finish();
    if (std::exchange(values_, values) != values) settled_.forget();
    settled_.attend(program, std::span(tasks_).first(count));
    // Few samples are spread over all threads, some lanes of each staying empty.
    constexpr std::size_t fewest = 4;
    const std::size_t share = (count + pool_.threads() - 1) / pool_.threads();
    const std::size_t lanes =
        std::min(static_cast<std::size_t>(block_lanes), (share + fewest - 1) / fewest * fewest);
    pool_.run((count + lanes - 1) / lanes, [&](std::size_t block, unsigned thread) {
        const std::size_t start = block * lanes;
        evaluators_[thread]->run(program, std::span(tasks_).subspan(start, std::min(lanes, count - start)),
                                 values);
    });
    settled_.complete();
    for (std::size_t i = 0; i < count; ++i) {
        results_[first + i].relaxed.swap(tasks_[i].relaxed);
        results_[first + i].clipped = tasks_[i].clipped;
    }
    look_ahead(first, count);
}

// Samples whose numbers go on where those before them ended, as a training's do, are likely to be followed by
// as many of the kind. What their converters will draw is drawn while this thread keeps time and others wait.
void LaneScheduler::look_ahead(std::size_t first, std::size_t count) {
    constexpr std::size_t fewest = std::size_t{1} << 12; // fewer are drawn before a thread has woken
    constexpr std::size_t most = std::size_t{1} << 20;   // 4 MB: more would not be found in any cache
    const auto& sample = job_->samples[first];
    const bool goes_on =
        sample.presentation == std::exchange(next_presentation_, sample.presentation + count);
    if (!goes_on || pool_.threads() == 1) return;
    next_draws_ = evaluators_.front()->draws(job_->programs[sample.program]);
    std::size_t normals = 0;
    for (const auto& draw : next_draws_) normals += count * draw.count;
    if (normals < fewest || normals > most) return;
    ahead_.expect(next_presentation_, count);
    spare_.begin(count, [this](std::size_t i) {
        for (const auto& draw : next_draws_)
            ahead_.draw(*draw.stream, {next_presentation_ + i, draw.phase, draw.step}, draw.count);
    });
}

} // namespace isinglass
