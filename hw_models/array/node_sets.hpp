// Nodes that can be solved at the same time, since no coupling joins them.
#pragma once

#include "hw_models/array/link_products.hpp"

#include <vector>

namespace isinglass {

struct NodeSet {
    LayerSet layers = 0;
    // 1 for the nodes of the set, [state columns]; empty where the set is all nodes of `layers`.
    AlignedVector<float> mask;

    // The state of column j after a solution that wants `solved` there.
    [[nodiscard]] float chosen(std::size_t j, float solved, float before) const {
        return mask.empty() || mask[j] != 0.0F ? solved : before;
    }
};

// All nodes in few sets, in the order of a sweep: layers of one colour after those of another (even, then odd
// layers of a chain), and nodes of one colour at a time where couplings lie within a layer. Colours are given
// greedily in the order of layers and nodes.
std::vector<NodeSet> independent_sets(const Network& net);
// The same, the set of the outputs first.
std::vector<NodeSet> sets_from_outputs(const Network& net);

} // namespace isinglass
