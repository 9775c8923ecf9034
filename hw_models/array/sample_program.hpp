// What happens to one sample on the array, as the numeric kernels see it: no clock, no bus.
#pragma once

#include "hw_models/array/energy_model.hpp"
#include "hw_models/array/lane_block.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace isinglass {

// One step of a sample's program, in the order of the machine's commands.
struct SampleOp {
    enum class Kind : std::uint8_t { clamp, reset, relax, hold, restore, read };
    Kind kind = Kind::reset;
    std::uint32_t command = 0; // position within the sample: part of every random draw's key

    // clamp: which line groups get new codes
    bool inputs = false;
    bool targets = false;
    bool injected = false;

    // relax
    double time_rc = 0.0; // the time, or the last check's when until_settled
    bool until_settled = false;
    Nudge nudge;

    // read
    LayerSet layers = 0;
    bool differences = false;       // from the held state, through the read gain
    std::optional<float> read_gain; // of differences, where it is not the machine's
    std::optional<float> reference; // share of full scale that is converted instead of nodes
};

using SampleProgram = std::vector<SampleOp>;

// What a RELAX came to.
struct RelaxOutcome {
    double time_rc = 0.0;
    std::uint32_t checks = 0; // settle checks made
    bool settled = true;      // false: the limit was reached first
};

// Every integration step of a traced sample: states in the order of their time since the start of the op.
struct TapeStep {
    std::uint32_t op = 0;      // index into the program
    double time_rc = 0.0;      // since the op began
    std::vector<float> state;  // Network::state_columns values
    std::vector<float> second; // the conjugate variable, empty where there is none
    double energy = 0.0;       // E at this state, from that of the state of zeros
    double residual = 0.0;     // largest |∂F/∂s| of a node that is free to follow it, model units
};
using Tape = std::vector<TapeStep>;

// State that a sample leaves on the array: the start of a next one that does not reset.
struct ArrayState {
    std::vector<float> state, momentum, held;
};

// How a sample's first RELAX ended.
struct SettledState {
    std::vector<float> state, momentum; // the latter of spins that have a second node
    RelaxOutcome outcome;
};

// One sample of a group that shares a program.
struct SampleTask {
    std::uint64_t presentation = 0;
    std::vector<std::span<const std::uint8_t>>
        clamp_codes;                                 // one per clamp op: inputs, then targets, then injected
    std::vector<std::span<std::uint8_t>> read_codes; // one per read op
    std::vector<RelaxOutcome> relaxed;               // one per relax op; written
    std::size_t clipped = 0;                         // ADC conversions out of range; written
    const ArrayState* start = nullptr;               // state to start from, or nothing: the program resets
    ArrayState* finish = nullptr;                    // where to leave the final state, or nothing
    // What the first RELAX after a RESET is known to end in (of all samples of a group, or of none), and
    // where to leave it; or nothing.
    const SettledState* known_end = nullptr;
    SettledState* leave_end = nullptr;
    Tape* tape = nullptr; // where to record, or nothing
};

} // namespace isinglass
