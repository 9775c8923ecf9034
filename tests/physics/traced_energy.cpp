// E and the residual along a tape, against energies in plain double precision.
#include "tests/physics/phases.hpp"
#include "tests/set_parameters.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace isinglass;
using namespace isinglass::rig;

namespace {

// Largest |∂(E + βC)/∂s| by central differences, of spins at a bound only where it leads back inside.
double projected_gradient(const Oracle& oracle, const std::vector<double>& theta, std::vector<double> s,
                          double beta) {
    constexpr double h = 1e-6;
    double largest = 0.0;
    for (std::size_t j = 0; j < s.size(); ++j) {
        const double at = s[j];
        const auto f = [&](double x) {
            s[j] = x;
            return oracle.energy(s, theta) + beta * oracle.cost(s);
        };
        double force = -(f(at + h) - f(at - h)) / (2.0 * h);
        s[j] = at;
        if (!oracle.low.empty() && at <= oracle.low[j] + 1e-9) force = std::max(force, 0.0);
        if (!oracle.high.empty() && at >= oracle.high[j] - 1e-9) force = std::min(force, 0.0);
        largest = std::max(largest, std::abs(force));
    }
    return largest;
}

// Along free and nudged phases.
void check_tape(const ChipModel& model, const std::vector<float>& values, const Sample& sample,
                const Oracle& oracle) {
    const std::vector<double> theta(values.begin(), values.end());
    const EpTimes times{.beta = 0.3, .free_rc = 4.0, .nudged_rc = 2.0};
    const auto run = run_ep(model, values, sample, times);
    const auto zero = oracle.energy(std::vector<double>(model.network->spins(), 0.0), theta);
    REQUIRE(run.tape.size() > 20);
    double largest = 0.0;
    for (const auto& step : run.tape) {
        const auto s = spins(*model.network, step.state);
        CHECK(step.energy == Approx(oracle.energy(s, theta) - zero).margin(2e-5));
        // RESTORE keeps the nudge that was there until the next RELAX.
        const double beta = step.op == plus_op ? times.beta : step.op == minus_op ? -times.beta : 0.0;
        if (step.op != free_op && step.op != plus_op && step.op != minus_op) continue;
        CHECK(step.residual == Approx(projected_gradient(oracle, theta, s, beta)).margin(1e-4));
        largest = std::max(largest, step.residual);
    }
    CHECK(largest > 0.1);
}

} // namespace

TEST_CASE("The energy and the residual that a trace shows are those of a layered Hopfield network's equation",
          "[physics]") {
    const auto net = chain({5, 6, 3});
    const auto values = random_values(*net, 1.5, 0.5, 4);
    const Sample sample{random_levels(5, 7), {0.9F, 0.2F, 0.4F}};
    const Oracle oracle{.energy =
                            [&](std::span<const double> s, std::span<const double> theta) {
                                double e = 0.0;
                                for (const double x : s) e += 0.5 * x * x;
                                std::size_t at = 0;
                                for (std::size_t i = 0; i < 5; ++i)
                                    for (std::size_t j = 0; j < 6; ++j)
                                        e -= static_cast<double>(sample.inputs[i]) * theta[at++] * s[j];
                                for (std::size_t j = 0; j < 6; ++j) e -= theta[at++] * s[j];
                                for (std::size_t j = 0; j < 6; ++j)
                                    for (std::size_t k = 0; k < 3; ++k) e -= s[j] * theta[at++] * s[6 + k];
                                for (std::size_t k = 0; k < 3; ++k) e -= theta[at++] * s[6 + k];
                                return e;
                            },
                        .cost =
                            [&](std::span<const double> s) {
                                double c = 0.0;
                                for (std::size_t k = 0; k < 3; ++k)
                                    c += 0.5 * std::pow(s[6 + k] - static_cast<double>(sample.targets[k]), 2);
                                return c;
                            },
                        .low = std::vector<double>(9, 0.0),
                        .high = std::vector<double>(9, 1.0)};
    for (const auto* dynamics : {"dissipative", "conjugate"})
        check_tape(*make_chip_model(ideal_machine(dynamics), net, make_hopfield(), 1), values, sample,
                   oracle);
}

TEST_CASE("The energy and the residual that a trace shows are those of an XY network's equation",
          "[physics]") {
    const auto net = skipping_phases({3, 3, 2, 2}, *make_xy());
    const auto values = phase_values(*net, 0.6, 3);
    const Sample sample{.inputs = random_levels(3, 3), .targets = {1.5F, -1.2F}};
    const auto model = make_chip_model(test::with_circuit_of(*make_xy(), ideal_machine("dissipative")), net,
                                       make_xy(), 1, NudgeLaw::sine);
    check_tape(*model, values, sample, xy_oracle(*net, sample.inputs, sample.targets, NudgeLaw::sine));
}

TEST_CASE("The energy and the residual that a trace shows are those of an oscillator machine's equation",
          "[physics]") {
    const std::shared_ptr<const EnergyModel> energy = make_oscillator();
    const auto net = skipping_phases({3, 3, 2, 2}, *energy);
    auto values = phase_values(*net, 0.6, 5);
    const Sample sample{.inputs = random_levels(3, 5), .targets = {1.0F, -0.5F}};
    const auto model =
        make_chip_model(test::with_circuit_of(*energy, ideal_machine("dissipative")), net, energy, 1);
    check_tape(*model, values, sample, oscillator_oracle(*net, sample.inputs, sample.targets));
}
