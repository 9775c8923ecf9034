// The adjoint gradient that `gradcheck` compares with, against central differences of a cost at equilibria
// that an independent solver finds.
#include "sim/study/true_gradient.hpp"

#include "tests/physics/phases.hpp"
#include "tests/physics/resistive_rig.hpp"
#include "tests/set_parameters.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace isinglass;
using namespace isinglass::rig;

namespace {

// C = Σ (j + 1) o_j, whatever the label.
class Weighted final : public Cost {
  public:
    void fields(Fields&) override {}
    double value(std::span<const float>, int) const override { return 0.0; }
    void force(std::span<const float>, int, std::span<float> force) const override {
        for (std::size_t j = 0; j < force.size(); ++j) force[j] = -static_cast<float>(j + 1);
    }
    std::optional<NudgeLaw> live_law() const override { return std::nullopt; }
    void target(int, std::span<float>) const override {}
};

Chosen<EnergyModel> model_of(const std::string& name, const Settings& settings = {}) {
    Chosen<EnergyModel> model{name, make_energy_model, energy_models};
    if (!settings.empty()) test::set(*model.part(), settings);
    return model;
}

// A state row of spins without padding.
std::vector<float> row_of(const Network& net, const std::vector<double>& spins) {
    std::vector<float> row(net.state_columns, 0.0F);
    std::size_t at = 0;
    for (const auto& layer : net.layers)
        for (std::size_t j = 0; j < layer.size; ++j) row[layer.offset + j] = static_cast<float>(spins[at++]);
    return row;
}

struct Case {
    const Network& net;
    const std::vector<float>& values;
    const std::vector<float>& levels;
    Oracle oracle; // its cost is not used
};

// Relative distance of both gradients, at the equilibrium near `start`; `start` is moved off it a little.
double distance(Case c, const Chosen<EnergyModel>& model, const std::vector<double>& start) {
    const std::size_t outputs = c.net.output().size;
    c.oracle.cost = [&](std::span<const double> s) {
        double sum = 0.0;
        for (std::size_t j = 0; j < outputs; ++j) {
            const double o = s[s.size() - outputs + j];
            sum += static_cast<double>(j + 1) * (model.name() == "oscillator" ? std::cos(o) : o);
        }
        return sum;
    };
    const std::vector<double> theta(c.values.begin(), c.values.end());
    const auto exact = exact_gradient(c.oracle, theta, start);
    REQUIRE(norm(exact) > 0.1);
    const auto energy = make_pair_energy(model);
    const TrueGradient rule(c.net, *energy, c.values);
    auto row = row_of(c.net, start);
    for (auto& s : row) s *= 1.001F;
    Gradient found(c.net.parameters, 0.0);
    REQUIRE(rule.add({c.levels, 0, row}, *model.part(), Weighted(), found));
    return relative_error(found, exact);
}

} // namespace

TEST_CASE(
    "the adjoint gradient is that of finite differences for Hopfield networks, also with spins at bounds",
    "[physics]") {
    for (const std::uint64_t seed : {1, 2, 3}) {
        const auto net = chain({6, 5, 4, 3});
        const auto values = random_values(*net, 1.0, 0.6, seed);
        const auto levels = random_levels(6, seed);
        const auto plain = [&](std::span<const double> theta) {
            auto copy = reference_net(*net, std::vector<float>(net->parameters));
            std::size_t at = 0;
            for (std::size_t l = 0; l < copy.weights.size(); ++l)
                for (auto* part : {&copy.weights[l], &copy.biases[l]})
                    for (double& number : *part) number = theta[at++];
            return copy;
        };
        const std::vector<double> inputs(levels.begin(), levels.end());
        const Oracle oracle{.energy =
                                [&](std::span<const double> s, std::span<const double> theta) {
                                    const auto copy = plain(theta);
                                    return reference::Problem(copy, inputs).energy(s);
                                },
                            .low = std::vector<double>(12, 0.0),
                            .high = std::vector<double>(12, 1.0)};
        const std::vector<double> theta(values.begin(), values.end());
        const auto rest = minimum(oracle, theta, std::vector<double>(12, 0.5));
        INFO(seed);
        CHECK(std::ranges::count_if(rest, [](double s) { return s <= 0.0 || s >= 1.0; }) > 0);
        CHECK(distance({*net, values, levels, oracle}, model_of("hopfield"), rest) < 1e-6);
    }
}

TEST_CASE("the adjoint gradient is that of finite differences for resistors and diodes", "[physics]") {
    const ResistiveCase c(3, true);
    const auto oracle = resistive_oracle(c);
    const std::vector<double> theta(c.values.begin(), c.values.end());
    const auto rest =
        run_ep(*c.on("dissipative-sweeps"), c.values, c.sample, {.beta = 1e-3, .free_rc = 400.0}).free;
    CHECK(std::ranges::count(rest, 0.0) > 0); // a diode conducts
    CHECK(distance({*c.net, c.values, c.sample.inputs, oracle},
                   model_of("resistive", {{"input_gain", ResistiveCase::input_gain}}), rest) < 1e-6);
}

TEST_CASE("the adjoint gradient is that of finite differences for phases", "[physics]") {
    const auto xy = model_of("xy");
    const auto oscillator = model_of("oscillator", {{"train_sync", 1.0}});
    for (const auto* model : {&xy, &oscillator}) {
        const auto net = skipping_phases({3, 3, 2, 2}, *model->part());
        for (const std::uint64_t seed : {2, 3, 6}) {
            auto values = phase_values(*net, 0.6, seed);
            for (const auto& block : net->blocks) // what can be programmed
                for (auto& w : std::span(values).subspan(block.first, block.count()))
                    w = std::clamp(w, -static_cast<float>(block.range), static_cast<float>(block.range));
            const auto levels = random_levels(3, seed);
            const std::vector<float> targets{0.5F, -0.5F};
            const auto oracle = model == &xy ? xy_oracle(*net, levels, targets, NudgeLaw::sine)
                                             : oscillator_oracle(*net, levels, targets);
            const auto chip =
                make_chip_model(test::with_circuit_of(*model->part(), ideal_machine("dissipative-sweeps")),
                                net, model->part(), 1, model == &xy ? NudgeLaw::sine : NudgeLaw::difference);
            const EpTimes times{.beta = 1e-3, .free_rc = 800.0};
            const auto rest = run_ep(*chip, values, {.inputs = levels, .targets = targets}, times).free;
            INFO(model->name() << " " << seed);
            CHECK(distance({*net, values, levels, oracle}, *model, rest) < 1e-6);
        }
    }
}

TEST_CASE("no adjoint gradient is promised of models and couplings that have none here", "[physics]") {
    const auto net = chain({4, 3, 2});
    CHECK_FALSE(no_true_gradient(*net, model_of("hopfield")));
    CHECK(no_true_gradient(*net, model_of("predictive"))->find("predictive") != std::string::npos);
}
