#include "tests/physics/reference.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace isinglass::reference {

namespace {

constexpr double tolerance = 1e-13;
constexpr int longest = 2'000'000; // steps

} // namespace

std::size_t Net::spins() const {
    return std::accumulate(sizes.begin() + 1, sizes.end(), std::size_t{0});
}

Problem::Problem(const Net& net, std::span<const double> inputs) : net_(net) {
    for (std::size_t l = 1; l < net.sizes.size(); ++l) {
        low_.insert(low_.end(), net.sizes[l], net.low[l - 1]);
        high_.insert(high_.end(), net.sizes[l], net.high[l - 1]);
    }
    force_.assign(net.outputs(), 0.0);
    set_inputs(inputs);
}

void Problem::set_inputs(std::span<const double> inputs) {
    constant_.clear();
    for (const auto& b : net_.biases) constant_.insert(constant_.end(), b.begin(), b.end());
    const std::size_t first = net_.sizes[1];
    for (std::size_t i = 0; i < inputs.size(); ++i)
        for (std::size_t j = 0; j < first; ++j) constant_[j] += inputs[i] * net_.weights[0][i * first + j];
}

void Problem::nudge(double beta, std::span<const double> target) {
    beta_ = beta;
    for (std::size_t j = 0; j < force_.size(); ++j) force_[j] = beta * target[j];
}

void Problem::inject(std::span<const double> current) {
    beta_ = 0.0;
    force_.assign(current.begin(), current.end());
}

double Problem::energy(std::span<const double> s) const {
    double e = 0.0;
    for (std::size_t i = 0; i < s.size(); ++i) e += 0.5 * s[i] * s[i] - constant_[i] * s[i];
    std::size_t from = 0;
    for (std::size_t l = 1; l < net_.weights.size(); ++l) {
        const std::size_t to = from + net_.sizes[l];
        const std::size_t columns = net_.sizes[l + 1];
        for (std::size_t i = 0; i < net_.sizes[l]; ++i)
            for (std::size_t j = 0; j < columns; ++j)
                e -= s[from + i] * net_.weights[l][i * columns + j] * s[to + j];
        from = to;
    }
    return e;
}

double Problem::cost(std::span<const double> s, std::span<const double> target) const {
    double c = 0.0;
    const std::size_t first = s.size() - target.size();
    for (std::size_t j = 0; j < target.size(); ++j) c += 0.5 * std::pow(s[first + j] - target[j], 2);
    return c;
}

double Problem::leak(std::size_t spin) const {
    return spin + force_.size() < low_.size() ? 1.0 : 1.0 + beta_;
}

void Problem::gradient(std::span<const double> s, std::span<double> out) const {
    for (std::size_t i = 0; i < s.size(); ++i) out[i] = leak(i) * s[i] - constant_[i];
    for (std::size_t j = 0, first = s.size() - force_.size(); j < force_.size(); ++j)
        out[first + j] -= force_[j];
    std::size_t from = 0;
    for (std::size_t l = 1; l < net_.weights.size(); ++l) {
        const std::size_t to = from + net_.sizes[l];
        const std::size_t columns = net_.sizes[l + 1];
        for (std::size_t i = 0; i < net_.sizes[l]; ++i) {
            const double* w = net_.weights[l].data() + i * columns;
            double sum = 0.0;
            for (std::size_t j = 0; j < columns; ++j) {
                sum += w[j] * s[to + j];
                out[to + j] -= w[j] * s[from + i];
            }
            out[from + i] -= sum;
        }
        from = to;
    }
}

std::vector<double> Problem::projected_gradient(std::span<const double> s) const {
    std::vector<double> g(s.size());
    gradient(s, g);
    for (std::size_t i = 0; i < s.size(); ++i)
        if ((s[i] <= low_[i] && g[i] > 0.0) || (s[i] >= high_[i] && g[i] < 0.0)) g[i] = 0.0;
    return g;
}

double Problem::kink_margin(std::span<const double> s) const {
    std::vector<double> g(s.size());
    gradient(s, g);
    double margin = std::abs(high_[0] - low_[0]);
    for (std::size_t i = 0; i < s.size(); ++i) {
        const bool at_bound = s[i] <= low_[i] || s[i] >= high_[i];
        margin = std::min(margin, at_bound ? std::abs(g[i]) : std::min(s[i] - low_[i], high_[i] - s[i]));
    }
    return margin;
}

double max_norm(std::span<const double> v) {
    double largest = 0.0;
    for (const double x : v) largest = std::max(largest, std::abs(x));
    return largest;
}

std::vector<double> equilibrium(const Problem& problem, std::vector<double> start) {
    constexpr double step = 0.2;
    auto& s = start;
    std::vector<double> g(s.size());
    for (int n = 0; n < longest; ++n) {
        if (n % 50 == 0 && max_norm(problem.projected_gradient(s)) < tolerance) return s;
        problem.gradient(s, g);
        for (std::size_t i = 0; i < s.size(); ++i)
            s[i] = std::clamp(s[i] - step * g[i], problem.low()[i], problem.high()[i]);
    }
    throw std::runtime_error("the reference did not reach an equilibrium");
}

std::vector<double> conjugate_equilibrium(const Problem& problem, std::vector<double> start, double stiffness,
                                          double friction) {
    const double step = std::min(0.1, 0.2 / friction);
    auto& s = start;
    std::vector<double> g(s.size());
    std::vector<double> p(s.size(), 0.0);
    for (int n = 0; n < longest; ++n) {
        if (n % 50 == 0 && max_norm(p) < tolerance && max_norm(problem.projected_gradient(s)) < tolerance)
            return s;
        problem.gradient(s, g);
        for (std::size_t i = 0; i < s.size(); ++i) {
            p[i] -= step * (g[i] + friction * p[i]);
            const double moved = s[i] + step * stiffness * p[i];
            s[i] = std::clamp(moved, problem.low()[i], problem.high()[i]);
            if (s[i] != moved) p[i] = 0.0;
        }
    }
    throw std::runtime_error("the reference did not come to rest");
}

} // namespace isinglass::reference
