// What a lane group settled in, for a job that relaxes the same samples over again before it nudges them.
#pragma once

#include "hw_models/array/sample_program.hpp"

#include <span>
#include <vector>

namespace isinglass {

// A frozen nudge takes two jobs, both of which start with the same free phases: on the array they take their
// time and energy, but their numbers are the same and need no second computation.
// - Only of the last group whose program was a free phase and no more, until forget(). A batch that takes
//   several groups, or several programs (both signs of a random-sign estimate), is computed twice.
class SettledStates {
  public:
    // Couplings or model have changed.
    void forget() {
        opening_.clear();
        samples_.clear();
        complete_ = false;
    }
    // Tells the tasks of a group what they settle in, where they are those of the last group over again;
    // elsewhere has them leave it here, if this may be what a next job relaxes again.
    void attend(const SampleProgram& program, std::span<SampleTask> tasks);
    // The tasks of the last attend() have been evaluated.
    void complete() { complete_ = true; }

  private:
    struct Sample {
        std::uint64_t presentation = 0;
        std::vector<std::uint8_t> input_codes;
        SettledState state;
    };
    [[nodiscard]] bool knows(const SampleProgram& program, std::span<const SampleTask> tasks) const;

    SampleProgram opening_; // CLAMP, RESET and RELAX of the group that is known
    std::vector<Sample> samples_;
    bool complete_ = false; // whether samples_ has their states
};

} // namespace isinglass
