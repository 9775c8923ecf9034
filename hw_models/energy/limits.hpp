// Physical limits, to be printed beside every estimate: no circuit, however good, does with less.
#pragma once

#include <cmath>
#include <numbers>

namespace isinglass {

inline constexpr double boltzmann_j_per_k = 1.380649e-23; // exact by definition of the SI, 2019
inline constexpr double room_temperature_k = 300.0;

// kT, 4.142e-21 J at 300 K.
[[nodiscard]] inline double thermal_energy_j(double temperature_k = room_temperature_k) {
    return boltzmann_j_per_k * temperature_k;
}

// Least energy to erase a bit (Landauer 1961).
[[nodiscard]] inline double landauer_j(double temperature_k = room_temperature_k) {
    return thermal_energy_j(temperature_k) * std::numbers::ln2;
}

// Time for a single RC to come within ½ LSB of a full-scale step, in RC time constants.
[[nodiscard]] inline double settling_in_rc(double bits) {
    return (bits + 1.0) * std::numbers::ln2;
}

// Capacitance whose kT/C noise power equals the quantisation noise LSB²/12 of `bits` over a full scale of
// `full_scale_v`.
[[nodiscard]] inline double minimum_capacitance_f(double bits, double full_scale_v,
                                                  double temperature_k = room_temperature_k) {
    return 12.0 * thermal_energy_j(temperature_k) * std::pow(4.0, bits) / (full_scale_v * full_scale_v);
}

// Class-B sampling bound of a conversion: 8 kT times the signal-to-quantisation-noise ratio 1.5·4^bits.
[[nodiscard]] inline double minimum_adc_energy_j(double bits, double temperature_k = room_temperature_k) {
    return 8.0 * thermal_energy_j(temperature_k) * 1.5 * std::pow(4.0, bits);
}

// Root-mean-square thermal noise of a node, √(kT/C).
[[nodiscard]] inline double node_noise_v(double capacitance_f, double temperature_k = room_temperature_k) {
    return std::sqrt(thermal_energy_j(temperature_k) / capacitance_f);
}

} // namespace isinglass
