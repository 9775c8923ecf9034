// Transients by Boost.odeint's adaptive Runge-Kutta integrator: what the machine's own integrators are
// measured by.
#pragma once

#include "tests/physics/reference.hpp"

#include <optional>

namespace isinglass::reference {

// The conjugate dynamics' numbers, in RC.
struct Pair {
    double stiffness = 1.0;
    double friction = 2.0;
    double pump_start = 1.0; // a fraction of stiffness
    double pump_ramp = 5.0;
};

// ds/dt = −∂F/∂s, or with a Pair ds/dt = a₀p, dp/dt = −∂F/∂s − γp − (a₀ − a(t))s, within the bounds.
//
// Walls make the right side jump, which no step control likes. So time advances in intervals of at most
// RC/500 over which the set of spins held at a wall is constant, each to a tolerance of 1e-9; a spin that has
// left its bounds after an interval is put back and stopped.
class Adaptive {
  public:
    static constexpr double interval_rc = 1.0 / 500.0;

    explicit Adaptive(const Problem& problem, std::optional<Pair> pair = {});

    // Starts a phase at time 0. The pump ramps only in a phase `after_reset`.
    void begin(bool after_reset);
    // Moves on to `time_rc` since begin().
    void advance_to(double time_rc);
    // Puts the spins to `s`, at rest.
    void restore(std::span<const double> s);

    [[nodiscard]] std::span<const double> state() const { return std::span(x_).first(problem_.spins()); }
    // Empty where there is no conjugate variable.
    [[nodiscard]] std::span<const double> momentum() const { return std::span(x_).subspan(problem_.spins()); }

  private:
    void rates(const std::vector<double>& x, std::vector<double>& dxdt, double time_rc);
    [[nodiscard]] double detuning(double time_rc) const;
    void hold_at_walls();
    void put_back();

    const Problem& problem_;
    std::optional<Pair> pair_;
    std::vector<double> x_;       // s, then p
    std::vector<double> clamped_; // s within the bounds, as the couplings see it
    std::vector<double> gradient_;
    std::vector<bool> held_;
    bool ramping_ = false;
    double time_ = 0.0;
};

} // namespace isinglass::reference
