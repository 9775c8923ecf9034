// Iterations towards the equilibrium of the dissipative machine: Euler steps of ½ RC, or even/odd layer
// sweeps that solve each layer exactly with its neighbours held. Intermediate states are no voltages.
#include "hw_models/array/iteration.hpp"
#include "hw_models/array/state_loops.hpp"
#include "hw_models/base/error.hpp"

#include <fmt/core.h>

namespace isinglass {

namespace {

// s ← s + h(−λs + N), clipped, all layers at once.
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
                               const double variance = 2.0 / phase_.step_rc - kernel.leak(l, phase_.nudge);
                               return phase_.node_noise * std::sqrt(std::max(variance, 0.0));
                           });
        for (std::size_t r = 0; r < block.lanes; ++r) {
            const float* c = block.constant.row(r).data();
            const float* n = block.field.row(r).data();
            float* s = block.state.row(r).data();
            for_each_layer(
                net_, all_layers, [&](std::size_t l, const SpinLayer& layer, std::size_t j0, std::size_t j1) {
                    const auto h = static_cast<float>(phase_.step_rc);
                    const auto keep = static_cast<float>(1.0 - phase_.step_rc * kernel.leak(l, phase_.nudge));
                    const float low = layer.low;
                    const float high = layer.high;
                    for (std::size_t j = j0; j < j1; ++j)
                        s[j] = clamped(keep * s[j] + h * (n[j] + c[j]), low, high);
                });
        }
        ++step_;
    }

  private:
    const Network& net_;
    const RandomStream& noise_;
    AlignedVector<float> gaussians_;
    RelaxPhase phase_;
    std::uint32_t step_ = 0;
};

// s_l ← clip(N_l / λ_l) for even l, then for odd l. Layers of one parity are joined only to the other.
class Sweeps final : public Integrator {
  public:
    explicit Sweeps(const Network& net) : net_(net) {}

    void begin(const RelaxPhase& phase) override { phase_ = phase; }

    void step(const float* values, LaneBlock& block, FieldKernel& kernel) override {
        constexpr LayerSet even = 0x5555555555555555U;
        for (const LayerSet layers : {even, ~even}) {
            kernel.field(values, phase_.nudge, block, block.state, layers, block.field);
            for (std::size_t r = 0; r < block.lanes; ++r) solve(layers, r, block, kernel);
        }
    }

  private:
    void solve(LayerSet layers, std::size_t r, LaneBlock& block, FieldKernel& kernel) const {
        const float* c = block.constant.row(r).data();
        const float* n = block.field.row(r).data();
        float* s = block.state.row(r).data();
        for_each_layer(net_, layers,
                       [&](std::size_t l, const SpinLayer& layer, std::size_t j0, std::size_t j1) {
                           const auto gain = static_cast<float>(1.0 / kernel.leak(l, phase_.nudge));
                           for (std::size_t j = j0; j < j1; ++j)
                               s[j] = clamped(gain * (n[j] + c[j]), layer.low, layer.high);
                       });
    }

    const Network& net_;
    RelaxPhase phase_;
};

// An even and an odd half can be solved in turn only where no coupling joins two layers of one half.
void check_parity(const Network& net) {
    for (const auto& link : net.links)
        if (link.from != input_layer && (link.to - link.from) % 2 == 0)
            throw UserError(fmt::format(
                "machine.array.dynamics = \"dissipative-sweeps\" solves even and odd layers in turn, but a "
                "coupling joins '{}' and '{}', spin layers {} and {}; valid are couplings between an even "
                "layer and an odd one, or dynamics = \"dissipative-fast\"",
                net.layers[link.from].name, net.layers[link.to].name, link.from + 1, link.to + 1));
}

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
    void check(const Network& net) const override {
        if (sweeps_) check_parity(net);
    }

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
