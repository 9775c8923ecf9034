// Adam (Kingma and Ba 2015, algorithm 1) with decoupled weight decay (Loshchilov and Hutter 2019). In update
// n:
//   m ← β₁m + (1−β₁)g,  v ← β₂v + (1−β₂)g²,  m̂ = m/(1−β₁ⁿ),  v̂ = v/(1−β₂ⁿ)
//   θ ← θ − rate·decay·θ − rate·m̂/(√v̂ + ε)
#include "host/learning/optimiser.hpp"
#include "hw_models/base/aligned.hpp"

#include <pmmintrin.h>

#include <cassert>
#include <cmath>

namespace isinglass {

namespace {

// Numbers below the smallest normal one count as 0 meanwhile. Means of gradients that have become 0 would
// otherwise fade through those, at a hundred cycles each.
class FlushTiny {
  public:
    FlushTiny() : before_(_mm_getcsr()) { _mm_setcsr(before_ | _MM_FLUSH_ZERO_ON | _MM_DENORMALS_ZERO_ON); }
    ~FlushTiny() { _mm_setcsr(before_); }
    FlushTiny(const FlushTiny&) = delete;
    FlushTiny& operator=(const FlushTiny&) = delete;

  private:
    unsigned before_;
};

class Adam final : public Optimiser {
  public:
    void fields(Fields& f) override {
        f.number({"beta1", "part of the mean gradient that an update keeps"}, beta1_, {0.0, 0.9999});
        f.number({"beta2", "part of the mean squared gradient that an update keeps"}, beta2_,
                 {0.0, 0.999999});
        f.number({"epsilon", "added to the root of the mean squared gradient"}, epsilon_, {1e-20, 1.0});
        f.number({"weight_decay", "decoupled: each update takes rate times this of the parameter away"},
                 decay_, {0.0, 1.0});
    }

    void step(std::size_t first, std::span<const float> gradient, std::span<float> theta,
              float rate) override {
        assert(gradient.size() == theta.size() && first + theta.size() <= mean_.size());
        assert(updates() > 0); // advance() comes first
        const FlushTiny flush;
        const auto n = static_cast<double>(updates());
        const auto to_mean = static_cast<float>(1.0 - beta1_);
        const auto to_square = static_cast<float>(1.0 - beta2_);
        const auto unbias = static_cast<float>(1.0 / (1.0 - std::pow(beta2_, n)));
        const auto epsilon = static_cast<float>(epsilon_);
        const auto move = static_cast<float>(-static_cast<double>(rate) / (1.0 - std::pow(beta1_, n)));
        const auto shrink = static_cast<float>(-static_cast<double>(rate) * decay_);
        float* mean = mean_.data() + first;
        float* square = square_.data() + first;
        // Every product that is added to something is an explicit fma: left to the compiler, the vector body
        // and the tail of the loop may fuse differently, and bits would depend on where a range ends.
        for (std::size_t i = 0; i < theta.size(); ++i) {
            const float g = gradient[i];
            const float m = std::fma(to_mean, g - mean[i], mean[i]);
            const float v = std::fma(to_square, std::fma(g, g, -square[i]), square[i]);
            mean[i] = m;
            square[i] = v;
            const float kept = std::fma(shrink, theta[i], theta[i]);
            theta[i] = std::fma(move, m / (std::sqrt(v * unbias) + epsilon), kept);
        }
    }

    std::vector<State> state() override { return {{"mean", mean_}, {"mean_square", square_}}; }

    // A subtraction, four fused, a product, a root, a sum and a quotient; one more fused with decay.
    double flops_per_parameter() const override { return 1.0 + 2.0 * 4.0 + 4.0 + (decay_ > 0.0 ? 2.0 : 0.0); }
    double bytes_per_parameter() const override { return 4.0 * sizeof(float); }

  private:
    void allocate(std::size_t parameters) override {
        mean_.assign(parameters, 0.0F);
        square_.assign(parameters, 0.0F);
    }

    double beta1_ = 0.9;
    double beta2_ = 0.999;
    double epsilon_ = 1e-8;
    double decay_ = 0.0;
    AlignedVector<float> mean_;
    AlignedVector<float> square_;
};

} // namespace

std::unique_ptr<Optimiser> make_adam() {
    return std::make_unique<Adam>();
}

} // namespace isinglass
