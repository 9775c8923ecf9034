// Simulated bifurcation (Goto et al., Science Advances 7, eabe7953, 2021), as an idealised circuit of two
// integrators a spin with inelastic walls:
//     dp/dt = −(1 − a) x + ξ (Σ J f(x) + h),   dx/dt = p,   a: 0 → 1 over the phase;   |x| > 1: x = ±1, p = 0
// f(x) = x is the ballistic machine, f(x) = sgn x the discrete one. Semi-implicit Euler, p first.
#include "hw_models/array/bifurcation_flow.hpp"

#include "hw_models/array/spin_flow.hpp"

#include <algorithm>
#include <cmath>

namespace isinglass {

namespace {

class BifurcationFlow final : public SpinFlow {
  public:
    BifurcationFlow(const Network& net, const BifurcationSpec& spec, bool discrete)
        : SpinFlow(net), gain_(spec.coupling_gain), discrete_(discrete) {}

  protected:
    void prepare() override {
        kick_ = static_cast<float>(phase_.step_rc * gain_);
        pull_ = static_cast<float>(phase_.step_rc * (progress() - 1.0));
    }

    void move(const FlowPart& part) const override {
        const auto h = static_cast<float>(phase_.step_rc);
        if (discrete_)
            advance(part, h, [](float x) { return x < 0.0F ? -1.0F : 1.0F; });
        else
            advance(part, h, [](float x) { return x; });
    }

    bool sees_signs() const override { return discrete_; }

    void see(std::span<const float> state, std::span<float> seen) const override {
        for (std::size_t k = 0; k < state.size(); ++k)
            seen[k] = !discrete_ ? state[k] : state[k] < 0.0F ? -1.0F : 1.0F;
    }

  private:
    template <class F>
    void advance(const FlowPart& part, float h, F show) const {
        const float* __restrict f = part.sums;
        const float* __restrict c = part.constant;
        float* __restrict x = part.state;
        float* __restrict p = part.second;
        float* __restrict seen = part.seen;
        const float kick = kick_;
        const float pull = pull_;
        for (std::size_t k = 0; k < part.count; ++k) {
            const float moving = p[k] + pull * x[k] + kick * (f[k] + c[k]);
            const float free = x[k] + h * moving;
            const float stayed = std::min(std::max(free, -1.0F), 1.0F);
            x[k] = stayed;
            p[k] = free == stayed ? moving : 0.0F;
            seen[k] = show(stayed);
        }
    }

    double gain_;
    bool discrete_;
    float kick_ = 0.0F, pull_ = 0.0F;
};

class BifurcationDynamics final : public Dynamics {
  public:
    explicit BifurcationDynamics(bool discrete) : discrete_(discrete) {}

    void fields(Fields& f) override {
        spec_.fields(f);
        f.number({"step", "step of the integration, in units of 1 / the pump's rate, which is 1 / RC"}, step_,
                 {1e-4, 2.0});
    }
    std::unique_ptr<Integrator> integrator(const Network& net, const RandomStream&) const override {
        return std::make_unique<BifurcationFlow>(net, spec_, discrete_);
    }
    double step_rc() const override { return step_; }
    double physical_rc_per_step() const override { return step_; }
    bool settled_values_only() const override { return false; }
    int nodes_per_spin() const override { return 2; }
    bool takes_dynamic_noise() const override { return false; }
    Relaxation relaxation() const override { return Relaxation::bifurcation; }

  private:
    BifurcationSpec spec_;
    double step_ = 0.5;
    bool discrete_;
};

} // namespace

std::unique_ptr<Dynamics> make_ballistic() {
    return std::make_unique<BifurcationDynamics>(false);
}
std::unique_ptr<Dynamics> make_discrete() {
    return std::make_unique<BifurcationDynamics>(true);
}

} // namespace isinglass
