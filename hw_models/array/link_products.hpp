// The products of a network's couplings with features of its nodes: what every energy model's field is made
// of.
#pragma once

#include "hw_models/array/lane_block.hpp"

#include <memory>
#include <vector>

namespace isinglass {

// Set of layers, bit l for layer l.
using LayerSet = std::uint64_t;
inline constexpr LayerSet all_layers = ~LayerSet{0};

// Bound to one thread and one network. Row r of a result depends on row r of the operands and on the
// couplings only.
class LinkProducts {
  public:
    explicit LinkProducts(const Network& net);

    // Starts on a block of lanes, with couplings that stay as they are until the next one; before the first,
    // all rows are computed and couplings may change with every call.
    void begin(std::size_t lanes);

    // out += Σ features · W over the links from the inputs; features [rows × input nodes].
    void add_from_inputs(const float* values, const Matrix& features, Matrix& out);

    // out = Σ over the links between spins, both ways, for the columns of `layers` (others are left; a layer
    // that no link reaches gets 0); features and out [rows × state columns].
    void between_spins(const float* values, const Matrix& features, LayerSet layers, Matrix& out);

    // out += Σ over the links from spins into the layers of `layers`, one way; as between_spins().
    void add_into(const float* values, const Matrix& features, LayerSet layers, Matrix& out);
    // out += Σ over the links from the layers of `layers` to spins, back: `features` are those of the layers
    // that the links lead to, and pools are un-pooled through their winners at `states`.
    void add_back(const float* values, const Matrix& states, const Matrix& features, LayerSet layers,
                  Matrix& out);

  private:
    const Network& net_;
    std::vector<std::unique_ptr<CouplingKernel>> kernels_;
};

// Copies one number a node (parameter `p` of the nodes) into every row.
void fill_node_parameter(const Network& net, const float* values, int p, Matrix& out);

} // namespace isinglass
