// Integrators whose spins step all at once, each by the sum over its couplings: the loop that they share.
#pragma once

#include "hw_models/array/dynamics.hpp"
#include "hw_models/array/spin_sums.hpp"

namespace isinglass {

// Consecutive numbers of the arrays that a step moves: sums over couplings, the constant part of the field,
// the state and its second variable, and what others see of the state in the next step.
struct FlowPart {
    std::size_t count;
    const float* sums;
    const float* constant;
    float* state;
    float* second;
    float* seen;
};

// A subclass says what a step does to a part and what the others see of a state.
class SpinFlow : public Integrator {
  public:
    explicit SpinFlow(const Network& net)
        : sums_(net),
          zero_(LaneBlock::rows(), net.state_columns),
          state_(sums_.size()),
          second_(sums_.size()),
          constant_(sums_.size()),
          seen_(sums_.size()),
          next_seen_(sums_.size()),
          added_(sums_.layout() == SpinSums::Layout::by_lane ? sums_.size() : block_lanes) {}

    void begin(const RelaxPhase& phase) override {
        phase_ = phase;
        step_ = 0;
    }
    void step(const float* values, LaneBlock& block, FieldKernel& kernel) override {
        run(values, block, kernel, 1);
    }
    void run(const float* values, LaneBlock& block, FieldKernel& kernel, std::uint32_t steps) override {
        load(values, block, kernel);
        for (std::uint32_t i = 0; i < steps; ++i, ++step_) {
            prepare();
            if (sums_.layout() == SpinSums::Layout::by_lane) {
                sums_.sum_all(seen_.data(), sees_signs(), added_.data());
                move(part(0, state_.size()));
            } else {
                for (std::size_t at = 0; at < state_.size(); at += block_lanes) {
                    sums_.sum_of(at / block_lanes, seen_.data(), added_.data());
                    move(part(at, block_lanes));
                }
            }
            std::swap(seen_, next_seen_);
        }
        sums_.store(state_.data(), block.lanes, block.state);
        sums_.store(second_.data(), block.lanes, block.momentum);
    }

  protected:
    // Before each step.
    virtual void prepare() = 0;
    virtual void move(const FlowPart& part) const = 0;
    virtual void see(std::span<const float> state, std::span<float> seen) const = 0;
    [[nodiscard]] virtual bool sees_signs() const { return false; }
    // Before the first step of a phase.
    virtual void start(LaneBlock&) {}

    // How much of the phase is over in the middle of this step; 1 where it goes on from a state, or is read.
    [[nodiscard]] double progress() const {
        return phase_.after_reset && phase_.steps > 0 ? std::min((step_ + 0.5) / phase_.steps, 1.0) : 1.0;
    }

    RelaxPhase phase_;

  private:
    void load(const float* values, LaneBlock& block, FieldKernel& kernel) {
        if (step_ == 0) start(block);
        sums_.load(block.state, block.lanes, state_.data());
        sums_.load(block.momentum, block.lanes, second_.data());
        see(state_, seen_);
        if (step_ > 0) return;
        sums_.use(values);
        // At 0, the field is what does not depend on the spins: the nudge's part.
        kernel.field(values, phase_.nudge, block, zero_, all_layers, block.field);
        for (std::size_t r = 0; r < block.lanes; ++r)
            for (std::size_t j = 0; j < block.field.columns(); ++j)
                block.field.row(r)[j] += block.constant.row(r)[j];
        sums_.load(block.field, block.lanes, constant_.data());
    }

    [[nodiscard]] FlowPart part(std::size_t at, std::size_t count) {
        return {count,
                added_.data(),
                constant_.data() + at,
                state_.data() + at,
                second_.data() + at,
                next_seen_.data() + at};
    }

    SpinSums sums_;
    Matrix zero_;
    AlignedVector<float> state_, second_, constant_, seen_, next_seen_, added_;
    std::uint32_t step_ = 0;
};

} // namespace isinglass
