// Devices that hold a coupling themselves and move by pulses.
#pragma once

#include "hw_models/base/fields.hpp"
#include "hw_models/base/random.hpp"

#include <cstdint>

namespace isinglass {

// What a pulse does; states are relative to the programmable range, so −1 … 1. A pulse up moves a state x by
// step · (1 − slope_up · x / upper), one down by −step · (1 − slope_down · x / lower) (the linear-step device
// of the IBM analog hardware kit, Rasch et al., AICAS 2021): slopes of 0 are constant steps, slopes of 1 soft
// bounds (Fusi and Abbott 2007). Every effect but the step is off at its default.
struct PulseSpec {
    double step = 0.002;
    double step_spread = 0.0;      // between devices, relative
    double step_noise = 0.0;       // from pulse to pulse, over the device's step
    double asymmetry = 0.0;        // step up over the mean of both, less 1; a step down is as much smaller
    double asymmetry_spread = 0.0; // between devices
    double slope_up = 0.0;
    double slope_down = 0.0;
    double upper = 1.0;
    double lower = -1.0;
    double bound_spread = 0.0; // of both bounds between devices, relative

    void fields(Fields& f);
};

// The devices of one chip, one a coupling, against a reference that is never moved.
// - A state after some pulses is a function of the state before, the chip, the run's noise and the update's
// number.
class PulsedDevices {
  public:
    PulsedDevices(const PulseSpec& spec, std::uint64_t chip_seed, std::uint64_t noise_seed);

    struct Bounds {
        float lower, upper;
    };
    [[nodiscard]] Bounds bounds(std::size_t device) const;
    // State `x` of a device after |pulses| pulses of one sign, the `update`th time that it got some.
    [[nodiscard]] float pulsed(std::size_t device, float x, int pulses, std::uint64_t update) const;

  private:
    PulseSpec spec_;
    RandomStream devices_, noise_;
};

} // namespace isinglass
