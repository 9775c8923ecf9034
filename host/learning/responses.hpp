// How far nodes answer to the nudge of the outputs: R = (sᵝ − s⁰) / β, from read-outs alone.
#pragma once

#include "host/learning/gradient.hpp"

#include <span>
#include <vector>

namespace isinglass {

// Root mean square of every node's response over the presentations added. Of a centred estimate R is
// (s⁺ − s⁻) / 2β; angles go the short way round.
class Responses {
  public:
    explicit Responses(const Network& net);

    void add(const BatchReadout& readout, WorkerPool& pool);
    void clear() { squares_.assign(squares_.size(), 0.0); }
    // Over `presentations`, as many as were added; [nodes], layer after layer.
    [[nodiscard]] std::vector<float> rms(std::int64_t presentations) const;

    // For resuming within an epoch: sums of squares, [state columns].
    [[nodiscard]] const std::vector<double>& squares() const { return squares_; }
    // Throws UserError where the number of columns is another network's.
    void restore(const std::vector<double>& squares);

  private:
    struct Part {
        std::size_t first, end; // columns
        bool circle;
    };

    const Network& net_;
    std::vector<Part> parts_; // runs of nodes, a task each
    std::vector<double> squares_;
};

// Couplings between each node and the output that is nearest by them, [nodes], layer after layer; outputs are
// at 0, and nodes without a way to an output at -1.
std::vector<int> distances_to_outputs(const Network& net);

// Responses of the nodes of one layer at one distance from the outputs: the root of their mean square.
struct ResponseAtDistance {
    std::string layer;
    int distance;
    std::size_t nodes;
    double rms;
};
std::vector<ResponseAtDistance> by_distance(const Network& net, std::span<const int> distances,
                                            std::span<const float> rms);

} // namespace isinglass
