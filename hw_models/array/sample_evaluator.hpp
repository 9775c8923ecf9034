// Runs sample programs on blocks of lanes: the numbers of the machine, without its time.
#pragma once

#include "hw_models/array/energy_meter.hpp"
#include "hw_models/array/read_out.hpp"
#include "hw_models/array/sample_program.hpp"
#include "hw_models/array/settle_watch.hpp"

namespace isinglass {

// Bound to one thread and one chip model.
// - run() evaluates up to block_lanes samples that share a program. What it writes for a sample depends on
// that
//   sample's codes, presentation and start, the coupling values and the model only.
// - It consumes DAC codes and coupling values as the chip has them, never the host's numbers.
class SampleEvaluator {
  public:
    // `ahead`: draws that run() makes use of; they stay as they are meanwhile.
    explicit SampleEvaluator(const ChipModel& model, const DrawnAhead* ahead = nullptr);

    void run(const SampleProgram& program, std::span<SampleTask> tasks, const float* values);
    // What converters will draw for a sample of this program, as far as it may be drawn ahead.
    [[nodiscard]] std::vector<PlannedDraw> draws(const SampleProgram& program) const;

  private:
    void start(std::span<const SampleTask> tasks);
    void finish(std::span<SampleTask> tasks) const;
    void clamp(const SampleOp& op, std::size_t clamp_index, std::span<const SampleTask> tasks,
               const float* values);
    void convert_lines(DrawKey key, const LineGroup& group, std::span<const std::uint8_t> codes,
                       std::span<float> levels) const;
    void reset(const SampleOp& op);
    void hold(const SampleOp& op, std::uint32_t op_index, std::span<SampleTask> tasks);
    void discharge_momentum();
    void droop_held();
    void relax(const SampleOp& op, std::uint32_t op_index, std::size_t relax_index,
               std::span<SampleTask> tasks, const float* values);
    void relax_until_settled(const SampleOp& op, std::uint32_t op_index, std::size_t relax_index,
                             std::span<SampleTask> tasks, const float* values);
    // The first RELAX where its end is known, and where it is to be kept.
    void take_settled(const SampleOp& op, std::span<SampleTask> tasks);
    void leave_settled(std::span<SampleTask> tasks) const;
    void read(const SampleOp& op, std::uint32_t op_index, std::size_t read_index, std::span<SampleTask> tasks,
              const float* values);
    void read_while_moving(const SampleOp& op, std::uint32_t op_index, std::size_t read_index,
                           std::span<SampleTask> tasks, const float* values);
    void begin_phase(const SampleOp& op, double step_rc, std::uint32_t steps);
    void record(std::uint32_t op_index, double time_rc, std::span<SampleTask> tasks) const;
    void record_row(std::uint32_t op_index, double time_rc, std::size_t row, SampleTask& task) const;

    const ChipModel& model_;
    const Network& net_;
    const DrawnAhead* ahead_;
    RandomStream motion_draws_;
    RandomStream reset_draws_;
    std::unique_ptr<FieldKernel> kernel_;
    std::unique_ptr<Integrator> integrator_;
    ReadOut read_out_;
    LaneBlock block_;
    SettleWatch settling_;
    std::vector<std::uint64_t> presentations_;
    const float* values_ = nullptr;      // couplings of the samples under way
    std::unique_ptr<EnergyMeter> meter_; // once a tape was asked for
    Nudge nudge_;                        // of the last RELAX: it stays on while nodes are read without holds
    std::uint32_t held_by_ = 0;          // the sample's command that held its state
    double held_rc_ = 0.0;               // time that the second hold has drooped for
    bool after_reset_ = false;
};

} // namespace isinglass
