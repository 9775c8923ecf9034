// C = Σ (1 − cos d) with d the angle from its target: bounded, so that a nudge of either sign has an
// equilibrium.
#include "host/learning/angle_cost.hpp"

#include <cassert>
#include <cmath>

namespace isinglass {

namespace {

class Cosine final : public AngleCost {
  public:
    double value(std::span<const float> output, int label) const override {
        double sum = 0.0;
        for (std::size_t i = 0; i < output.size(); ++i)
            sum += 1.0 - std::cos(static_cast<double>(output[i]) - wanted(i, output.size(), label));
        return sum;
    }

    void force(std::span<const float> output, int label, std::span<float> force) const override {
        assert(force.size() == output.size());
        for (std::size_t i = 0; i < output.size(); ++i)
            force[i] = static_cast<float>(
                -std::sin(static_cast<double>(output[i]) - wanted(i, output.size(), label)));
    }

    std::optional<NudgeLaw> live_law() const override { return NudgeLaw::sine; }
};

} // namespace

std::unique_ptr<Cost> make_cosine_cost() {
    return std::make_unique<Cosine>();
}

} // namespace isinglass
