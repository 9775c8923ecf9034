// Evaluates a job's samples ahead of their scheduled time, many at once.
#pragma once

#include "hw_models/array/sample_evaluator.hpp"
#include "hw_models/base/worker_pool.hpp"
#include "hw_models/control/job.hpp"
#include "hw_models/control/settled_states.hpp"

#include <memory>
#include <vector>

namespace isinglass {

// What of a sample the schedule needs.
struct SampleResult {
    std::vector<RelaxOutcome> relaxed; // one per RELAX
    std::size_t clipped = 0;
};

// - need(sample) makes that sample's read-outs (in the job's buffers) and result available. It is evaluated
//   together with up to `lanes` − 1 samples after it that share segment and program. What they come to does
//   not depend on `lanes` nor on the number of threads.
// - Chained samples run one by one, in order.
class LaneScheduler {
  public:
    LaneScheduler(WorkerPool& pool, std::size_t lanes) : pool_(pool), lanes_(lanes), spare_(pool) {}

    // Takes a model over; evaluators are made anew. The array is left as the last sample left it.
    void use(std::shared_ptr<const ChipModel> model);
    // Starts on a job.
    void begin(Job& job);
    // The couplings that need() is given are others from now on, at the same place.
    void couplings_changed() { settled_.forget(); }

    const SampleResult& need(std::size_t sample, const float* values);
    // Every step of a sample, from evaluating it once more by itself, so that the others pay nothing. A
    // chained sample must be the last that was needed. Valid until the next call or job.
    const Tape& tape(std::size_t sample, const float* values);

  private:
    void evaluate(std::size_t first, std::size_t count, const float* values);
    void prepare(SampleTask& task, std::size_t sample);
    void look_ahead(std::size_t first, std::size_t count);

    WorkerPool& pool_;
    std::size_t lanes_;
    std::shared_ptr<const ChipModel> model_;
    std::vector<std::unique_ptr<SampleEvaluator>> evaluators_; // one a thread
    Job* job_ = nullptr;
    std::vector<SampleTask> tasks_; // of the samples evaluated together; kept, with the room that they have
    std::vector<SampleResult> results_;
    std::size_t evaluated_ = 0; // samples [0, evaluated_) have results
    SettledStates settled_;
    const float* values_ = nullptr; // of the last evaluation
    ArrayState left_;               // what the last sample left on the array
    ArrayState before_;             // what it found there, if it was chained
    Tape tape_;
    std::optional<std::size_t> taped_; // the sample that it is of
    // Of the samples that are likely to come after those that were evaluated last.
    std::uint64_t next_presentation_ = 0;
    std::vector<PlannedDraw> next_draws_; // of each
    DrawnAhead ahead_;
    WorkerPool::Spare spare_; // last: it ends before what it works on
};

} // namespace isinglass
