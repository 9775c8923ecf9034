#include "host/learning/angle_cost.hpp"

#include <cmath>

namespace isinglass {

void AngleCost::fields(Fields& f) {
    constexpr Limits circle{-3.141592653589793, 3.141592653589793};
    f.number({"class_phase", "angle wanted of the label's output, or of a single output for class 1, in rad"},
             class_phase_, circle);
    f.number({"other_phase", "angle wanted of the other outputs, or of a single output for class 0, in rad"},
             other_phase_, circle);
    f.check(std::cos(class_phase_ - other_phase_) < 0.999, "class_phase",
            "an angle that is not within 0.04 of other_phase");
}

std::size_t AngleCost::most_classes(std::size_t outputs) const {
    return outputs == 1 ? 2 : outputs;
}

double AngleCost::wanted(std::size_t output, std::size_t outputs, int label) const {
    const bool is_class = outputs == 1 ? label == 1 : output == static_cast<std::size_t>(label);
    return is_class ? class_phase_ : other_phase_;
}

void AngleCost::target(int label, std::span<float> target) const {
    for (std::size_t i = 0; i < target.size(); ++i)
        target[i] = static_cast<float>(wanted(i, target.size(), label));
}

int AngleCost::prediction(std::span<const float> output) const {
    const auto lead = [&](std::size_t i) {
        const auto angle = static_cast<double>(output[i]);
        return std::cos(angle - class_phase_) - std::cos(angle - other_phase_);
    };
    if (output.size() == 1) return lead(0) > 0.0 ? 1 : 0;
    std::size_t best = 0;
    for (std::size_t i = 1; i < output.size(); ++i)
        if (lead(i) > lead(best)) best = i;
    return static_cast<int>(best);
}

} // namespace isinglass
