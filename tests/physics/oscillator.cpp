// The model "oscillator" on the machine's array against its equations in double precision.
#include "hw_models/base/error.hpp"
#include "tests/physics/phases.hpp"
#include "tests/set_parameters.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace isinglass;
using namespace isinglass::rig;

namespace {

// `sync` scales the oscillators' synchronisation; 0 leaves none.
struct OscillatorCase {
    std::shared_ptr<const EnergyModel> energy;
    std::shared_ptr<const Network> net;
    std::vector<float> values;
    Sample sample;
    Oracle oracle;

    explicit OscillatorCase(double sync, std::uint64_t seed = 5) {
        auto made = make_oscillator();
        test::set(*made, {{"train_sync", 1.0}});
        energy = std::move(made);
        net = skipping_phases({3, 3, 2, 2}, *energy);
        values = phase_values(*net, 0.6, seed);
        for (std::size_t l = 0; l < 3; ++l)
            for (std::size_t j = 0; j < net->layers[l].size; ++j)
                values[net->node_block(l, 1).first + j] *= static_cast<float>(sync);
        sample = {.inputs = random_levels(3, seed), .targets = {1.0F, -0.5F}};
        oracle = oscillator_oracle(*net, sample.inputs, sample.targets);
    }

    [[nodiscard]] std::shared_ptr<const ChipModel> model(const std::string& dynamics) const {
        return make_chip_model(test::with_circuit_of(*energy, ideal_machine(dynamics)), net, energy, 1);
    }
    [[nodiscard]] std::vector<double> theta() const { return {values.begin(), values.end()}; }
};

} // namespace

TEST_CASE("EP's gradient of an oscillator machine is that of its squared error, synchronised or not",
          "[physics]") {
    for (const double sync : {0.0, 0.5})
        for (const auto* dynamics : {"dissipative", "dissipative-sweeps"}) {
            const OscillatorCase c(sync);
            EpSetting setting;
            setting.times.free_rc = 800.0;
            setting.times.nudged_rc = 800.0;
            Gradient exact; // at the equilibrium that this dynamics finds
            for (const auto estimator : {Estimator::centred, Estimator::one_sided}) {
                setting.estimator = estimator;
                const auto ep = ep_on_machine(*c.model(dynamics), c.values, c.sample, setting);
                if (exact.empty()) exact = exact_gradient(c.oracle, c.theta(), ep.run.free);
                INFO(sync << ", " << dynamics << ", " << (estimator == Estimator::centred));
                CHECK(cosine(ep.gradient, exact) > 0.9999);
                CHECK(relative_error(ep.gradient, exact) < 0.02);
                CHECK(norm(exact) > 0.1);
            }
        }
}

TEST_CASE(
    "an oscillator machine's energy falls along its flow, and flow and node solutions end in equilibria",
    "[physics]") {
    for (const double sync : {0.0, 0.5}) {
        const OscillatorCase c(sync);
        const EpTimes times{.beta = 0.3, .free_rc = 800.0, .nudged_rc = 800.0};
        for (const auto* dynamics : {"dissipative", "dissipative-sweeps"}) {
            INFO(sync << " " << dynamics);
            const auto run = run_ep(*c.model(dynamics), c.values, c.sample, times);
            double before = std::numeric_limits<double>::infinity();
            int falls = 0;
            for (const auto& step : run.tape) {
                if (step.op != free_op) continue;
                const double energy = c.oracle.energy(spins(*c.net, step.state), c.theta());
                CHECK(energy < before + 2e-6);
                falls += energy < before - 2e-6 ? 1 : 0;
                before = energy;
            }
            CHECK(falls > 5);
            CHECK(farthest(run.free, minimum(c.oracle, c.theta(), run.free)) < 1e-4);
            CHECK(farthest(run.plus, minimum(c.oracle, c.theta(), run.plus, 0.3)) < 1e-4);
            CHECK(farthest(run.minus, minimum(c.oracle, c.theta(), run.minus, -0.3)) < 1e-4);
            CHECK(farthest(run.plus, run.minus) > 0.01);
        }
    }
}

