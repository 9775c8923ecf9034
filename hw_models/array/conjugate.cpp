// Ising dynamics with conjugate variables:
//     ds/dt = a₀ p,   dp/dt = −λs + N(s) − γp − (a₀ − a(t)) s,
// with inelastic walls: a cell at its bound stops (p = 0). The linear part of each (s, p) pair is integrated exactly,
// the field N to second order (ETD2RK on pairs); `conjugate-fast` is semi-implicit Euler, p first and then s.
#include "hw_models/array/state_loops.hpp"

#include <unsupported/Eigen/MatrixFunctions>

namespace isinglass {

namespace {

struct Parameters {
    double stiffness = 1.0; // a₀
    double friction = 2.0;  // γ
    double pump_start = 1.0;
    double pump_ramp_rc = 5.0;

    void fields(Fields& f) {
        f.number({"stiffness", "a0: rate at which the conjugate variable moves the spin, in 1/RC"}, stiffness, {0.01, 100.0});
        f.number({"friction", "gamma: damping of the conjugate variable, in 1/RC; 2·sqrt(stiffness) is critical"}, friction,
                 {0.0, 1000.0});
        f.number({"pump_start", "pump a(t) at the start of a free phase, as a fraction of stiffness; 1 means no ramp"},
                 pump_start, {-10.0, 1.0});
        f.number({"pump_ramp", "length of the pump's linear ramp up to stiffness, in RC"}, pump_ramp_rc, {0.01, 1000.0});
    }

    // a₀ − a(t): the extra stiffness while the pump ramps.
    [[nodiscard]] double detuning(const RelaxPhase& phase, double t_rc) const {
        if (!phase.after_reset || t_rc >= pump_ramp_rc) return 0.0;
        return stiffness * (1.0 - pump_start) * (1.0 - t_rc / pump_ramp_rc);
    }
};

// Exact step of the pair (s, p) over h under a constant force f and its slope f′:
// (s, p) ← decay·(s, p) + first·f + second·f′, f′ being the change of f over the step.
struct Coefficients {
    float ss = 1, sp = 0, ps = 0, pp = 1;
    float s_first = 0, p_first = 0, s_second = 0, p_second = 0;
    double noise = 0.0; // on p
};

Coefficients coefficients(const Parameters& k, double leak, double detuning, double h, double node_noise) {
    // exp of the augmented system (s, p, f, f′): its last columns are the integrals that a closed form would give.
    Eigen::Matrix4d system = Eigen::Matrix4d::Zero();
    system(0, 1) = k.stiffness * h;
    system(1, 0) = -(leak + detuning) * h;
    system(1, 1) = -k.friction * h;
    system(1, 2) = h;
    system(2, 3) = 1.0;
    const Eigen::Matrix4d e = system.exp();
    auto f = [](double x) { return static_cast<float>(x); };
    // Fluctuation and dissipation: var p = T/a₀ at rest, of which friction forgets 1 − e^{−2γh} in a step.
    const double kick = std::sqrt(-std::expm1(-2.0 * k.friction * h) / k.stiffness);
    return {f(e(0, 0)), f(e(0, 1)), f(e(1, 0)), f(e(1, 1)), f(e(0, 2)),
            f(e(1, 2)), f(e(0, 3)), f(e(1, 3)), node_noise * kick};
}

class ConjugateBase : public Integrator {
  public:
    ConjugateBase(const Parameters& parameters, const Network& net, const RandomStream& noise)
        : parameters_(parameters), net_(net), noise_(noise), gaussians_(net.state_columns), layers_(net.layers.size()) {}

    void begin(const RelaxPhase& phase) override {
        phase_ = phase;
        step_ = 0;
        prepared_for_ = -1.0;
    }

  protected:
    [[nodiscard]] double detuning_mid_step() const {
        return parameters_.detuning(phase_, (static_cast<double>(step_) + 0.5) * phase_.step_rc);
    }

    void prepare(FieldKernel& kernel, double detuning) {
        if (prepared_for_ == detuning) return;
        for (std::size_t l = 0; l < layers_.size(); ++l)
            layers_[l] = coefficients(parameters_, kernel.leak(l, phase_.nudge), detuning, phase_.step_rc, phase_.node_noise);
        prepared_for_ = detuning;
    }

    void finish_step(LaneBlock& block) {
        if (phase_.node_noise > 0.0)
            add_node_noise(net_, phase_, step_, noise_, block.lanes, block.momentum, gaussians_,
                           [&](std::size_t l) { return layers_[l].noise; });
        ++step_;
    }

    const Parameters parameters_;
    const Network& net_;
    const RandomStream& noise_;
    AlignedVector<float> gaussians_;
    std::vector<Coefficients> layers_;
    RelaxPhase phase_;
    std::uint32_t step_ = 0;
    double prepared_for_ = -1.0;
};

class ConjugateEtd2 final : public ConjugateBase {
  public:
    ConjugateEtd2(const Parameters& parameters, const Network& net, const RandomStream& noise)
        : ConjugateBase(parameters, net, noise), predicted_(LaneBlock::rows(), net.state_columns),
          s_(LaneBlock::rows(), net.state_columns), p_(LaneBlock::rows(), net.state_columns),
          field_(LaneBlock::rows(), net.state_columns) {}

