// Stochastic gradient descent. With g' = g + decay·θ (an L2 penalty ½·decay·θ² of the cost), per update:
//   plain       θ ← θ − rate·g'
//   momentum    v ← momentum·v + g',  θ ← θ − rate·v
//   Nesterov    v ← momentum·v + g',  θ ← θ − rate·(g' + momentum·v)
// The rate stands outside of v, so a schedule acts at once.
#include "host/learning/optimiser.hpp"
#include "hw_models/base/aligned.hpp"

#include <cassert>
#include <cmath>

namespace isinglass {

namespace {

class Sgd final : public Optimiser {
  public:
    void fields(Fields& f) override {
        f.number({"momentum", "part of the last step that the next one keeps"}, momentum_, {0.0, 0.9999});
        f.flag({"nesterov", "look one step ahead along the momentum"}, nesterov_);
        f.check(!nesterov_ || momentum_ > 0.0, "nesterov", "nesterov = true needs a momentum above 0");
        f.number({"weight_decay", "L2 penalty: this times the parameter is added to its gradient"}, decay_,
                 {0.0, 1.0});
    }

    void step(std::size_t first, std::span<const float> gradient, std::span<float> theta,
              float rate) override {
        assert(gradient.size() == theta.size());
        if (momentum_ == 0.0)
            plain(gradient, theta, rate);
        else if (nesterov_)
            with_momentum<true>(first, gradient, theta, rate);
        else
            with_momentum<false>(first, gradient, theta, rate);
    }

    std::vector<State> state() override {
        if (momentum_ == 0.0) return {};
        return {{"momentum", velocity_}};
    }

    double flops_per_parameter() const override {
        const double fused =
            1.0 + (decay_ > 0.0 ? 1.0 : 0.0) + (momentum_ > 0.0 ? 1.0 : 0.0) + (nesterov_ ? 1.0 : 0.0);
        return 2.0 * fused;
    }
    double bytes_per_parameter() const override { return momentum_ > 0.0 ? 2.0 * sizeof(float) : 0.0; }

  private:
    void allocate(std::size_t parameters) override {
        velocity_.assign(momentum_ > 0.0 ? parameters : 0, 0.0F);
    }

    // Every product that is added to something is an explicit fma, here and below: left to the compiler, the
    // vector body and the tail of a loop may fuse differently, and bits would depend on where a range ends.
    void plain(std::span<const float> gradient, std::span<float> theta, float rate) const {
        const auto decay = static_cast<float>(decay_);
        for (std::size_t i = 0; i < theta.size(); ++i)
            theta[i] = std::fma(-rate, std::fma(decay, theta[i], gradient[i]), theta[i]);
    }

    template <bool nesterov>
    void with_momentum(std::size_t first, std::span<const float> gradient, std::span<float> theta,
                       float rate) {
        assert(first + theta.size() <= velocity_.size());
        const auto decay = static_cast<float>(decay_);
        const auto momentum = static_cast<float>(momentum_);
        float* velocity = velocity_.data() + first;
        for (std::size_t i = 0; i < theta.size(); ++i) {
            const float g = std::fma(decay, theta[i], gradient[i]);
            const float v = std::fma(momentum, velocity[i], g);
            velocity[i] = v;
            theta[i] = std::fma(-rate, nesterov ? std::fma(momentum, v, g) : v, theta[i]);
        }
    }

    double momentum_ = 0.0;
    bool nesterov_ = false;
    double decay_ = 0.0;
    AlignedVector<float> velocity_; // empty without momentum
};

} // namespace

std::unique_ptr<Optimiser> make_sgd() {
    return std::make_unique<Sgd>();
}

} // namespace isinglass