TEST_CASE("one synchronised oscillator is solved to the minimum that a fine search finds", "[physics]") {
    const auto energy = std::shared_ptr<const EnergyModel>(make_oscillator());
    const auto layer =
        SpinLayer{.name = "a", .size = 1, .low = -3.2F, .high = 3.2F, .domain = Domain::circle};
    auto out = layer;
    out.name = "out";
    const auto net = std::make_shared<const Network>(make_network(
        1, {layer, out}, {{.from = input_layer, .to = 0}, {.from = 0, .to = 1}}, energy->needs()));
    const auto chip =
        make_chip_model(test::with_circuit_of(*energy, ideal_machine("dissipative-sweeps")), net, energy, 1);
    for (const float sync : {-1.5F, -0.2F, 0.1F, 0.7F, 3.0F})
        for (const float h : {-0.9F, -0.05F, 0.4F}) {
            // The first oscillator, without a field, stays at its π/2 and pulls the second one there; J =
            // 0.3.
            const std::vector<float> values{0.0F, 0.0F, -8.0F, 0.3F, h, sync};
            const auto run = run_ep(*chip, values, {.inputs = {0.0F}, .targets = {0.0F}},
                                    {.beta = 1e-3, .free_rc = 400.0, .nudged_rc = 4.0});
            const double held = run.free[0];
            double best = 0.0, least = 1e9;
            for (int i = -200000; i < 200000; ++i) {
                const double phi = 3.141592653589793 * i / 2e5;
                const double f = -double(0.3F) * std::cos(phi - held) - double(h) * std::cos(phi) -
                                 0.5 * double(sync) * std::cos(2.0 * phi);
                if (f < least) best = phi, least = f;
            }
            INFO(sync << " " << h);
            CHECK(farthest({run.free[1]}, {best}) < 1e-4);
        }
}

TEST_CASE("oscillators start at a quarter turn, show their cosine and start with the S that the model says",
          "[physics]") {
    auto model = make_oscillator();
    test::set(*model, {{"sync", 0.25}});
    const auto net = skipping_phases({3, 3, 2, 2}, *model);
    std::vector<float> state(net->state_columns), theta(net->parameters), gradient(net->parameters);
    model->reset(*net, RandomStream(1, Purpose::initial_state), {}, state);
    for (const double phi : spins(*net, state)) CHECK(phi == Approx(1.5707963));
    CHECK(model->mean_abs_sine(*net, state).value() == Approx(1.0));
    std::fill(state.begin(), state.end(), -0.5235988F);
    CHECK(model->mean_abs_sine(*net, state).value() == Approx(0.5));
    model->reset(*net, RandomStream(1, Purpose::initial_state), {}, state);
    std::vector<float> shown(3);
    model->observe(std::vector<float>{0.0F, 1.0471976F, 3.1415927F}, shown);
    CHECK(shown[0] == Approx(1.0));
    CHECK(shown[1] == Approx(0.5));
    CHECK(shown[2] == Approx(-1.0));
    model->initialise(*net, 1.0, RandomStream(1, Purpose::initial_couplings), theta);
    CHECK(theta[net->node_block(1, 0).first] == 0.0F);
    CHECK(theta[net->node_block(1, 1).first] == 0.25F);
    model->add_node_gradient(*net, 1, theta, state, 1.0F, gradient);
    CHECK(gradient[net->node_block(1, 1).first] == 0.0F); // S is not trained unless asked for
}

TEST_CASE("oscillators refuse frozen nudges and laws of angles, and take targets of their cosine",
          "[physics]") {
    const auto model = make_oscillator();
    const auto net = skipping_phases({3, 3, 2, 2}, *model);
    CHECK_NOTHROW(model->check_nudge(*net, {.beta = -0.5}));
    CHECK_THROWS_WITH(model->check_nudge(*net, {.beta = 0.5, .frozen = true}), Catch::Contains("live"));
    CHECK_THROWS_WITH(model->check_nudge(*net, {.beta = 0.5, .law = NudgeLaw::tangent}),
                      Catch::Contains("difference"));
    CHECK(model->target_range(net->output()).low == -1.0F);
    CHECK(model->target_range(net->output()).high == 1.0F);
}
