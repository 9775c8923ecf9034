// Which lanes of a block still relax, and the states in which the others stopped.
#pragma once

#include "hw_models/array/chip_model.hpp"
#include "hw_models/array/lane_block.hpp"

namespace isinglass {

// The detector's rule (settle_detector.hpp) on a block of lanes that relax together: a lane that has stopped
// keeps its state while the rest move on.
class SettleWatch {
  public:
    explicit SettleWatch(const ChipModel& model);

    void begin(std::size_t lanes); // all of them move
    [[nodiscard]] std::size_t moving() const { return moving_; }
    [[nodiscard]] bool moving(std::size_t lane) const { return !stopped_[lane]; }

    // Remembers the states that the next check compares with.
    void start_period(const LaneBlock& block);
    // No node of the lane has moved by more than the threshold since then.
    [[nodiscard]] bool settled(const LaneBlock& block, std::size_t lane) const;
    void stop(const LaneBlock& block, std::size_t lane);
    // Puts every lane into the state in which it stopped.
    void restore(LaneBlock& block) const;

  private:
    const ChipModel& model_;
    Matrix checked_;                          // state at the last check
    Matrix stopped_state_, stopped_momentum_; // of lanes that have stopped
    std::vector<bool> stopped_;
    std::size_t moving_ = 0;
};

} // namespace isinglass
