// C = ½ Σ (o − y)²: y is the high level at the label and the low one elsewhere.
#include "host/learning/cost.hpp"

#include <cassert>

namespace isinglass {

namespace {

class SquaredError final : public Cost {
  public:
    void fields(Fields& f) override {
        f.number({"low", "level wanted of the other outputs, model units"}, low_, {-1e6, 1e6});
        f.number({"high", "level wanted of the label's output, model units"}, high_, {-1e6, 1e6});
        f.check(low_ < high_, "low", "low must be below high");
    }

    double value(std::span<const float> output, int label) const override {
        double sum = 0.0;
        for (std::size_t i = 0; i < output.size(); ++i) {
            const double error = static_cast<double>(output[i]) - static_cast<double>(level(i, label));
            sum += error * error;
        }
        return 0.5 * sum;
    }

    void force(std::span<const float> output, int label, std::span<float> force) const override {
        assert(force.size() == output.size());
        for (std::size_t i = 0; i < output.size(); ++i) force[i] = level(i, label) - output[i];
    }

    std::optional<NudgeLaw> live_law() const override { return NudgeLaw::difference; }

    void target(int label, std::span<float> target) const override {
        for (std::size_t i = 0; i < target.size(); ++i) target[i] = level(i, label);
    }

  private:
    float level(std::size_t output, int label) const {
        return static_cast<float>(output == static_cast<std::size_t>(label) ? high_ : low_);
    }

    double low_ = 0.0;
    double high_ = 1.0;
};

} // namespace

std::unique_ptr<Cost> make_squared_error_cost() {
    return std::make_unique<SquaredError>();
}

} // namespace isinglass
