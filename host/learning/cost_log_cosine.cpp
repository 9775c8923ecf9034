// C = −Σ log((1 + ε + cos d) / (2 + ε)) with d the angle from its target: steep where an output points away,
// with ε keeping cost and force finite (NudgeLaw::tangent).
#include "host/learning/angle_cost.hpp"

#include <cassert>
#include <cmath>

namespace isinglass {

namespace {

constexpr double softness = tangent_softness;

class LogCosine final : public AngleCost {
  public:
    double value(std::span<const float> output, int label) const override {
        double sum = 0.0;
        for (std::size_t i = 0; i < output.size(); ++i) {
            const double d = static_cast<double>(output[i]) - wanted(i, output.size(), label);
            sum -= std::log((1.0 + softness + std::cos(d)) / (2.0 + softness));
        }
        return sum;
    }

    void force(std::span<const float> output, int label, std::span<float> force) const override {
        assert(force.size() == output.size());
        for (std::size_t i = 0; i < output.size(); ++i) {
            const double d = static_cast<double>(output[i]) - wanted(i, output.size(), label);
            force[i] = static_cast<float>(-std::sin(d) / (1.0 + softness + std::cos(d)));
        }
    }

    std::optional<NudgeLaw> live_law() const override { return NudgeLaw::tangent; }
};

} // namespace

std::unique_ptr<Cost> make_log_cosine_cost() {
    return std::make_unique<LogCosine>();
}

} // namespace isinglass
