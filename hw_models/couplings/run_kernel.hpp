// The products of couplings that are few among all pairs of nodes, a node and all lanes at a time.
#pragma once

#include "hw_models/couplings/run_coupling.hpp"

namespace isinglass {

// A coupling that a node has, and the node at its other end.
struct Meeting {
    std::uint32_t coupling = 0;
    std::uint32_t node = 0;
};

// The couplings of each node, in the order of their numbers. Of a node within a group, those that it is the
// post node of come first and those that it is the pre node of follow.
struct Meetings {
    struct Range {
        std::uint32_t first = 0;
        std::uint32_t last = 0;
    };
    std::vector<Range> of_post;
    std::vector<Range> of_pre;
    std::vector<Range> of_both; // lateral couplings only
    std::vector<Meeting> all;
};

Meetings find_meetings(const CouplingEnds& ends, const RunList& list);

std::unique_ptr<CouplingKernel> make_run_kernel(std::shared_ptr<const Meetings> meetings,
                                                std::size_t pre_stride, std::size_t post_stride);

} // namespace isinglass
