#include "tests/physics/readout_case.hpp"

#include "tests/hw_models/coupling_fixtures.hpp"

#include <array>
#include <cmath>

namespace isinglass::rig {

namespace {

// 5×5 inputs, windows of 3×3 with a padding of 1 at a stride of 2 → 2 channels of 3×3 → windows of 2×2 → 3
// channels of 2×2, the outputs, read by a softmax of 4 classes.
constexpr std::size_t first_channels = 2, first_side = 3, second_channels = 3, second_side = 2, classes = 4;
constexpr std::size_t first = first_channels * first_side * first_side;
constexpr std::size_t outputs = second_channels * second_side * second_side;
constexpr std::size_t first_bias = first_channels * 9, second_weights = first_bias + first_channels;
constexpr std::size_t second_bias = second_weights + second_channels * first_channels * 4;

std::shared_ptr<const Network> network() {
    auto needs = make_hopfield()->needs();
    needs.input_grid = {1, 5, 5};
    return std::make_shared<const Network>(make_network(
        25,
        {{.name = "first", .size = first, .grid = {first_channels, first_side, first_side}},
         {.name = "second", .size = outputs, .grid = {second_channels, second_side, second_side}}},
        {{.kind = test::coupling_kind("kind = 'convolution'\npadding = 1\nstride = 2")},
         {.from = 0, .to = 1, .kind = test::coupling_kind("kind = 'convolution'\nwindow = [2, 2]")}},
        needs));
}

double energy(std::span<const double> s, std::span<const double> theta, std::span<const float> x) {
    double e = 0.0;
    for (const double state : s) e += 0.5 * state * state;
    for (int c = 0; c < 2; ++c)
        for (int y = 0; y < 3; ++y)
            for (int z = 0; z < 3; ++z) {
                double sum = theta[first_bias + static_cast<std::size_t>(c)];
                for (int ky = 0; ky < 3; ++ky)
                    for (int kx = 0; kx < 3; ++kx) {
                        const int row = 2 * y + ky - 1, column = 2 * z + kx - 1;
                        if (row < 0 || row > 4 || column < 0 || column > 4) continue;
                        sum += theta[static_cast<std::size_t>((c * 3 + ky) * 3 + kx)] *
                               static_cast<double>(x[static_cast<std::size_t>(row * 5 + column)]);
                    }
                e -= s[static_cast<std::size_t>((c * 3 + y) * 3 + z)] * sum;
            }
    for (int o = 0; o < 3; ++o)
        for (int y = 0; y < 2; ++y)
            for (int z = 0; z < 2; ++z) {
                double sum = theta[second_bias + static_cast<std::size_t>(o)];
                for (int c = 0; c < 2; ++c)
                    for (int k = 0; k < 4; ++k)
                        sum += theta[second_weights + static_cast<std::size_t>((o * 2 + c) * 4 + k)] *
                               s[static_cast<std::size_t>((c * 3 + y + k / 2) * 3 + z + k % 2)];
                e -= s[first + static_cast<std::size_t>((o * 2 + y) * 2 + z)] * sum;
            }
    return e;
}

constexpr std::size_t label = 2;

// V [classes × outputs], of no particular values.
double weight(std::size_t k, std::size_t j) {
    return std::sin(1.0 + 2.3 * static_cast<double>(k) + 0.7 * static_cast<double>(j));
}

// softmax(V o).
std::array<double, classes> probabilities(std::span<const double> o) {
    std::array<double, classes> p{};
    double sum = 0.0;
    for (std::size_t k = 0; k < classes; ++k) {
        for (std::size_t j = 0; j < outputs; ++j) p[k] += weight(k, j) * o[j];
        sum += p[k] = std::exp(p[k]);
    }
    for (auto& x : p) x /= sum;
    return p;
}

// Vᵀ(y − p).
std::vector<double> force(std::span<const double> o) {
    const auto p = probabilities(o);
    std::vector<double> f(outputs, 0.0);
    for (std::size_t j = 0; j < outputs; ++j)
        for (std::size_t k = 0; k < classes; ++k) f[j] += ((k == label ? 1.0 : 0.0) - p[k]) * weight(k, j);
    return f;
}

} // namespace

ReadoutCase readout_case() {
    constexpr std::size_t spins = first + outputs;
    ReadoutCase c{.net = network(),
                  .values = {},
                  .sample = {.inputs = random_levels(25, 8), .targets = std::vector<float>(outputs, 0.0F)},
                  .oracle = {.energy = {},
                             .cost = [](auto s) { return -std::log(probabilities(s.subspan(first))[label]); },
                             .low = std::vector<double>(spins, 0.0),
                             .high = std::vector<double>(spins, 1.0)}};
    c.oracle.energy = [inputs = c.sample.inputs](auto s, auto t) { return energy(s, t, inputs); };
    c.values = random_values(*c.net, 0.4, 0.05, 11);
    for (const auto& block : c.net->blocks)
        if (block.link < 0)
            for (std::size_t i = 0; i < block.count(); ++i)
                c.values[block.first + i] += 0.4F; // off the bounds
    return c;
}

Sample nudged(const ReadoutCase& c, std::span<const double> free) {
    auto sample = c.sample;
    const auto f = force(free.subspan(first));
    for (std::size_t j = 0; j < outputs; ++j) sample.targets[j] = static_cast<float>(free[first + j] + f[j]);
    return sample;
}

} // namespace isinglass::rig
