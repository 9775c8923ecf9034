#include "tests/physics/pooled_case.hpp"

#include "tests/hw_models/coupling_fixtures.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace isinglass::rig {

namespace {

// 7×7 inputs, windows of 2×2, pools of 2×2 → one channel of 3×3 → windows of 2×2, one pool of 2×2 → 3
// channels of one node → dense to 2 outputs, and past those 3 a skip connection, dense, from the 9.
constexpr std::size_t side = 3, first = side * side, second = 3, outputs = 2;

std::shared_ptr<const Network> pooled_network() {
    const auto kind = test::coupling_kind("kind = 'convolution'\nwindow = [2, 2]\npool = 2");
    auto needs = make_hopfield()->needs();
    needs.input_grid = {1, 7, 7};
    return std::make_shared<const Network>(make_network(
        49,
        {{.name = "first", .size = first, .grid = {1, side, side}},
         {.name = "second", .size = second, .grid = {second, 1, 1}},
         {.name = "out", .size = outputs}},
        {{.kind = kind}, {.from = 0, .to = 1, .kind = kind}, {.from = 1, .to = 2}, {.from = 0, .to = 2}},
        needs));
}

// Which window each pooled node takes. θ: 4 window values, 1 bias; 3 × 4 window values, 3 biases; [3 × 2], 2
// biases; [9 × 2].
struct Winners {
    std::array<std::size_t, first + second> of{};

    template <class X>
    static double drive(const X& x, std::size_t columns, std::span<const double> w, std::size_t row,
                        std::size_t column) {
        double sum = 0.0;
        for (std::size_t k = 0; k < 4; ++k)
            sum += w[k] * static_cast<double>(x[(row + k / 2) * columns + column + k % 2]);
        return sum;
    }
    static double first_drive(std::span<const float> x, std::span<const double> theta, std::size_t node,
                              std::size_t k) {
        return drive(x, 7, theta, node / side * 2 + k / 2, node % side * 2 + k % 2);
    }
    static double second_drive(std::span<const double> s, std::span<const double> theta, std::size_t node,
                               std::size_t k) {
        return drive(s, side, theta.subspan(5 + 4 * node, 4), k / 2, k % 2);
    }

    // Those at a state, and by how much the closest of them wins.
    static Winners at(std::span<const float> x, std::span<const double> s, std::span<const double> theta,
                      double& margin) {
        Winners winners;
        margin = 1.0;
        for (std::size_t node = 0; node < first + second; ++node) {
            std::array<double, 4> drives{};
            for (std::size_t k = 0; k < 4; ++k)
                drives[k] =
                    node < first ? first_drive(x, theta, node, k) : second_drive(s, theta, node - first, k);
            winners.of[node] = static_cast<std::size_t>(std::ranges::max_element(drives) - drives.begin());
            std::ranges::sort(drives);
            margin = std::min(margin, drives[3] - drives[2]);
        }
        return winners;
    }
};

double energy(std::span<const double> s, std::span<const double> theta, std::span<const float> x,
              const Winners& winners) {
    double e = 0.0;
    for (const double state : s) e += 0.5 * state * state;
    for (std::size_t i = 0; i < first; ++i)
        e -= s[i] * (Winners::first_drive(x, theta, i, winners.of[i]) + theta[4]);
    for (std::size_t j = 0; j < second; ++j)
        e -= s[first + j] * (Winners::second_drive(s, theta, j, winners.of[first + j]) + theta[17 + j]);
    for (std::size_t k = 0; k < outputs; ++k) {
        double sum = theta[26 + k];
        for (std::size_t j = 0; j < second; ++j) sum += theta[20 + j * outputs + k] * s[first + j];
        for (std::size_t i = 0; i < first; ++i) sum += theta[28 + i * outputs + k] * s[i];
        e -= s[first + second + k] * sum;
    }
    return e;
}

} // namespace

PooledCase pooled_case() {
    PooledCase c{.net = pooled_network(),
                 .values = {},
                 .sample = {.inputs = random_levels(49, 8), .targets = {0.9F, 0.2F}}};
    c.values = random_values(*c.net, 0.4, 0.05, 11);
    for (const auto& block : c.net->blocks)
        if (block.link < 0)
            for (std::size_t i = 0; i < block.count(); ++i)
                c.values[block.first + i] += 0.4F; // off the bounds
    return c;
}

PooledRest exact_side(const PooledCase& c, std::span<const double> free) {
    constexpr std::size_t spins = first + second + outputs;
    const std::vector<double> theta(c.values.begin(), c.values.end());
    PooledRest rest;
    const auto winners = Winners::at(c.sample.inputs, free, theta, rest.margin);
    const Oracle oracle{
        .energy = [&](auto s, auto t) { return energy(s, t, c.sample.inputs, winners); },
        .cost =
            [&](auto s) {
                double cost = 0.0;
                for (std::size_t j = 0; j < outputs; ++j)
                    cost +=
                        0.5 * std::pow(s[first + second + j] - static_cast<double>(c.sample.targets[j]), 2);
                return cost;
            },
        .low = std::vector<double>(spins, 0.0),
        .high = std::vector<double>(spins, 1.0)};
    rest.states = minimum(oracle, theta, {free.begin(), free.end()});
    rest.same_winners = Winners::at(c.sample.inputs, rest.states, theta, rest.margin).of == winners.of;
    rest.gradient = exact_gradient(oracle, theta, rest.states);
    return rest;
}

} // namespace isinglass::rig
