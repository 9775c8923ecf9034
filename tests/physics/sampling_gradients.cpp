// EP on binary spins at a temperature: its gradient against enumeration, and how samples approach it.
#include "tests/physics/ising.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace isinglass;
using namespace isinglass::rig;

namespace {

std::vector<double> doubles(std::span<const float> values) {
    return {values.begin(), values.end()};
}

} // namespace

TEST_CASE("EP's gradient of binary spins at a temperature is that of the mean cost", "[physics][sampling]") {
    constexpr double temperature = 0.7;
    constexpr double beta = 1e-4;
    const auto net = sign_network(
        3, {6, 4},
        {{.from = input_layer, .to = 0}, {.from = 0, .to = 0, .kind = all_pairs()}, {.from = 0, .to = 1}});
    const auto values = random_values(*net, 0.8, 0.4, 4);
    const Sample sample{{0.2F, 1.0F, 0.6F}, {1.0F, -1.0F, 1.0F, -1.0F}};
    auto theta = doubles(values);
    const auto mean_cost = [&] {
        const Ising ising(*net, theta, sample.inputs);
        const auto p = ising.boltzmann(temperature);
        double sum = 0.0;
        for (std::size_t s = 0; s < p.size(); ++s) sum += p[s] * ising.cost(s, sample.targets);
        return sum;
    };
    Gradient exact;
    for (double& parameter : theta) {
        const double middle = parameter;
        parameter = middle + 1e-4;
        const double above = mean_cost();
        parameter = middle - 1e-4;
        exact.push_back((above - mean_cost()) / 2e-4);
        parameter = middle;
    }
    // [⟨∂E/∂θ⟩_β − ⟨∂E/∂θ⟩_0] / β over all states; state 0 drops out, since probabilities sum to one.
    const Ising ising(*net, theta, sample.inputs);
    const auto free = ising.boltzmann(temperature);
    const auto nudged = ising.boltzmann(temperature, beta, sample.targets);
    std::vector<StatePair> pairs;
    for (std::size_t s = 0; s < free.size(); ++s)
        pairs.push_back({s, 0, static_cast<double>(free.size()) * (nudged[s] - free[s]) / beta});
    const auto ep = gradient_of(*net, *make_binary(), values, sample, pairs);
    CHECK(cosine(ep, exact) > 0.9999);
    CHECK(relative_error(ep, exact) < 2e-3);
}

TEST_CASE("the error of EP's sampled gradient shrinks as one over the square root of the reads",
          "[physics][sampling]") {
    constexpr double temperature = 0.8;
    constexpr double beta = 0.5;
    constexpr std::size_t reads = 8192;
    const auto net = sign_network(3, {4, 2}, {{.from = input_layer, .to = 0}, {.from = 0, .to = 1}});
    const auto model = pbits(net, {{"start_temperature", temperature}, {"end_temperature", temperature}});
    const auto values = random_values(*net, 0.9, 0.4, 6);
    const Sample sample{{0.2F, 1.0F, 0.6F}, {1.0F, -1.0F}};
    const Ising ising(*net, doubles(values), sample.inputs);
    const auto free = ising.boltzmann(temperature);
    const auto nudged = ising.boltzmann(temperature, beta, sample.targets);
    std::vector<StatePair> all;
    for (std::size_t s = 0; s < free.size(); ++s)
        all.push_back({s, 0, static_cast<double>(free.size()) * (nudged[s] - free[s]) / beta});
    const auto mean = gradient_of(*net, *model->energy, values, sample, all);

    const auto shots =
        shoot(*model, values, sample,
              {clamp_op(), reset_op(), relax_op(20), read_op(), relax_op(20, beta), read_op()}, reads);
    std::vector<StatePair> pairs;
    for (std::size_t r = 0; r < reads; ++r)
        pairs.push_back({shots.states[1][r], shots.states[0][r], 1.0 / beta});
    // Least squares through log₂ of the mean square error of groups of 2^k reads: slope −1.
    double sum_k = 0.0, sum_kk = 0.0, sum_e = 0.0, sum_ke = 0.0, points = 0.0;
    for (int k = 2; k <= 9; ++k) {
        const std::size_t group = std::size_t{1} << k;
        double square = 0.0;
        for (std::size_t first = 0; first < reads; first += group)
            square += std::pow(relative_error(gradient_of(*net, *model->energy, values, sample,
                                                          std::span(pairs).subspan(first, group)),
                                              mean),
                               2);
        const double error = std::log2(square * static_cast<double>(group) / static_cast<double>(reads));
        points += 1.0;
        sum_k += k;
        sum_kk += k * k;
        sum_e += error;
        sum_ke += k * error;
    }
    const double slope = (points * sum_ke - sum_k * sum_e) / (points * sum_kk - sum_k * sum_k);
    CHECK(0.5 * slope == Approx(-0.5).margin(0.04));
}
