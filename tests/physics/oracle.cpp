#include "tests/physics/oracle.hpp"

#include "host/learning/gradient.hpp"

#include <Eigen/Dense>
#include <cmath>
#include <stdexcept>

namespace isinglass::rig {

namespace {

using Vector = Oracle::Vector;

// Eighth-order central differences: with a step of 0.02 their error is far below the tolerance for energies
// whose derivatives are of order one.
constexpr double step = 0.02;
constexpr double weights[] = {4.0 / 5.0, -1.0 / 5.0, 4.0 / 105.0, -1.0 / 280.0};

template <class F>
double slope(F f) {
    double sum = 0.0;
    for (int k = 1; k <= 4; ++k) sum += weights[k - 1] * (f(k * step) - f(-k * step));
    return sum / step;
}

struct Landscape {
    const Oracle& oracle;
    std::span<const double> theta;
    double beta;

    [[nodiscard]] double value(std::span<const double> s) const {
        return oracle.energy(s, theta) + (beta == 0.0 ? 0.0 : beta * oracle.cost(s));
    }
    [[nodiscard]] double slope_along(Vector s, std::size_t i) const {
        const double middle = s[i];
        return slope([&](double d) {
            s[i] = middle + d;
            return value(s);
        });
    }
    [[nodiscard]] Eigen::VectorXd gradient(const Vector& s) const {
        Eigen::VectorXd g(s.size());
        for (std::size_t i = 0; i < s.size(); ++i) g[static_cast<long>(i)] = slope_along(s, i);
        return g;
    }
    [[nodiscard]] Eigen::MatrixXd hessian(Vector s) const {
        Eigen::MatrixXd h(s.size(), s.size());
        for (std::size_t i = 0; i < s.size(); ++i) {
            const double middle = s[i];
            for (std::size_t j = 0; j < s.size(); ++j)
                h(static_cast<long>(i), static_cast<long>(j)) = slope([&](double d) {
                    s[i] = middle + d;
                    const double value = slope_along(s, j);
                    s[i] = middle;
                    return value;
                });
        }
        return h;
    }
};

bool held(const Oracle& o, const Vector& s, std::size_t i, double gradient) {
    return (s[i] <= o.low[i] && gradient > 0.0) || (s[i] >= o.high[i] && gradient < 0.0);
}

} // namespace

Vector minimum(const Oracle& oracle, std::span<const double> theta, Vector s, double beta) {
    const Landscape f{oracle, theta, beta};
    for (std::size_t i = 0; i < s.size(); ++i) s[i] = std::clamp(s[i], oracle.low[i], oracle.high[i]);
    double left = 0.0;
    for (int iteration = 0; iteration < 40; ++iteration) {
        Eigen::VectorXd g = f.gradient(s);
        Eigen::MatrixXd h = f.hessian(s);
        for (std::size_t k = 0; k < s.size(); ++k) {
            if (!held(oracle, s, k, g[static_cast<long>(k)])) continue;
            const auto i = static_cast<long>(k);
            g[i] = 0.0;
            h.row(i).setZero();
            h.col(i).setZero();
            h(i, i) = 1.0;
        }
        left = g.cwiseAbs().maxCoeff();
        if (left < 1e-11) return s;
        const Eigen::VectorXd move = h.ldlt().solve(g);
        for (std::size_t i = 0; i < s.size(); ++i)
            s[i] = std::clamp(s[i] - move[static_cast<long>(i)], oracle.low[i], oracle.high[i]);
    }
    if (left > 1e-9) throw std::runtime_error("the oracle finds no equilibrium");
    return s;
}

Gradient exact_gradient(const Oracle& oracle, std::span<const double> theta, const Vector& start) {
    const Vector rest = minimum(oracle, theta, start);
    Vector moved(theta.begin(), theta.end());
    Gradient g;
    constexpr double small = 1e-4;
    for (double& parameter : moved) {
        const double middle = parameter;
        auto cost_at = [&](double d) {
            parameter = middle + d;
            return oracle.cost(minimum(oracle, moved, rest));
        };
        g.push_back((cost_at(small) - cost_at(-small)) / (2.0 * small));
        parameter = middle;
    }
    return g;
}

namespace {

void fill_row(const Network& net, const std::vector<double>& spins, std::span<float> row) {
    std::size_t at = 0;
    for (const auto& layer : net.layers)
        for (std::size_t i = 0; i < layer.size; ++i) row[layer.offset + i] = static_cast<float>(spins[at++]);
}

} // namespace

EpResult ep_on_machine(const ChipModel& model, std::span<const float> values, const Sample& sample,
                       const EpSetting& setting) {
    const auto& net = *model.network;
    EpResult result{.gradient = {},
                    .run = (setting.frozen ? run_ep_frozen : run_ep)(model, values, sample, setting.times)};
    const bool centred = setting.estimator == Estimator::centred;
    BatchReadout readout(1, net);
    std::ranges::copy(sample.inputs, readout.inputs.row(0).begin());
    fill_row(net, result.run.plus, readout.first.row(0));
    fill_row(net, centred ? result.run.minus : result.run.free, readout.second.row(0));
    readout.scale[0] = static_cast<float>(1.0 / (setting.times.beta * (centred ? 2.0 : 1.0)));
    std::vector<float> gradient(net.parameters);
    WorkerPool pool(1);
    EpGradient(net, *model.energy).compute(readout, values, gradient, pool);
    result.gradient.assign(gradient.begin(), gradient.end());
    return result;
}

} // namespace isinglass::rig
