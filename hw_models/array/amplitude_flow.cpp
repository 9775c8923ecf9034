// Amplitudes under error variables (amplitude_control.hpp) as equations of motion; Euler steps.
#include "hw_models/array/amplitude_control.hpp"
#include "hw_models/array/spin_flow.hpp"

#include <algorithm>

namespace isinglass {

namespace {

class AmplitudeFlow final : public SpinFlow {
  public:
    AmplitudeFlow(const Network& net, const AmplitudeControl& control, double pump, const RandomStream& noise)
        : SpinFlow(net),
          control_(control),
          own_(static_cast<float>(pump - 1.0)),
          noise_(noise),
          bound_(net.layers.front().high) {}

  protected:
    void prepare() override {}
    // After RESET, amplitudes are the noise of pumping up, and error variables are 1.
    void start(LaneBlock& block) override {
        if (!phase_.after_reset) return;
        constexpr float spread = 0.01F;
        for (std::size_t r = 0; r < block.lanes; ++r) {
            noise_.gaussians({phase_.presentations[r], phase_.command}, block.state.row(r));
            for (float& x : block.state.row(r)) x *= spread;
            std::ranges::fill(block.momentum.row(r), 1.0F);
        }
    }
    void see(std::span<const float> state, std::span<float> seen) const override {
        std::ranges::copy(state, seen.begin());
    }

    void move(const FlowPart& part) const override {
        const auto h = static_cast<float>(phase_.step_rc);
        const auto gain = static_cast<float>(control_.coupling_gain);
        const float own = own_;
        const auto height = static_cast<float>(control_.height);
        const auto rate = static_cast<float>(phase_.step_rc * control_.rate);
        const float bound = bound_;
        for (std::size_t k = 0; k < part.count; ++k) {
            const float x = part.state[k];
            const float e = part.second[k];
            const float moved = x + h * ((own - x * x) * x + e * gain * (part.sums[k] + part.constant[k]));
            const float stayed = std::min(std::max(moved, -bound), bound);
            part.state[k] = stayed;
            part.seen[k] = stayed;
            part.second[k] =
                std::min(std::max(e - rate * e * (x * x - height), 0.0F), AmplitudeControl::largest_error);
        }
    }

  private:
    AmplitudeControl control_;
    float own_;
    const RandomStream& noise_;
    float bound_;
};

class AmplitudeDynamics final : public Dynamics {
  public:
    void fields(Fields& f) override {
        control_.fields(f);
        f.number({"solver_pump", "pump rate over the threshold's, in place of network.pump"}, pump_,
                 {-10.0, 10.0});
        f.number({"step", "step of the integration, in RC"}, step_, {1e-4, 1.0});
    }
    std::unique_ptr<Integrator> integrator(const Network& net, const RandomStream& noise) const override {
        return std::make_unique<AmplitudeFlow>(net, control_, pump_, noise);
    }
    double step_rc() const override { return step_; }
    double physical_rc_per_step() const override { return step_; }
    bool settled_values_only() const override { return false; }
    int nodes_per_spin() const override { return 2; }
    bool takes_dynamic_noise() const override { return false; }
    Relaxation relaxation() const override { return Relaxation::error_variables; }

  private:
    AmplitudeControl control_;
    double pump_ = 0.9;
    double step_ = 0.1;
};

} // namespace

std::unique_ptr<Dynamics> make_amplitude_control() {
    return std::make_unique<AmplitudeDynamics>();
}

} // namespace isinglass
