// C = −log p[label] with p = softmax(V o + c): a layer behind the array's outputs, which has no part in its
// dynamics. The host keeps and trains V and c by their own gradient at the free outputs, and the outputs are
// nudged by −∂C/∂o = Vᵀ (y − p).
#include "host/learning/cost.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <vector>

namespace isinglass {

namespace {

// Weights: V [classes × outputs], then c.
class ReadOut final : public Cost {
  public:
    void fields(Fields& f) override {
        f.count({"classes", "classes that the read-out tells apart"}, classes_, {2, 1e6});
        f.number({"rate", "learning rate of the read-out; 0: that of training.rate"}, rate_, {0.0, 1e6});
    }

    double value(std::span<const float> output, int label) const override {
        return -std::log(std::max(1e-300, probabilities(output)[static_cast<std::size_t>(label)]));
    }

    void force(std::span<const float> output, int label, std::span<float> force) const override {
        const auto& p = probabilities(output);
        std::ranges::fill(force, 0.0F);
        for (std::size_t k = 0; k < classes_; ++k) {
            const auto error = static_cast<float>((k == static_cast<std::size_t>(label) ? 1.0 : 0.0) - p[k]);
            const float* row = weights_.data() + k * output.size();
            for (std::size_t j = 0; j < output.size(); ++j) force[j] += error * row[j];
        }
    }

    std::optional<NudgeLaw> live_law() const override { return std::nullopt; }
    std::size_t most_classes(std::size_t) const override { return classes_; }
    void target(int, std::span<float> target) const override { std::ranges::fill(target, 0.0F); }

    std::size_t weights(std::size_t outputs) const override { return classes_ * (outputs + 1); }
    double weight_rate() const override { return rate_; }
    // U(±1/√outputs), c = 0.
    void initialise_weights(const RandomStream& draws, std::span<float> weights) const override {
        const std::size_t outputs = weights.size() / classes_ - 1;
        draws.uniforms({}, weights.first(classes_ * outputs));
        const auto bound = static_cast<float>(1.0 / std::sqrt(static_cast<double>(outputs)));
        for (auto& w : weights.first(classes_ * outputs)) w = bound * (2.0F * w - 1.0F);
        std::ranges::fill(weights.last(classes_), 0.0F);
    }
    void use_weights(std::span<const float> weights) override {
        weights_.assign(weights.begin(), weights.end());
    }

    void add_weight_gradient(std::span<const float> output, int label, float scale,
                             std::span<float> gradient) const override {
        const auto& p = probabilities(output);
        for (std::size_t k = 0; k < classes_; ++k) {
            const double error = p[k] - (k == static_cast<std::size_t>(label) ? 1.0 : 0.0);
            const float step = scale * static_cast<float>(error);
            float* row = gradient.data() + k * output.size();
            for (std::size_t j = 0; j < output.size(); ++j) row[j] += step * output[j];
            gradient[classes_ * output.size() + k] += step;
        }
    }

    int prediction(std::span<const float> output) const override {
        const auto& p = probabilities(output);
        return static_cast<int>(std::ranges::max_element(p) - p.begin());
    }

  private:
    // Of this thread, until its next call.
    const std::vector<double>& probabilities(std::span<const float> output) const {
        assert(weights_.size() == weights(output.size()));
        thread_local std::vector<double> p;
        p.resize(classes_);
        for (std::size_t k = 0; k < classes_; ++k) {
            p[k] = static_cast<double>(weights_[classes_ * output.size() + k]);
            const float* row = weights_.data() + k * output.size();
            for (std::size_t j = 0; j < output.size(); ++j)
                p[k] += static_cast<double>(row[j]) * static_cast<double>(output[j]);
        }
        const double largest = *std::ranges::max_element(p);
        double sum = 0.0;
        for (auto& x : p) sum += x = std::exp(x - largest);
        for (auto& x : p) x /= sum;
        return p;
    }

    std::size_t classes_ = 10;
    double rate_ = 0.0;
    std::vector<float> weights_;
};

} // namespace

std::unique_ptr<Cost> make_readout_cost() {
    return std::make_unique<ReadOut>();
}

} // namespace isinglass
