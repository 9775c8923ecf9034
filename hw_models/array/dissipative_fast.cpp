// Iterations towards the equilibrium of the dissipative machine: Euler steps of ½ RC, or sweeps that solve
// every node exactly with its neighbours held. Intermediate states are no voltages.
#include "hw_models/array/iteration.hpp"
#include "hw_models/array/state_loops.hpp"

namespace isinglass {

namespace {

// s ← s + h(−λs + N), clipped, all layers at once. A layer whose leak λ is above 1/h takes steps of 1/λ,
// since longer ones would swing.
class Euler final : public Integrator {
  public:
    Euler(const Network& net, const RandomStream& noise)
        : net_(net), noise_(noise), gaussians_(net.state_columns) {}

    void begin(const RelaxPhase& phase) override {
        phase_ = phase;
        step_ = 0;
    }

    void step(const float* values, LaneBlock& block, FieldKernel& kernel) override {
        kernel.field(values, phase_.nudge, block, block.state, all_layers, block.field);
        if (phase_.node_noise >
            0.0) // a step's noise enters with the field, and gives var s = T/λ at any stable step
            add_node_noise(net_, phase_, step_, noise_, block.lanes, block.field, gaussians_,
                           [&](std::size_t l) {
                               const double leak = kernel.leak(l, phase_.nudge);
                               const double variance = 2.0 / step_of(leak) - leak;
                               return phase_.node_noise * std::sqrt(std::max(variance, 0.0));
                           });
        for (std::size_t r = 0; r < block.lanes; ++r) {
            const float* c = block.constant.row(r).data();
            const float* n = block.field.row(r).data();
            float* s = block.state.row(r).data();
            for_each_stretch(net_, all_layers, [&](std::size_t l, const Stretch& x) {
                const double leak = kernel.leak(l, phase_.nudge);
                const auto h = static_cast<float>(step_of(leak));
                const auto keep = static_cast<float>(1.0 - step_of(leak) * leak);
                for (std::size_t j = x.first; j < x.end; ++j)
                    s[j] = clamped(keep * s[j] + h * (n[j] + c[j]), x.low, x.high);
            });
        }
        wrap_circles(net_, block.state, block.lanes);
        ++step_;
    }

  private:
    [[nodiscard]] double step_of(double leak) const {
        return leak * phase_.step_rc > 1.0 ? 1.0 / leak : phase_.step_rc;
    }

    const Network& net_;
    const RandomStream& noise_;
    AlignedVector<float> gaussians_;
    RelaxPhase phase_;
    std::uint32_t step_ = 0;
};

// Every node to its minimum with its neighbours held, set by set: even and then odd layers of a chain.
class Sweeps final : public Integrator {
  public:
    explicit Sweeps(const Network& net) : sets_(independent_sets(net)) {}

    void begin(const RelaxPhase& phase) override { phase_ = phase; }

    void step(const float* values, LaneBlock& block, FieldKernel& kernel) override {
        for (const auto& nodes : sets_) kernel.solve(values, phase_.nudge, block, nodes);
    }

  private:
    std::vector<NodeSet> sets_;
    RelaxPhase phase_;
};

// Physical time a step stands for: `bench residuals` on 784-512-10 trained on MNIST, free phase.
class FastDissipative final : public Dynamics {
  public:
    FastDissipative(bool sweeps, double step, double physical)
        : sweeps_(sweeps), step_(step), physical_(physical) {}

    void fields(Fields& f) override {
        if (!sweeps_) f.number({"step", "step of the iteration, in RC"}, step_, {1e-4, 1.0});
        declare_rc_per_step(f, physical_);
    }
    std::unique_ptr<Integrator> integrator(const Network& net, const RandomStream& noise) const override {
        if (sweeps_) return std::make_unique<Sweeps>(net);
        return std::make_unique<Euler>(net, noise);
    }
    double step_rc() const override { return step_; }
    double physical_rc_per_step() const override { return physical_; }
    bool settled_values_only() const override { return true; }
    int nodes_per_spin() const override { return 1; }
    bool takes_dynamic_noise() const override { return !sweeps_; }
    Relaxation relaxation() const override { return sweeps_ ? Relaxation::solve : Relaxation::flow; }

  private:
    bool sweeps_;
    double step_;
    double physical_;
};

} // namespace

std::unique_ptr<Dynamics> make_dissipative_fast() {
    return std::make_unique<FastDissipative>(false, 0.5, 0.62);
}
std::unique_ptr<Dynamics> make_dissipative_sweeps() {
    return std::make_unique<FastDissipative>(true, 1.0, 4.0);
}

} // namespace isinglass
