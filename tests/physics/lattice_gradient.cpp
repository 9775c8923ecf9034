// EP through couplings that are few: windows on the inputs and a lattice within the hidden layer, against an
// energy written from the geometry alone.
#include "tests/hw_models/coupling_fixtures.hpp"
#include "tests/physics/oracle.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::rig;

namespace {

constexpr std::size_t side = 3, hidden = side * side, outputs = 2;

// E of 4×4 inputs with windows of 2×2 on 3×3 nodes, those a king's lattice, dense to 2 outputs. θ is read in
// the order of the description: windows by row, place in the window, column; biases; the lattice by offset.
double energy(std::span<const double> s, std::span<const double> theta, std::span<const float> x) {
    std::size_t at = 0;
    double e = 0.0;
    for (const double state : s) e += 0.5 * state * state;
    const auto node = [&](std::size_t row, std::size_t column) { return s[row * side + column]; };
    for (std::size_t row = 0; row < side; ++row)
        for (std::size_t place = 0; place < 4; ++place)
            for (std::size_t column = 0; column < side; ++column)
                e -= theta[at++] * static_cast<double>(x[(row + place / 2) * 4 + column + place % 2]) *
                     node(row, column);
    for (std::size_t i = 0; i < hidden; ++i) e -= theta[at++] * s[i];
    const auto pairs = [&](std::size_t down, int right) {
        for (std::size_t row = 0; row + down < side; ++row)
            for (int column = 0; column < static_cast<int>(side); ++column)
                if (column + right >= 0 && column + right < static_cast<int>(side))
                    e -= theta[at++] * node(row, static_cast<std::size_t>(column)) *
                         node(row + down, static_cast<std::size_t>(column + right));
    };
    pairs(0, 1);
    pairs(1, -1);
    pairs(1, 0);
    pairs(1, 1);
    for (std::size_t i = 0; i < hidden; ++i)
        for (std::size_t j = 0; j < outputs; ++j) e -= theta[at++] * s[i] * s[hidden + j];
    for (std::size_t j = 0; j < outputs; ++j) e -= theta[at++] * s[hidden + j];
    return e;
}

} // namespace

TEST_CASE("EP through windows and a lattice is the exact gradient, shared windows summed over their copies",
          "[physics]") {
    const bool shared = GENERATE(false, true);
    const Grid grid{1, side, side};
    const auto window = fmt::format("kind = 'local'\nwindow = [2, 2]\nshared = {}", shared);
    const auto net = std::make_shared<const Network>(
        make_network(16, {{.name = "hidden", .size = hidden, .grid = grid}, {.name = "out", .size = outputs}},
                     {{.kind = test::coupling_kind(window)},
                      {.from = 0, .to = 0, .kind = test::coupling_kind("kind = 'king'")},
                      {.from = 0, .to = 1}},
                     {.input_grid = {1, 4, 4}}));
    auto values = random_values(*net, 0.3, 0.05, 7);
    for (const auto& block : net->blocks)
        if (block.link < 0)
            for (std::size_t i = 0; i < block.count(); ++i) values[block.first + i] += 0.5F; // off the bounds
    tie_shared(*net, values, Tie::first);
    const Sample sample{.inputs = random_levels(16, 8), .targets = {0.9F, 0.2F}};
    const Oracle oracle{
        .energy = [&](auto s, auto theta) { return energy(s, theta, sample.inputs); },
        .cost =
            [&](auto s) {
                double cost = 0.0;
                for (std::size_t j = 0; j < outputs; ++j)
                    cost += 0.5 * std::pow(s[hidden + j] - static_cast<double>(sample.targets[j]), 2);
                return cost;
            },
        .low = std::vector<double>(hidden + outputs, 0.0),
        .high = std::vector<double>(hidden + outputs, 1.0)};
    const std::vector<double> theta(values.begin(), values.end());
    const std::vector<double> middle(hidden + outputs, 0.5);
    for (const double s : minimum(oracle, theta, middle)) CHECK((s > 0.02 && s < 0.98)); // no kinks
    auto exact = exact_gradient(oracle, theta, middle);
    if (shared) // one number for each place in the window, at 3×3 nodes: [row][place][column]
        for (std::size_t place = 0; place < 4; ++place) {
            double sum = 0.0;
            for (std::size_t n = 0; n < hidden; ++n) sum += exact[(n / side * 4 + place) * side + n % side];
            for (std::size_t n = 0; n < hidden; ++n) exact[(n / side * 4 + place) * side + n % side] = sum;
        }
    const auto model = make_chip_model(ideal_machine("dissipative"), net, make_hopfield(), 1);
    const auto measured = ep_on_machine(*model, values, sample, {}).gradient;
    CHECK(cosine(measured, exact) > 0.9999);
    CHECK(relative_error(measured, exact) < 0.01);
}
