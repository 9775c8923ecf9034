// ds/dt = −λs + N(s) within the bounds. The leak is integrated exactly and the field by an exponential Adams
// pair of third order, with two evaluations a step (Cox & Matthews, J. Comput. Phys. 176, 2002; multistep
// form): N is extrapolated from the last two points to predict, then interpolated through all three. The
// first step of a phase has no past and is their ETD2RK; so is every step under dynamic noise, whose past is
// no trend.
#include "hw_models/array/state_loops.hpp"

namespace isinglass {

namespace {

// Integrals over one step of e^{−λ(h−t)} · (t/h)ⁿ.
struct Coefficients {
    float decay = 1.0F; // e^{−λh}
    float zeroth = 0.0F;
    float first = 0.0F;
    float second = 0.0F;
    double noise = 0.0; // standard deviation that one step adds
};

// Without a leak they are those of Adams' own formulae, and the noise is a random walk's.
Coefficients coefficients(double leak, double step, double noise) {
    if (leak == 0.0)
        return {1.0F, static_cast<float>(step), static_cast<float>(step / 2.0),
                static_cast<float>(step / 3.0), noise * std::sqrt(2.0 * step)};
    const double x = leak * step;
    const double zeroth = -std::expm1(-x) / leak;
    const double first = (step - zeroth) / x;
    const double second = (step - 2.0 * first) / x;
    return {static_cast<float>(std::exp(-x)), static_cast<float>(zeroth), static_cast<float>(first),
            static_cast<float>(second), noise * std::sqrt(-std::expm1(-2.0 * x) / leak)};
}

class ExponentialAdams final : public Integrator {
  public:
    ExponentialAdams(const Network& net, const RandomStream& noise)
        : net_(net),
          noise_(noise),
          predicted_(LaneBlock::rows(), net.state_columns),
          base_(LaneBlock::rows(), net.state_columns),
          before_(LaneBlock::rows(), net.state_columns),
          ahead_(LaneBlock::rows(), net.state_columns),
          gaussians_(net.state_columns),
          layers_(net.layers.size()) {}

    void begin(const RelaxPhase& phase) override {
        phase_ = phase;
        step_ = 0;
        prepared_ = false;
    }

    void step(const float* values, LaneBlock& block, FieldKernel& kernel) override {
        if (!prepared_) prepare(kernel);
        const bool past = step_ > 0 && phase_.node_noise == 0.0;
        std::swap(block.field, before_);
        kernel.field(values, phase_.nudge, block, block.state, all_layers, block.field);
        if (phase_.node_noise > 0.0) draw_kicks(block);
        predict(block, past);
        kernel.field(values, phase_.nudge, block, predicted_, all_layers, ahead_);
        correct(block, past);
        wrap_circles(net_, block.state, block.lanes);
        ++step_;
    }

  private:
    void prepare(FieldKernel& kernel) {
        for (std::size_t l = 0; l < layers_.size(); ++l)
            layers_[l] = coefficients(kernel.leak(l, phase_.nudge), phase_.step_rc, phase_.node_noise);
        prepared_ = true;
    }

    // A step's kick is part of what it predicts, so that the couplings pass it on within the step.
    void draw_kicks(const LaneBlock& block) {
        base_.fill(0.0F);
        add_node_noise(net_, phase_, step_, noise_, block.lanes, base_, gaussians_,
                       [&](std::size_t l) { return layers_[l].noise; });
    }

    void predict(const LaneBlock& block, bool past) {
        const bool noisy = phase_.node_noise > 0.0;
        for (std::size_t r = 0; r < block.lanes; ++r) {
            const float* s = block.state.row(r).data();
            const float* c = block.constant.row(r).data();
            const float* n = block.field.row(r).data();
            const float* before = before_.row(r).data();
            float* base = base_.row(r).data();
            float* out = predicted_.row(r).data();
            for_each_stretch(net_, all_layers, [&](std::size_t l, const Stretch& x) {
                const auto k = layers_[l];
                const float slope = past ? k.first : 0.0F;
                for (std::size_t j = x.first; j < x.end; ++j) {
                    const float kick = noisy ? base[j] : 0.0F;
                    base[j] = k.decay * s[j] + k.zeroth * (n[j] + c[j]) + kick;
                    out[j] = clamped(base[j] + slope * (n[j] - before[j]), x.low, x.high);
                }
            });
        }
    }

    // A cell that reaches a rail stays there until its current turns round.
    void correct(LaneBlock& block, bool past) {
        for (std::size_t r = 0; r < block.lanes; ++r) {
            const float* base = base_.row(r).data();
            const float* before = before_.row(r).data();
            const float* n = block.field.row(r).data();
            const float* ahead = ahead_.row(r).data();
            float* s = block.state.row(r).data();
            for_each_stretch(net_, all_layers, [&](std::size_t l, const Stretch& x) {
                const auto k = layers_[l];
                const float onward = past ? 0.5F * (k.first + k.second) : k.first;
                const float back = past ? 0.5F * (k.first - k.second) : 0.0F;
                for (std::size_t j = x.first; j < x.end; ++j)
                    s[j] = clamped(base[j] + onward * (ahead[j] - n[j]) + back * (n[j] - before[j]), x.low,
                                   x.high);
            });
        }
    }

    const Network& net_;
    const RandomStream& noise_;
    Matrix predicted_;
    Matrix base_;   // state at the end of the step if the field stayed as it is
    Matrix before_; // field at the start of the step before
    Matrix ahead_;  // field at the predicted state
    AlignedVector<float> gaussians_;
    std::vector<Coefficients> layers_;
    RelaxPhase phase_;
    std::uint32_t step_ = 0;
    bool prepared_ = false;
};

class Dissipative final : public Dynamics {
  public:
    void fields(Fields& f) override {
        f.number(
            {"step", "integration step, in RC; above 0.5 the transient is no longer within a few percent"},
            step_, {1e-4, 1.0});
    }
    std::unique_ptr<Integrator> integrator(const Network& net, const RandomStream& noise) const override {
        return std::make_unique<ExponentialAdams>(net, noise);
    }
    double step_rc() const override { return step_; }
    double physical_rc_per_step() const override { return step_; }
    bool settled_values_only() const override { return false; }
    int nodes_per_spin() const override { return 1; }
    Relaxation relaxation() const override { return Relaxation::flow; }

  private:
    double step_ = 0.25;
};

} // namespace

std::unique_ptr<Dynamics> make_dissipative() {
    return std::make_unique<Dissipative>();
}

} // namespace isinglass
