// Gibbs sampling of two-valued nodes at a temperature that falls: p-bits s = sgn(tanh(I/T) − u), u uniform in
// (−1, 1) (Camsari et al., Phys. Rev. X 7, 031014, 2017), or a simulated annealer.
#include "hw_models/array/annealing.hpp"
#include "hw_models/array/gibbs_lists.hpp"
#include "hw_models/array/state_loops.hpp"
#include "hw_models/base/exponential.hpp"

namespace isinglass {

namespace {

// Every node once a step, a set of nodes that no coupling joins after another. The draws of a step are keyed
// by presentation, command and step; a node's is that of its column.
class Sampler final : public Integrator {
  public:
    Sampler(const Network& net, const RandomStream& draws, const Annealing& annealing)
        : net_(net),
          draws_(draws),
          annealing_(annealing),
          sets_(independent_sets(net)),
          uniforms_(LaneBlock::rows(), net.state_columns) {}

    void begin(const RelaxPhase& phase) override {
        phase_ = phase;
        step_ = 0;
    }

    void step(const float* values, LaneBlock& block, FieldKernel& kernel) override {
        for (std::size_t r = 0; r < block.lanes; ++r)
            draws_.uniforms({phase_.presentations[r], phase_.command, step_}, uniforms_.row(r));
        const auto coldness = static_cast<float>(1.0 / annealing_.temperature(phase_, step_));
        for (const auto& nodes : sets_) {
            kernel.field(values, phase_.nudge, block, block.state, nodes.layers, block.field);
            for (std::size_t r = 0; r < block.lanes; ++r) draw(nodes, coldness, r, block);
        }
        ++step_;
    }

  private:
    // A node's two energies differ by I·(high − low), so that it is high with the probability
    // 1 / (1 + exp(−I (high − low) / T)), which for ±1 is ½(1 + tanh(I/T)).
    void draw(const NodeSet& nodes, float coldness, std::size_t lane, LaneBlock& block) const {
        const float* c = block.constant.row(lane).data();
        const float* n = block.field.row(lane).data();
        const float* u = uniforms_.row(lane).data();
        float* s = block.state.row(lane).data();
        for_each_stretch(net_, nodes.layers, [&](std::size_t, const Stretch& x) {
            const float slope = -coldness * (x.high - x.low);
            auto drawn = [&](std::size_t j) {
                return u[j] * (1.0F + exponential(slope * (n[j] + c[j]))) < 1.0F ? x.high : x.low;
            };
            if (nodes.mask.empty())
                for (std::size_t j = x.first; j < x.nodes_end; ++j) s[j] = drawn(j);
            else
                for (std::size_t j = x.first; j < x.nodes_end; ++j) s[j] = nodes.chosen(j, drawn(j), s[j]);
        });
    }

    const Network& net_;
    const RandomStream& draws_;
    Annealing annealing_;
    std::vector<NodeSet> sets_;
    Matrix uniforms_;
    RelaxPhase phase_;
    std::uint32_t step_ = 0;
};

class Gibbs final : public Dynamics {
  public:
    void fields(Fields& f) override {
        annealing_.fields(f);
        f.number({"rc_per_step",
                  "time of one sweep, in which every p-bit is updated once, in RC; 10: two sets of nodes in "
                  "turn, each given 5 RC, after which a field is within exp(-5) of its change"},
                 rc_per_step_, {0.1, 1e4});
    }
    std::unique_ptr<Integrator> integrator(const Network& net, const RandomStream& draws) const override {
        if (joined_by_lists(net)) return make_list_sampler(net, draws, annealing_);
        return std::make_unique<Sampler>(net, draws, annealing_);
    }
    double step_rc() const override { return rc_per_step_; }
    double physical_rc_per_step() const override { return rc_per_step_; }
    bool settled_values_only() const override { return false; } // sweeps are what p-bits go through
    int nodes_per_spin() const override { return 1; }
    bool takes_dynamic_noise() const override { return false; }
    Purpose draws() const override { return Purpose::gibbs; }
    Relaxation relaxation() const override { return Relaxation::sampling; }

  private:
    Annealing annealing_;
    double rc_per_step_ = 10.0;
};

} // namespace

std::unique_ptr<Dynamics> make_gibbs() {
    return std::make_unique<Gibbs>();
}

} // namespace isinglass
