// Couplings that another program made, to be scored on a machine.
//
// One array for each block of the network, called after it: "input-hidden" for couplings (the first layer is
// always "input" here), "hidden-bias" for biases. Couplings are [from x to]: row i belongs to node i of the
// layer that they start at, column j to node j of the one that they lead to. Biases are [to], or [1 x to].
// Values are float32 or float64 in model units, as in checkpoints.
#pragma once

#include "hw_models/array/network.hpp"

#include <filesystem>
#include <vector>

namespace isinglass {

// The network's parameter vector, from
// - a folder of NPY files, one a block ("input-hidden.npy"); other files in it are left alone;
// - an HDF5 file, one data set a block, in its root;
// - or a checkpoint of ours.
// Throws UserError (in one line: file, what is wrong, what is valid) for an array that is missing,
// superfluous, damaged, of another shape or type, or has a value that is not finite; InputOutputError for a
// file that cannot be read.
[[nodiscard]] std::vector<float> import_couplings(const std::filesystem::path& source,
                                                  const Network& network);

} // namespace isinglass
