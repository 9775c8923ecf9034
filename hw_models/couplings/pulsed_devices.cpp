#include "hw_models/couplings/pulsed_devices.hpp"

#include <algorithm>
#include <cmath>

namespace isinglass {

namespace {

// Which of a device's numbers a draw is for.
enum Drawn : std::uint64_t { drawn_step, drawn_asymmetry, drawn_upper, drawn_lower };

double normal(const RandomStream& stream, DrawKey key, std::size_t i) {
    return static_cast<double>(normal_from_word(stream.words(key, static_cast<std::uint32_t>(i / 4))[i % 4]));
}

} // namespace

void PulseSpec::fields(Fields& f) {
    f.number({"step", "what a pulse moves a device by at the middle of its range, over the range"}, step,
             {1e-6, 1.0});
    f.number({"step_spread", "standard deviation of the step between devices, relative"}, step_spread,
             {0.0, 2.0});
    f.number({"step_noise", "standard deviation from pulse to pulse, over the device's step"}, step_noise,
             {0.0, 100.0});
    f.number(
        {"asymmetry", "how much larger a step up is than the mean of both; a step down is as much smaller"},
        asymmetry, {-1.0, 1.0});
    f.number({"asymmetry_spread", "standard deviation of that between devices"}, asymmetry_spread,
             {0.0, 1.0});
    f.number({"slope_up", "loss of a step up towards the upper bound: 0 none, 1 all of it there"}, slope_up,
             {0.0, 1.0});
    f.number({"slope_down", "loss of a step down towards the lower bound"}, slope_down, {0.0, 1.0});
    f.number({"upper", "upper bound of a device, over the range"}, upper, {1e-3, 10.0});
    f.number({"lower", "lower bound of a device, over the range"}, lower, {-10.0, -1e-3});
    f.number({"bound_spread", "standard deviation of both bounds between devices, relative"}, bound_spread,
             {0.0, 1.0});
}

PulsedDevices::PulsedDevices(const PulseSpec& spec, std::uint64_t chip_seed, std::uint64_t noise_seed)
    : spec_(spec), devices_(chip_seed, Purpose::pulsed_device), noise_(noise_seed, Purpose::pulse_noise) {}

PulsedDevices::Bounds PulsedDevices::bounds(std::size_t device) const {
    const auto spread = [&](Drawn which) {
        if (spec_.bound_spread == 0.0) return 1.0;
        return std::max(0.0, 1.0 + spec_.bound_spread * normal(devices_, {.presentation = which}, device));
    };
    return {static_cast<float>(spec_.lower * spread(drawn_lower)),
            static_cast<float>(spec_.upper * spread(drawn_upper))};
}

float PulsedDevices::pulsed(std::size_t device, float x, int pulses, std::uint64_t update) const {
    double step = spec_.step;
    if (spec_.step_spread > 0.0)
        step *=
            std::max(0.0, 1.0 + spec_.step_spread * normal(devices_, {.presentation = drawn_step}, device));
    double asymmetry = spec_.asymmetry;
    if (spec_.asymmetry_spread > 0.0)
        asymmetry += spec_.asymmetry_spread * normal(devices_, {.presentation = drawn_asymmetry}, device);
    const bool up = pulses > 0;
    step *= up ? 1.0 + asymmetry : -(1.0 - asymmetry);
    const Bounds bound = bounds(device);
    const double slope = up ? spec_.slope_up : spec_.slope_down;
    const auto towards = static_cast<double>(up ? bound.upper : bound.lower);
    auto state = static_cast<double>(x);
    for (int k = 0; k < std::abs(pulses); ++k) {
        double share = towards != 0.0 ? 1.0 - slope * state / towards : 0.0;
        if (spec_.step_noise > 0.0)
            share += spec_.step_noise *
                     normal(noise_, {.presentation = update, .step = static_cast<std::uint32_t>(k)}, device);
        state = std::clamp(state + step * share, static_cast<double>(bound.lower),
                           static_cast<double>(bound.upper));
    }
    return static_cast<float>(state);
}

} // namespace isinglass
