// From node states to ADC codes.
#pragma once

#include "hw_models/array/chip_model.hpp"
#include "hw_models/array/sample_program.hpp"
#include "hw_models/base/drawn_ahead.hpp"

namespace isinglass {

// Consecutive nodes of one layer.
struct NodeRun {
    std::size_t layer = 0;
    std::size_t first = 0; // within the layer
    std::size_t count = 0;
};

// Bound to one thread, as the evaluator that owns it.
class ReadOut {
  public:
    ReadOut(const ChipModel& model, const DrawnAhead* ahead);

    // Converts nodes of one lane into `codes` and counts in `task` what was clipped. `held_by` is the
    // sample's command that held its state: with sampled noise, reading differences sees the held value's own
    // draw of kT/C, the same in every read.
    void convert(const SampleOp& op, const NodeRun& nodes, const LaneBlock& block, std::size_t lane,
                 std::uint32_t held_by, SampleTask& task, std::span<std::uint8_t> codes);

    // Appends what convert() will draw of the nodes that a READ converts at once.
    void plan(const SampleOp& op, std::vector<PlannedDraw>& draws) const;

  private:
    [[nodiscard]] NodeGroup group_of(const SampleOp& op, const NodeRun& nodes) const;
    void hold(const NodeRun& nodes);
    void subtract_held(DrawKey key, const NodeRun& nodes, std::span<const float> held);

    const ChipModel& model_;
    const Network& net_;
    const DrawnAhead* ahead_;
    RandomStream hold_noise_;
    float read_noise_; // √(kT/C) of node and hold capacitor in model units, or 0
    float slot_droop_; // of a hold in an ADC slot, model units
    AlignedVector<float> values_, gaussians_;
};

} // namespace isinglass
