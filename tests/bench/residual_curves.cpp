#include "tests/bench/residual_curves.hpp"

#include <algorithm>
#include <cmath>

namespace isinglass {

std::optional<std::size_t> ResidualCurve::settles(double target) const {
    std::size_t n = residual.size();
    while (n > 0 && residual[n - 1] < target) --n; // false for NaN
    if (n == residual.size()) return {};
    return n;
}

std::optional<double> ResidualCurve::settles_rc(double target) const {
    const auto n = settles(target);
    if (!n) return {};
    if (*n == 0) return 0.0;
    const double above = std::log(residual[*n - 1]);
    const double below = std::log(residual[*n]);
    return step_rc * (static_cast<double>(*n) - (std::log(target) - below) / (above - below));
}

ResidualBench::ResidualBench(const BenchCase& bench, double beta)
    : bench_(bench),
      beta_(beta),
      energy_(make_energy_model("hopfield")),
      kernel_(energy_->kernel(bench.net)),
      no_noise_(0, Purpose::test),
      block_(bench.net),
      field_(LaneBlock::rows(), bench.net.state_columns) {}

// Clamps the samples from `first` on, as many as a block holds, in the reset state. Returns their number.
std::size_t ResidualBench::load(std::size_t first) {
    const std::size_t count = std::min<std::size_t>(block_lanes, bench_.inputs.size() - first);
    block_.lanes = count;
    block_.targets.fill(0.0F);
    for (std::size_t r = 0; r < count; ++r) {
        std::ranges::copy(bench_.inputs[first + r], block_.inputs.row(r).begin());
        block_.targets.row(r)[static_cast<std::size_t>(bench_.labels[first + r])] = 1.0F;
        std::ranges::fill(block_.state.row(r), 0.0F);
        energy_->reset(bench_.net, no_noise_, {}, block_.state.row(r));
    }
    block_.momentum.fill(0.0F);
    nudge_ = {};
    kernel_->clamp(bench_.values.data(), block_);
    return count;
}

void ResidualBench::find_equilibrium() {
    const auto sweeps = make_dynamics("dissipative-sweeps");
    const auto integrator = sweeps->integrator(bench_.net, no_noise_);
    integrator->begin({.nudge = {}, .step_rc = 1.0});
    for (int n = 0; n < 1000; ++n) integrator->step(bench_.values.data(), block_, *kernel_);
}

// Max-norm of projected gradient and momentum of a row; field_ holds the field at its state.
double ResidualBench::residual(std::size_t row) const {
    float largest = 0.0F;
    const auto s = block_.state.row(row);
    const auto p = block_.momentum.row(row);
    const auto c = block_.constant.row(row);
    const auto n = field_.row(row);
    for (std::size_t l = 0; l < bench_.net.layers.size(); ++l) {
        const auto& layer = bench_.net.layers[l];
        const auto leak = static_cast<float>(kernel_->leak(l, nudge_));
        for (std::size_t j = layer.offset; j < layer.offset + layer.size; ++j) {
            const float force = n[j] + c[j] - leak * s[j];
            const bool held = (s[j] <= layer.low && force < 0.0F) || (s[j] >= layer.high && force > 0.0F);
            largest = std::max({largest, held ? 0.0F : std::abs(force), std::abs(p[j])});
        }
    }
    return static_cast<double>(largest);
}

std::vector<ResidualCurve> ResidualBench::curves(const Dynamics& dynamics, double step_rc, Phase phase) {
    const auto integrator = dynamics.integrator(bench_.net, no_noise_);
    const auto longest = static_cast<std::size_t>(longest_rc / step_rc);
    constexpr double at_rest = 1e-2; // initial residual of a sample that the phase does not move
    std::vector<ResidualCurve> all;
    for (std::size_t first = 0; first < bench_.inputs.size(); first += block_lanes) {
        const std::size_t count = load(first);
        if (phase != Phase::free) find_equilibrium();
        nudge_.beta = phase == Phase::plus ? beta_ : phase == Phase::minus ? -beta_ : 0.0;
        integrator->begin({.nudge = nudge_, .step_rc = step_rc, .after_reset = phase == Phase::free});
        std::vector<ResidualCurve> curves(count, ResidualCurve{step_rc, {}});
        std::vector<double> start(count);
        double largest = 1.0;
        for (std::size_t n = 0; n <= longest && largest > floor; ++n) {
            if (n > 0) integrator->step(bench_.values.data(), block_, *kernel_);
            kernel_->field(bench_.values.data(), nudge_, block_, block_.state, all_layers, field_);
            largest = 0.0;
            for (std::size_t r = 0; r < count; ++r) {
                const double now = residual(r);
                if (n == 0) start[r] = now;
                if (start[r] < at_rest) continue;
                curves[r].residual.push_back(now / start[r]);
                largest = std::max(largest, now / start[r]);
            }
        }
        for (auto& curve : curves)
            if (!curve.residual.empty()) all.push_back(std::move(curve));
    }
    return all;
}

} // namespace isinglass
