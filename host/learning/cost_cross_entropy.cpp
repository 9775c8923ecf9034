// C = −log p[label] with p = softmax(gain·o), so −∂C/∂o = gain·(y − p).
#include "host/learning/cost.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace isinglass {

namespace {

class CrossEntropy final : public Cost {
  public:
    void fields(Fields& f) override {
        f.number({"gain", "outputs times this are the logits of the softmax"}, gain_, {1e-3, 1e3});
    }

    double value(std::span<const float> output, int label) const override {
        return log_sum(output) - logit(output[static_cast<std::size_t>(label)]);
    }

    void force(std::span<const float> output, int label, std::span<float> force) const override {
        assert(force.size() == output.size());
        const double log_total = log_sum(output);
        for (std::size_t i = 0; i < output.size(); ++i) {
            const double wanted = i == static_cast<std::size_t>(label) ? 1.0 : 0.0;
            force[i] = static_cast<float>(gain_ * (wanted - std::exp(logit(output[i]) - log_total)));
        }
    }

    std::optional<NudgeLaw> live_law() const override { return std::nullopt; }

    void target(int label, std::span<float> target) const override {
        std::fill(target.begin(), target.end(), 0.0F);
        target[static_cast<std::size_t>(label)] = 1.0F;
    }

  private:
    double logit(float output) const { return gain_ * static_cast<double>(output); }

    // log Σ exp(logit); the largest logit is taken out, so that no exponential overflows.
    double log_sum(std::span<const float> output) const {
        const double largest = logit(*std::max_element(output.begin(), output.end()));
        double sum = 0.0;
        for (const float o : output) sum += std::exp(logit(o) - largest);
        return largest + std::log(sum);
    }

    double gain_ = 1.0;
};

} // namespace

std::unique_ptr<Cost> make_cross_entropy_cost() {
    return std::make_unique<CrossEntropy>();
}

} // namespace isinglass
