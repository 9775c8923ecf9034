// C = ½ Σ (o − y)²: y is the high level at the outputs of the label and the low one elsewhere.
#include "host/learning/cost.hpp"

#include <cassert>
#include <limits>

namespace isinglass {

namespace {

class SquaredError final : public Cost {
  public:
    void fields(Fields& f) override {
        f.number({"low", "level wanted of the other outputs, model units"}, low_, {-1e6, 1e6});
        f.number({"high", "level wanted of the label's outputs, model units"}, high_, {-1e6, 1e6});
        f.count({"replicas", "outputs of each class: output c, c + classes, ... say class c; the largest sum "
                             "over a class's outputs is the prediction"},
                replicas_, {1, 1e6});
        f.check(low_ < high_, "low", "low must be below high");
    }

    double value(std::span<const float> output, int label) const override {
        double sum = 0.0;
        for (std::size_t i = 0; i < output.size(); ++i) {
            const double error =
                static_cast<double>(output[i]) - static_cast<double>(level(output.size(), i, label));
            sum += error * error;
        }
        return 0.5 * sum;
    }

    void force(std::span<const float> output, int label, std::span<float> force) const override {
        assert(force.size() == output.size());
        for (std::size_t i = 0; i < output.size(); ++i) force[i] = level(output.size(), i, label) - output[i];
    }

    std::optional<NudgeLaw> live_law() const override { return NudgeLaw::difference; }

    void target(int label, std::span<float> target) const override {
        for (std::size_t i = 0; i < target.size(); ++i) target[i] = level(target.size(), i, label);
    }

    std::size_t outputs_per_class() const override { return replicas_; }

    int prediction(std::span<const float> output) const override {
        const std::size_t classes = output.size() / replicas_;
        int best = 0;
        float largest = -std::numeric_limits<float>::infinity();
        for (std::size_t c = 0; c < classes; ++c) {
            float sum = 0.0F;
            for (std::size_t i = c; i < output.size(); i += classes) sum += output[i];
            if (sum <= largest) continue;
            largest = sum;
            best = static_cast<int>(c);
        }
        return best;
    }

  private:
    float level(std::size_t outputs, std::size_t output, int label) const {
        const std::size_t says = output % (outputs / replicas_);
        return static_cast<float>(says == static_cast<std::size_t>(label) ? high_ : low_);
    }

    double low_ = 0.0;
    double high_ = 1.0;
    std::size_t replicas_ = 1;
};

} // namespace

std::unique_ptr<Cost> make_squared_error_cost() {
    return std::make_unique<SquaredError>();
}

} // namespace isinglass
