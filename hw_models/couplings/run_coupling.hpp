// Couplings that are few among all pairs of nodes, as a list of runs: lattices, windows, graphs from files.
#pragma once

#include "hw_models/couplings/coupling.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace isinglass {

// `length` couplings of neighbouring nodes: number coupling + k joins pre + k·step and post + k.
struct Run {
    std::size_t coupling = 0;
    std::size_t pre = 0;
    std::size_t post = 0;
    std::size_t length = 0;
    std::size_t step = 1;
    // Runs of one weight are copies of one trained number; -1 in all runs of a list: each coupling has its
    // own.
    int weight = -1;
};

// Runs in the order of their couplings, which are numbered as they are added.
class RunList {
  public:
    // Appends a run, to the one before where it goes on without gap.
    void add(std::size_t pre, std::size_t post, std::size_t length, std::size_t step = 1, int weight = -1);

    [[nodiscard]] const std::vector<Run>& runs() const { return runs_; }
    [[nodiscard]] std::size_t couplings() const { return couplings_; }

  private:
    std::vector<Run> runs_;
    std::size_t couplings_ = 0;
};

// f(pre node, post node, coupling) for each in turn.
template <class F>
void for_each_coupling(const std::vector<Run>& runs, F f) {
    for (const auto& run : runs)
        for (std::size_t k = 0; k < run.length; ++k)
            f(run.pre + k * run.step, run.post + k, run.coupling + k);
}

// A coupling of those runs, whose time and memory grow with the couplings present. On a crossbar its cells
// are packed: a column a post node, and as many rows as couplings meet in the post node with the most of
// them, each cell wired to the pre node of its own. Throws UserError where there is no coupling, or more than
// 2^31.
std::unique_ptr<Coupling> make_run_coupling(const CouplingEnds& ends, RunList runs);

} // namespace isinglass
