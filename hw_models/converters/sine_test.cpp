#include "hw_models/converters/sine_test.hpp"

#include <Eigen/Dense>
#include <cmath>
#include <numbers>

namespace isinglass {

namespace {

constexpr double two_pi = 2.0 * std::numbers::pi;

double angle(double cycles_per_sample, std::size_t n) {
    const double cycles = cycles_per_sample * static_cast<double>(n);
    return two_pi * (cycles - std::floor(cycles));
}

// Columns cos, sin, 1 and, where `slope` has the amplitudes of a fit, the derivative by frequency.
Eigen::VectorXd solve(std::span<const double> samples, double cycles_per_sample,
                      const Eigen::VectorXd* slope) {
    const Eigen::Index unknowns = slope != nullptr ? 4 : 3;
    Eigen::MatrixXd normal = Eigen::MatrixXd::Zero(unknowns, unknowns);
    Eigen::VectorXd right = Eigen::VectorXd::Zero(unknowns);
    Eigen::VectorXd row(unknowns);
    const auto size = static_cast<double>(samples.size());
    for (std::size_t n = 0; n < samples.size(); ++n) {
        const double a = angle(cycles_per_sample, n);
        row(0) = std::cos(a);
        row(1) = std::sin(a);
        row(2) = 1.0;
        if (slope != nullptr)
            row(3) = (static_cast<double>(n) / size) * (-(*slope)(0) * row(1) + (*slope)(1) * row(0));
        normal += row * row.transpose();
        right += samples[n] * row;
    }
    return normal.ldlt().solve(right);
}

double residual(std::span<const double> samples, double cycles_per_sample, const Eigen::VectorXd& x) {
    double sum = 0.0;
    for (std::size_t n = 0; n < samples.size(); ++n) {
        const double a = angle(cycles_per_sample, n);
        const double e = samples[n] - x(0) * std::cos(a) - x(1) * std::sin(a) - x(2);
        sum += e * e;
    }
    return std::sqrt(sum / static_cast<double>(samples.size()));
}

} // namespace

double SineFit::sndr_db() const {
    return 20.0 * std::log10(amplitude / std::numbers::sqrt2 / residual_rms);
}

double SineFit::effective_bits(double full_scale) const {
    return std::log2(full_scale / (residual_rms * std::sqrt(12.0)));
}

SineFit fit_sine(std::span<const double> samples, double cycles_per_sample) {
    const auto x = solve(samples, cycles_per_sample, nullptr);
    return {.amplitude = std::hypot(x(0), x(1)),
            .phase_rad = std::atan2(-x(1), x(0)),
            .offset = x(2),
            .cycles_per_sample = cycles_per_sample,
            .residual_rms = residual(samples, cycles_per_sample, x)};
}

SineFit fit_sine_and_frequency(std::span<const double> samples, double guess_cycles_per_sample) {
    double frequency = guess_cycles_per_sample;
    Eigen::VectorXd x = solve(samples, frequency, nullptr);
    for (int i = 0; i < 10; ++i) {
        x = solve(samples, frequency, &x);
        frequency += x(3) / (two_pi * static_cast<double>(samples.size()));
    }
    return fit_sine(samples, frequency);
}

double coherent_frequency(double wanted, std::size_t samples) {
    const auto size = static_cast<double>(samples);
    const double half = std::floor(wanted * size / 2.0);
    return (2.0 * half + 1.0) / size;
}

} // namespace isinglass
