// The commands of a sample and of a PROGRAM, with what each counts.
#pragma once

#include "sim/estimate/job_schedule.hpp"
#include "sim/estimate/training_cost.hpp"

namespace isinglass {

// Commands in their order, and what they count without time.
struct WorkSteps {
    std::vector<JobStep> list;
    CostSheet counts;
};

// One experiment's commands on a mapping. References must outlive it.
class SampleWork {
  public:
    SampleWork(const Experiment& experiment, const Mapping& mapping, const NetworkWork& net,
               const ArrayWork& array, const Measured& measured);

    // A free phase, read at the outputs.
    [[nodiscard]] WorkSteps scoring() const;
    // Free and nudged phases. Of a random-sign estimate, one of the two directions: they take the same.
    [[nodiscard]] WorkSteps learning() const;
    // `first`: of a run, which writes all numbers.
    [[nodiscard]] WorkSteps program(bool first) const;

    [[nodiscard]] std::uint64_t free_cycles() const { return free_.limit_cycles; }
    // Why times are not those of the simulation, a line each.
    [[nodiscard]] std::vector<std::string> assumptions() const;

    // Bytes over the link, through DMA and staging, and in host memory.
    static void post_transfer(CostSheet& sheet, Phase phase, double bytes);

  private:
    struct Relaxation {
        std::uint64_t limit_cycles = 0;
        std::uint64_t cycles = 0; // of the array, detection included
        double most_checks = 0.0;
        double checks = 0.0;
        bool after_adcs = false;
    };
    enum class Lines { inputs, with_targets, with_forces };

    [[nodiscard]] Relaxation relaxation(const RelaxTime& time, const std::optional<double>& measured) const;
    [[nodiscard]] std::uint64_t adc_cycles(std::size_t nodes) const;
    [[nodiscard]] double units(const Relaxation& r) const;

    static void add(WorkSteps& s, JobStep step);
    void add_clamp(WorkSteps& s, Lines lines) const;
    void add_free_phase(WorkSteps& s) const;
    void add_relax(WorkSteps& s, Phase phase, const Relaxation& r) const;
    void add_hold(WorkSteps& s, Phase phase) const;
    void add_read(WorkSteps& s, std::size_t nodes) const;

    const MachineSpec& m_;
    const TrainingSpec& t_;
    const Mapping& mapping_;
    const NetworkWork& net_;
    const ArrayWork& array_;
    const Measured& measured_;
    bool reads_free_;
    std::size_t dac_bytes_, adc_bytes_;
    Relaxation free_, nudged_;
};

} // namespace isinglass