    void step(const float* values, LaneBlock& block, FieldKernel& kernel) override {
        prepare(kernel, detuning_mid_step());
        kernel.field(values, phase_.nudge, block, block.state, all_layers, block.field);
        predict(block);
        kernel.field(values, phase_.nudge, block, predicted_, all_layers, field_);
        correct(block);
        finish_step(block);
    }

  private:
    void predict(const LaneBlock& block) {
        for (std::size_t r = 0; r < block.lanes; ++r) {
            const float* s = block.state.row(r).data();
            const float* p = block.momentum.row(r).data();
            const float* c = block.constant.row(r).data();
            const float* n = block.field.row(r).data();
            float* s1 = s_.row(r).data();
            float* p1 = p_.row(r).data();
            float* out = predicted_.row(r).data();
            for_each_layer(net_, all_layers, [&](std::size_t l, const SpinLayer& layer, std::size_t j0, std::size_t j1) {
                const auto k = layers_[l];
                const float low = layer.low;
                const float high = layer.high;
                for (std::size_t j = j0; j < j1; ++j) {
                    const float f = n[j] + c[j];
                    s1[j] = k.ss * s[j] + k.sp * p[j] + k.s_first * f;
                    p1[j] = k.ps * s[j] + k.pp * p[j] + k.p_first * f;
                    out[j] = clamped(s1[j], low, high);
                }
            });
        }
    }

    void correct(LaneBlock& block) {
        for (std::size_t r = 0; r < block.lanes; ++r) {
            const float* s1 = s_.row(r).data();
            const float* p1 = p_.row(r).data();
            const float* before = block.field.row(r).data();
            const float* after = field_.row(r).data();
            float* s = block.state.row(r).data();
            float* p = block.momentum.row(r).data();
            for_each_layer(net_, all_layers, [&](std::size_t l, const SpinLayer& layer, std::size_t j0, std::size_t j1) {
                const auto k = layers_[l];
                const float low = layer.low;
                const float high = layer.high;
                for (std::size_t j = j0; j < j1; ++j) {
                    const float change = after[j] - before[j];
                    const float moved = s1[j] + k.s_second * change;
                    const float stayed = clamped(moved, low, high);
                    s[j] = stayed;
                    p[j] = moved == stayed ? p1[j] + k.p_second * change : 0.0F;
                }
            });
        }
    }

    Matrix predicted_;
    Matrix s_;
    Matrix p_;
    Matrix field_;
};

class ConjugateEuler final : public ConjugateBase {
  public:
    using ConjugateBase::ConjugateBase;

    void step(const float* values, LaneBlock& block, FieldKernel& kernel) override {
        const double detuning = detuning_mid_step();
        prepare(kernel, detuning);
        kernel.field(values, phase_.nudge, block, block.state, all_layers, block.field);
        const auto h = static_cast<float>(phase_.step_rc);
        const auto keep = static_cast<float>(1.0 - phase_.step_rc * parameters_.friction);
        const auto move = static_cast<float>(phase_.step_rc * parameters_.stiffness);
        for (std::size_t r = 0; r < block.lanes; ++r) {
            const float* c = block.constant.row(r).data();
            const float* n = block.field.row(r).data();
            float* s = block.state.row(r).data();
            float* p = block.momentum.row(r).data();
            for_each_layer(net_, all_layers, [&](std::size_t l, const SpinLayer& layer, std::size_t j0, std::size_t j1) {
                const auto pull = static_cast<float>(phase_.step_rc * (kernel.leak(l, phase_.nudge) + detuning));
                const float low = layer.low;
                const float high = layer.high;
                for (std::size_t j = j0; j < j1; ++j) {
                    const float velocity = keep * p[j] + h * (n[j] + c[j]) - pull * s[j];
                    const float moved = s[j] + move * velocity;
                    const float stayed = clamped(moved, low, high);
                    s[j] = stayed;
                    p[j] = moved == stayed ? velocity : 0.0F;
                }
            });
        }
        finish_step(block);
    }
};

class Conjugate final : public Dynamics {
  public:
    explicit Conjugate(bool fast) : fast_(fast), step_(fast ? 0.5 : 0.25), physical_(step_) {}

    void fields(Fields& f) override {
        parameters_.fields(f);
        f.number({"step", "integration step, in RC"}, step_, {1e-4, 2.0});
        if (fast_)
            f.number({"rc_per_step", "physical time that one step stands for, in RC: the time in which the equations "
                                     "of motion reach the same residual, measured by the bench 'residuals'"},
                     physical_, {1e-4, 100.0});
    }
    std::unique_ptr<Integrator> integrator(const Network& net, const RandomStream& noise) const override {
        if (fast_) return std::make_unique<ConjugateEuler>(parameters_, net, noise);
        return std::make_unique<ConjugateEtd2>(parameters_, net, noise);
    }
    double step_rc() const override { return step_; }
    double physical_rc_per_step() const override { return fast_ ? physical_ : step_; }
    bool settled_values_only() const override { return fast_; }
    int nodes_per_spin() const override { return 2; }

  private:
    bool fast_;
    double step_;
    double physical_;
    Parameters parameters_;
};

} // namespace

std::unique_ptr<Dynamics> make_conjugate() { return std::make_unique<Conjugate>(false); }
std::unique_ptr<Dynamics> make_conjugate_fast() { return std::make_unique<Conjugate>(true); }

} // namespace isinglass
