// The jobs that a training is made of: time and counts of each, and of the host's work between them.
#pragma once

#include "sim/estimate/sample_work.hpp"

namespace isinglass {

// One experiment's jobs on a mapping. References must outlive it.
class JobCosts {
  public:
    JobCosts(const Experiment& experiment, const Mapping& mapping, const NetworkWork& net,
             const ArrayWork& array, const Measured& measured);

    // A job that trains on `n` presentations, with the scoring job before it where the nudge is frozen.
    // `program`: the codes of all couplings come first; `first`: of a run, which writes all of them.
    [[nodiscard]] JobCost learning(std::size_t n, bool program, bool first) const;
    [[nodiscard]] JobCost scoring(std::size_t n, bool program, bool first) const;
    // The host's work for an update from `n` presentations.
    [[nodiscard]] CostSheet update(std::size_t n) const;
    // Before the first job: the driver asks the device for its formats, and lists start on clock edges.
    [[nodiscard]] CostSheet setup() const;
    [[nodiscard]] const SampleWork& work() const { return work_; }

  private:
    [[nodiscard]] JobCost of(const WorkSteps& sample, std::size_t n, bool program, bool first) const;
    [[nodiscard]] std::uint64_t driver_fs() const;

    const Experiment& e_;
    const MachineSpec& m_;
    const NetworkWork& net_;
    const ArrayWork& array_;
    SampleWork work_;
    ScheduleRates rates_;
};

} // namespace isinglass
