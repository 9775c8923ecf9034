// An iteration towards the equilibrium of the dynamics with conjugate variables: semi-implicit Euler, p first
// and then s. Intermediate states are no voltages.
#include "hw_models/array/conjugate_base.hpp"
#include "hw_models/array/iteration.hpp"

namespace isinglass {

namespace {

class ConjugateEuler final : public ConjugateBase {
  public:
    ConjugateEuler(const ConjugateParameters& parameters, const Network& net, const RandomStream& noise)
        : ConjugateBase(parameters, net, noise), gaussians_(net.state_columns) {}

    void step(const float* values, LaneBlock& block, FieldKernel& kernel) override {
        prepare(kernel);
        kernel.field(values, phase_.nudge, block, block.state, all_layers, block.field);
        if (phase_.node_noise > 0.0) // a step's noise enters with the field: h·N gains the kick
            add_node_noise(
                net_, phase_, step_, noise_, block.lanes, block.field, gaussians_, [&](std::size_t l) {
                    return euler_kick(parameters_, pull_[l], phase_.step_rc, temperature()) / phase_.step_rc;
                });
        const auto h = static_cast<float>(phase_.step_rc);
        const auto keep = static_cast<float>(1.0 - phase_.step_rc * parameters_.friction);
        const auto move = static_cast<float>(phase_.step_rc * parameters_.stiffness);
        for (std::size_t r = 0; r < block.lanes; ++r) {
            const float* c = block.constant.row(r).data();
            const float* n = block.field.row(r).data();
            float* s = block.state.row(r).data();
            float* p = block.momentum.row(r).data();
            for_each_stretch(net_, all_layers, [&](std::size_t l, const Stretch& x) {
                const auto pull = static_cast<float>(phase_.step_rc * pull_[l]);
                for (std::size_t j = x.first; j < x.end; ++j) {
                    const float velocity = keep * p[j] + h * (n[j] + c[j]) - pull * s[j];
                    const float moved = s[j] + move * velocity;
                    const float stayed = clamped(moved, x.low, x.high);
                    s[j] = stayed;
                    p[j] = moved == stayed ? velocity : 0.0F;
                }
            });
        }
        ++step_;
    }

  private:
    AlignedVector<float> gaussians_;
};

// Physical time a step stands for: `bench residuals` on 784-512-10 trained on MNIST, free phase.
class FastConjugate final : public Dynamics {
  public:
    void fields(Fields& f) override {
        parameters_.fields(f);
        f.number({"step", "step of the iteration, in RC"}, step_, {1e-4, 2.0});
        declare_rc_per_step(f, physical_);
    }
    std::unique_ptr<Integrator> integrator(const Network& net, const RandomStream& noise) const override {
        return std::make_unique<ConjugateEuler>(parameters_, net, noise);
    }
    double step_rc() const override { return step_; }
    double physical_rc_per_step() const override { return physical_; }
    bool settled_values_only() const override { return true; }
    int nodes_per_spin() const override { return 2; }
    Relaxation relaxation() const override { return Relaxation::pairs; }

  private:
    double step_ = 0.5;
    double physical_ = 0.45;
    ConjugateParameters parameters_;
};

} // namespace

std::unique_ptr<Dynamics> make_conjugate_fast() {
    return std::make_unique<FastConjugate>();
}

} // namespace isinglass
