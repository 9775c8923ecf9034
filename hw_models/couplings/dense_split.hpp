// Products of a dense coupling with operands split in two bfloat16, for processors with matrix units.
#pragma once

#include "hw_models/couplings/coupling.hpp"

namespace isinglass {

// Whether the processor has matrix units and a coupling [pre × post] is wide enough to gain from them: where
// its values serve for 20 products each way it is 1.35 to 1.75 times as fast from 256 nodes on both sides.
// Values are packed once for all products of a block of lanes, which takes as long as three of them.
bool dense_fills_matrix_units(std::size_t pre, std::size_t post);

// Coupling::split_kernel of the matrix [pre × post]. Every call computes block_lanes rows, so that a row's
// bits do not depend on how many there are.
std::unique_ptr<CouplingKernel> make_split_dense_kernel(std::size_t pre, std::size_t post,
                                                        std::size_t pre_stride, std::size_t post_stride);

} // namespace isinglass
