#include "hw_models/array/gibbs_lists.hpp"

#include "hw_models/array/node_sets.hpp"
#include "hw_models/array/spin_sums.hpp"
#include "hw_models/base/exponential.hpp"
#include "hw_models/couplings/lane_layout.hpp"

namespace isinglass {

namespace {

// Nodes one after another in the order of their sets: within a set none is joined to another, so that this is
// what a machine does which draws a whole set at once. The draws of a step are keyed by presentation, command
// and step; a node's is that of its column.
class ListSampler final : public Integrator {
  public:
    ListSampler(const Network& net, const RandomStream& draws, const Annealing& annealing)
        : draws_(draws),
          annealing_(annealing),
          sums_(net, SpinSums::Layout::by_node),
          zero_(LaneBlock::rows(), net.state_columns),
          uniforms_(LaneBlock::rows(), net.state_columns),
          state_(sums_.size()),
          constant_(sums_.size()),
          drawn_(sums_.size()) {
        for (const auto& set : independent_sets(net))
            for (std::size_t l = 0; l < net.layers.size(); ++l) {
                const auto& layer = net.layers[l];
                if (((set.layers >> l) & 1U) == 0) continue;
                for (std::size_t j = layer.offset; j < layer.offset + layer.size; ++j)
                    if (set.mask.empty() || set.mask[j] != 0.0F) order_.push_back({j, layer.low, layer.high});
            }
    }

    void begin(const RelaxPhase& phase) override {
        phase_ = phase;
        step_ = 0;
    }
    void step(const float* values, LaneBlock& block, FieldKernel& kernel) override {
        run(values, block, kernel, 1);
    }
    void run(const float* values, LaneBlock& block, FieldKernel& kernel, std::uint32_t steps) override {
        if (step_ == 0) use(values, block, kernel);
        sums_.load(block.state, block.lanes, state_.data());
        for (std::uint32_t i = 0; i < steps; ++i, ++step_) {
            for (std::size_t r = 0; r < block.lanes; ++r)
                draws_.uniforms({phase_.presentations[r], phase_.command, step_}, uniforms_.row(r));
            sums_.load(uniforms_, block.lanes, drawn_.data());
            const auto coldness = static_cast<float>(1.0 / annealing_.temperature(phase_, step_));
            for (const auto& node : order_) draw(node, coldness);
        }
        sums_.store(state_.data(), block.lanes, block.state);
    }

  private:
    struct Node {
        std::size_t column;
        float low, high;
    };

    // The field at 0 is what does not depend on the spins: the nudge's part.
    void use(const float* values, LaneBlock& block, FieldKernel& kernel) {
        sums_.use(values);
        kernel.field(values, phase_.nudge, block, zero_, all_layers, block.field);
        for (std::size_t r = 0; r < block.lanes; ++r)
            for (std::size_t j = 0; j < block.field.columns(); ++j)
                block.field.row(r)[j] += block.constant.row(r)[j];
        sums_.load(block.field, block.lanes, constant_.data());
    }

    // High with the probability 1 / (1 + exp(−I (high − low) / T)): see gibbs.cpp.
    void draw(const Node& node, float coldness) {
        alignas(64) float field[block_lanes];
        sums_.sum_of(node.column, state_.data(), field);
        const std::size_t at = node.column * block_lanes;
        const float* c = constant_.data() + at;
        const float* u = drawn_.data() + at;
        float* s = state_.data() + at;
        const float slope = -coldness * (node.high - node.low);
        const float low = node.low;
        const float high = node.high;
        for (std::size_t k = 0; k < block_lanes; ++k)
            s[k] = u[k] * (1.0F + exponential(slope * (field[k] + c[k]))) < 1.0F ? high : low;
    }

    const RandomStream& draws_;
    Annealing annealing_;
    SpinSums sums_;
    Matrix zero_, uniforms_;
    AlignedVector<float> state_, constant_, drawn_;
    std::vector<Node> order_;
    RelaxPhase phase_;
    std::uint32_t step_ = 0;
};

} // namespace

bool joined_by_lists(const Network& net) {
    return std::ranges::none_of(net.links, [](const NetworkLink& link) {
        return link.from != input_layer && link.coupling->is_matrix();
    });
}

std::unique_ptr<Integrator> make_list_sampler(const Network& net, const RandomStream& draws,
                                              const Annealing& annealing) {
    return std::make_unique<ListSampler>(net, draws, annealing);
}

} // namespace isinglass
