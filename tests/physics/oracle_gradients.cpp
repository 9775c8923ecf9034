// EP on the machine against oracles of single energy models.
#include "tests/physics/oracle.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::rig;

TEST_CASE("the oracle finds the same gradient as the reference of layered Hopfield networks", "[physics]") {
    const GradientCase c = away_from_kinks({6, 5, 3}, 0.2, 0.05);
    const Oracle oracle{.energy =
                            [&](std::span<const double> s, std::span<const double> theta) {
                                auto plain = reference_net(*c.net, std::vector<float>(c.net->parameters));
                                std::size_t at = 0;
                                for (std::size_t l = 0; l < plain.weights.size(); ++l)
                                    for (auto* part : {&plain.weights[l], &plain.biases[l]})
                                        for (double& number : *part) number = theta[at++];
                                return reference::Problem(plain, c.inputs).energy(s);
                            },
                        .cost =
                            [&](std::span<const double> s) {
                                double cost = 0.0;
                                for (std::size_t j = 0; j < 3; ++j)
                                    cost += 0.5 * std::pow(s[5 + j] - c.targets[j], 2);
                                return cost;
                            },
                        .low = std::vector<double>(8, 0.0),
                        .high = std::vector<double>(8, 1.0)};
    const std::vector<double> theta(c.values.begin(), c.values.end());
    const auto exact = exact_gradient(oracle, theta, std::vector<double>(8, 0.5));
    CHECK(relative_error(exact, exact_gradient(c)) < 1e-6);
    const auto model = make_chip_model(ideal_machine("dissipative-sweeps"), c.net, make_hopfield(), 1);
    CHECK(cosine(ep_on_machine(*model, c.values, c.sample, {}).gradient, exact) > 0.9999);
}
