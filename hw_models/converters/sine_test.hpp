// Dynamic test of converters: the sine-wave fit of IEEE Std 1241.
#pragma once

#include <span>

namespace isinglass {

struct SineFit {
    double amplitude = 0.0;
    double phase_rad = 0.0; // of amplitude · cos(2π · cycles · n + phase)
    double offset = 0.0;
    double cycles_per_sample = 0.0;
    double residual_rms = 0.0; // noise and distortion

    [[nodiscard]] double sndr_db() const;
    // For a full scale of `full_scale` in the samples' unit: log2(full_scale / (residual · √12)).
    [[nodiscard]] double effective_bits(double full_scale) const;
};

// Least squares of amplitude, phase and offset at a known frequency (three-parameter fit); four samples at
// least.
[[nodiscard]] SineFit fit_sine(std::span<const double> samples, double cycles_per_sample);
// The frequency fitted as well, by Gauss-Newton steps from a guess within a tenth of a cycle over the record.
[[nodiscard]] SineFit fit_sine_and_frequency(std::span<const double> samples, double guess_cycles_per_sample);

// A frequency near `wanted` cycles a sample with a whole, odd number of cycles in a record of `samples`, a
// power of two: every sample then meets the sine at another phase.
[[nodiscard]] double coherent_frequency(double wanted, std::size_t samples);

} // namespace isinglass
