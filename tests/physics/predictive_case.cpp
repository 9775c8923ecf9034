#include "tests/physics/predictive_case.hpp"

#include "tests/hw_models/coupling_fixtures.hpp"

#include <algorithm>
#include <cmath>

namespace isinglass::rig {

namespace {

// 2 channels of 6×6 → windows of 3×3 with padding, pools → 3 channels of 3×3 → windows of 2×2 → 2 channels of
// 2×2 → dense to 5 → dense to 2 linear outputs, which the 3 channels reach directly, too.
std::shared_ptr<const Network> predictive_network() {
    const auto relu = [](const char* name, Grid grid) {
        return SpinLayer{.name = name, .size = grid.nodes(), .low = 0.0F, .high = 8.0F, .grid = grid};
    };
    auto needs = make_predictive()->needs();
    needs.input_grid = {2, 6, 6};
    return std::make_shared<const Network>(make_network(
        72,
        {relu("first", {3, 3, 3}),
         relu("second", {2, 2, 2}),
         relu("third", {1, 1, 5}),
         {.name = "out", .size = 2, .low = -8.0F, .high = 8.0F}},
        {{.kind = test::coupling_kind("kind = 'convolution'\npadding = 1\npool = 2")},
         {.from = 0, .to = 1, .kind = test::coupling_kind("kind = 'convolution'\nwindow = [2, 2]")},
         {.from = 1, .to = 2},
         {.from = 2, .to = 3},
         {.from = 0, .to = 3}},
        needs));
}

// The states by the definition, layer after layer; θ in the order of the description.
std::vector<double> forward_pass(std::span<const float> x, std::span<const double> theta) {
    std::size_t at = 0;
    std::vector<double> first(27, 0.0);
    const auto relu = [](double a) { return std::max(0.0, a); };
    for (int o = 0; o < 3; ++o)
        for (int y = 0; y < 3; ++y)
            for (int x0 = 0; x0 < 3; ++x0) {
                double best = -1e9;
                for (int k = 0; k < 4; ++k) {
                    double sum = 0.0;
                    for (int i = 0; i < 2; ++i)
                        for (int ky = 0; ky < 3; ++ky)
                            for (int kx = 0; kx < 3; ++kx) {
                                const int row = 2 * y + k / 2 + ky - 1;
                                const int column = 2 * x0 + k % 2 + kx - 1;
                                if (row < 0 || row > 5 || column < 0 || column > 5) continue;
                                sum += theta[static_cast<std::size_t>(((o * 2 + i) * 3 + ky) * 3 + kx)] *
                                       static_cast<double>(
                                           x[static_cast<std::size_t>((i * 6 + row) * 6 + column)]);
                            }
                    best = std::max(best, sum);
                }
                first[static_cast<std::size_t>((o * 3 + y) * 3 + x0)] =
                    relu(best + theta[static_cast<std::size_t>(54 + o)]);
            }
    at = 57;
    std::vector<double> second(8, 0.0);
    for (std::size_t o = 0; o < 2; ++o)
        for (std::size_t p = 0; p < 4; ++p) {
            double sum = theta[at + 24 + o];
            for (std::size_t i = 0; i < 3; ++i)
                for (std::size_t k = 0; k < 4; ++k)
                    sum +=
                        theta[at + (o * 3 + i) * 4 + k] * first[(i * 3 + p / 2 + k / 2) * 3 + p % 2 + k % 2];
            second[o * 4 + p] = relu(sum);
        }
    at += 26;
    const auto dense = [&](const std::vector<double>& from, std::size_t to) {
        std::vector<double> sums(to, 0.0);
        for (std::size_t i = 0; i < from.size(); ++i)
            for (std::size_t j = 0; j < to; ++j) sums[j] += theta[at++] * from[i];
        return sums;
    };
    auto third = dense(second, 5);
    for (auto& s : third) s = relu(s + theta[at++]);
    auto out = dense(third, 2);
    for (auto& s : out) s += theta[at++];
    const auto skip = dense(first, 2);
    for (std::size_t j = 0; j < 2; ++j) out[j] += skip[j];
    std::vector<double> all(first);
    for (const auto& layer : {second, third, out}) all.insert(all.end(), layer.begin(), layer.end());
    return all;
}

double cost_of(const Sample& sample, std::span<const double> theta) {
    const auto s = forward_pass(sample.inputs, theta);
    double sum = 0.0;
    for (std::size_t j = 0; j < 2; ++j)
        sum += 0.5 * std::pow(s[s.size() - 2 + j] - static_cast<double>(sample.targets[j]), 2);
    return sum;
}

} // namespace

PredictiveCase predictive_case() {
    PredictiveCase c{.net = predictive_network(),
                     .values = {},
                     .sample = {.inputs = random_levels(72, 6), .targets = {1.0F, 0.0F}}};
    c.values = random_values(*c.net, 1.2, 0.2, 5);
    return c;
}

std::vector<double> PredictiveCase::states() const {
    return forward_pass(sample.inputs, std::vector<double>(values.begin(), values.end()));
}

Gradient PredictiveCase::exact() const {
    std::vector<double> theta(values.begin(), values.end());
    Gradient g;
    for (double& parameter : theta) {
        const double middle = parameter;
        parameter = middle + 1e-6;
        const double above = cost_of(sample, theta);
        parameter = middle - 1e-6;
        g.push_back((above - cost_of(sample, theta)) / 2e-6);
        parameter = middle;
    }
    return g;
}

} // namespace isinglass::rig
