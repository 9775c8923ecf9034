// The state of up to block_lanes samples that relax side by side.
#pragma once

#include "hw_models/array/network.hpp"
#include "hw_models/base/aligned.hpp"
#include "hw_models/couplings/product.hpp"

namespace isinglass {

// All matrices have block_rows() rows, a sample a row; rows from `lanes` on hold zeros or leftovers and are
// never read back. State matrices have Network::state_columns columns.
struct LaneBlock {
    explicit LaneBlock(const Network& net)
        : inputs(rows(), net.inputs),
          targets(rows(), net.output().size),
          injected(rows(), net.output().size),
          state(rows(), net.state_columns),
          momentum(rows(), net.state_columns),
          held(rows(), net.state_columns),
          constant(rows(), net.state_columns),
          field(rows(), net.state_columns) {}

    static std::size_t rows() { return static_cast<std::size_t>(block_rows()); }

    std::size_t lanes = 0;
    Matrix inputs;   // clamped levels, model units
    Matrix targets;  // levels of the target lines
    Matrix injected; // levels of the lines of a frozen nudge
    Matrix state;    // s
    Matrix momentum; // p: the conjugate variable, where the dynamics has one
    Matrix held;     // the second hold: s at HOLD
    Matrix constant; // the part of the field that no spin changes: W_in x + b
    Matrix field;    // the rest of the field at the present state
};

} // namespace isinglass
