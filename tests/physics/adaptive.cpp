#include "tests/physics/adaptive.hpp"

#include <boost/numeric/odeint/integrate/integrate_adaptive.hpp>
#include <boost/numeric/odeint/stepper/controlled_runge_kutta.hpp>
#include <boost/numeric/odeint/stepper/generation.hpp>
#include <boost/numeric/odeint/stepper/runge_kutta_dopri5.hpp>

#include <algorithm>
#include <cmath>

namespace isinglass::reference {

Adaptive::Adaptive(const Problem& problem, std::optional<Pair> pair)
    : problem_(problem),
      pair_(pair),
      x_(problem.spins() * (pair ? 2 : 1)),
      clamped_(problem.spins()),
      gradient_(problem.spins()),
      held_(problem.spins()) {}

void Adaptive::begin(bool after_reset) {
    ramping_ = after_reset;
    time_ = 0.0;
}

void Adaptive::restore(std::span<const double> s) {
    std::ranges::fill(x_, 0.0);
    std::ranges::copy(s, x_.begin());
}

double Adaptive::detuning(double time_rc) const {
    if (!pair_ || !ramping_ || time_rc >= pair_->pump_ramp) return 0.0;
    return pair_->stiffness * (1.0 - pair_->pump_start) * (1.0 - time_rc / pair_->pump_ramp);
}

void Adaptive::rates(const std::vector<double>& x, std::vector<double>& dxdt, double time_rc) {
    const std::size_t n = problem_.spins();
    for (std::size_t i = 0; i < n; ++i) clamped_[i] = std::clamp(x[i], problem_.low()[i], problem_.high()[i]);
    problem_.gradient(clamped_, gradient_);
    const double extra = detuning(time_rc);
    for (std::size_t i = 0; i < n; ++i) {
        if (!pair_) {
            dxdt[i] = held_[i] ? 0.0 : -gradient_[i];
        } else {
            dxdt[i] = held_[i] ? 0.0 : pair_->stiffness * x[n + i];
            dxdt[n + i] = held_[i] ? 0.0 : -gradient_[i] - extra * clamped_[i] - pair_->friction * x[n + i];
        }
    }
}

void Adaptive::hold_at_walls() {
    const std::size_t n = problem_.spins();
    problem_.gradient(state(), gradient_);
    const double extra = detuning(time_);
    for (std::size_t i = 0; i < n; ++i) {
        const double force = -gradient_[i] - extra * x_[i];
        const bool still = !pair_ || x_[n + i] == 0.0;
        held_[i] = still && ((x_[i] <= problem_.low()[i] && force <= 0.0) ||
                             (x_[i] >= problem_.high()[i] && force >= 0.0));
    }
}

void Adaptive::put_back() {
    const std::size_t n = problem_.spins();
    for (std::size_t i = 0; i < n; ++i) {
        const double inside = std::clamp(x_[i], problem_.low()[i], problem_.high()[i]);
        if (inside != x_[i] && pair_) x_[n + i] = 0.0;
        x_[i] = inside;
    }
}

void Adaptive::advance_to(double time_rc) {
    namespace odeint = boost::numeric::odeint;
    const auto stepper = odeint::make_controlled<odeint::runge_kutta_dopri5<std::vector<double>>>(1e-9, 1e-9);
    const double start = time_;
    const double intervals = std::ceil((time_rc - start) / interval_rc - 1e-9);
    for (double k = 1.0; k <= intervals; k += 1.0) {
        const double until = start + (time_rc - start) * k / intervals;
        hold_at_walls();
        odeint::integrate_adaptive(
            stepper,
            [this](const std::vector<double>& x, std::vector<double>& dxdt, double t) { rates(x, dxdt, t); },
            x_, time_, until, until - time_);
        put_back();
        time_ = until;
    }
}

} // namespace isinglass::reference
