#include "hw_models/array/conjugate_pair.hpp"

#include <unsupported/Eigen/MatrixFunctions>

namespace isinglass {

void ConjugateParameters::fields(Fields& f) {
    f.number({"stiffness", "a0: rate at which the conjugate variable moves the spin, in 1/RC"}, stiffness,
             {0.01, 100.0});
    f.number({"friction", "gamma: damping of the conjugate variable, in 1/RC; 2·sqrt(stiffness) is critical"},
             friction, {0.0, 1000.0});
    f.number(
        {"pump_start", "pump a(t) at the start of a free phase, as a fraction of stiffness; 1 means no ramp"},
        pump_start, {-10.0, 1.0});
    f.number({"pump_ramp", "length of the pump's linear ramp up to stiffness, in RC"}, pump_ramp_rc,
             {0.01, 1000.0});
}

double ConjugateParameters::detuning(double t_rc) const {
    return stiffness * (1.0 - pump_start) * std::max(0.0, 1.0 - t_rc / pump_ramp_rc);
}

namespace {

// exp of the system augmented by 1, t/h and (t/h)²: its last columns are the integrals that closed forms
// would give, without their special case at critical damping.
Eigen::Matrix<double, 5, 5> flow(const ConjugateParameters& k, double pull, double h) {
    Eigen::Matrix<double, 5, 5> system = Eigen::Matrix<double, 5, 5>::Zero();
    system(0, 1) = k.stiffness * h;
    system(1, 0) = -pull * h;
    system(1, 1) = -k.friction * h;
    system(1, 2) = h;
    system(2, 3) = 1.0;
    system(3, 4) = 2.0;
    return system.exp();
}

} // namespace

PairStep pair_step(const ConjugateParameters& k, double pull, double h) {
    const Eigen::Matrix<float, 5, 5> e = flow(k, pull, h).cast<float>();
    return {e(0, 0), e(0, 1), e(1, 0), e(1, 1), e(0, 2), e(1, 2), e(0, 3), e(1, 3), e(0, 4), e(1, 4)};
}

// Fluctuation and dissipation: Q = Σ − MΣMᵀ for the stationary covariance Σ and a step's decay M, and its
// Cholesky factor.
PairKicks pair_kicks(const ConjugateParameters& k, double pull, double h, double temperature) {
    const Eigen::Matrix2d decay = flow(k, pull, h).topLeftCorner<2, 2>();
    const Eigen::Vector2d rest(temperature / pull, temperature / k.stiffness);
    Eigen::Matrix2d q = -decay * rest.asDiagonal() * decay.transpose();
    q.diagonal() += rest;
    const double pp = std::sqrt(std::max(q(1, 1), 0.0));
    const double sp = pp > 0.0 ? q(0, 1) / pp : 0.0;
    const double ss = std::sqrt(std::max(q(0, 0) - sp * sp, 0.0));
    return {static_cast<float>(pp), static_cast<float>(sp), static_cast<float>(ss)};
}

// The step is the recursion s″ = (1 + keep − mp) s′ − keep s + move·kick: its stationary variance, solved for
// the kick.
double euler_kick(const ConjugateParameters& k, double pull, double h, double temperature) {
    const double keep = 1.0 - h * k.friction;
    const double move = h * k.stiffness;
    const double mp = move * h * pull;
    const double variance =
        temperature / pull * (1.0 - keep) * mp * (2.0 * (1.0 + keep) - mp) / (move * move * (1.0 + keep));
    return std::sqrt(std::max(variance, 0.0));
}

} // namespace isinglass
