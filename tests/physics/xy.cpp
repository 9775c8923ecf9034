// The model "xy" on the machine's array against its equations in double precision.
#include "hw_models/base/error.hpp"
#include "tests/physics/phases.hpp"
#include "tests/set_parameters.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace isinglass;
using namespace isinglass::rig;

namespace {

struct XyCase {
    std::shared_ptr<const Network> net = skipping_phases({3, 3, 2, 2}, *make_xy());
    std::vector<float> values;
    Sample sample;
    NudgeLaw law;
    Oracle oracle;

    explicit XyCase(NudgeLaw nudge_law, std::uint64_t seed = 3)
        : values(phase_values(*net, 0.6, seed)),
          sample{.inputs = random_levels(3, seed), .targets = {1.5F, -1.2F}},
          law(nudge_law),
          oracle(xy_oracle(*net, sample.inputs, sample.targets, law)) {}

    [[nodiscard]] std::shared_ptr<const ChipModel> model(const std::string& dynamics) const {
        return make_chip_model(test::with_circuit_of(*make_xy(), ideal_machine(dynamics)), net, make_xy(), 1,
                               law);
    }
    [[nodiscard]] std::vector<double> theta() const { return {values.begin(), values.end()}; }
};

} // namespace

TEST_CASE("EP's gradient of an XY network is that of its cost, by either law, centred and one-sided",
          "[physics]") {
    for (const auto law : {NudgeLaw::sine, NudgeLaw::tangent})
        for (const auto* dynamics : {"dissipative", "dissipative-sweeps"}) {
            const XyCase c(law);
            EpSetting setting;
            setting.times.free_rc = 600.0;
            setting.times.nudged_rc = 600.0;
            Gradient exact; // at the equilibrium that this dynamics finds
            for (const auto estimator : {Estimator::centred, Estimator::one_sided}) {
                setting.estimator = estimator;
                const auto ep = ep_on_machine(*c.model(dynamics), c.values, c.sample, setting);
                if (exact.empty()) exact = exact_gradient(c.oracle, c.theta(), ep.run.free);
                INFO(name_of(law) << ", " << dynamics << ", " << (estimator == Estimator::centred));
                CHECK(cosine(ep.gradient, exact) > 0.9999);
                CHECK(relative_error(ep.gradient, exact) < 0.02);
                CHECK(norm(exact) > 0.1);
            }
        }
}

TEST_CASE("an XY network's energy falls along its flow, and the flow ends where the oracle's does",
          "[physics]") {
    const XyCase c(NudgeLaw::sine);
    const auto run = run_ep(*c.model("dissipative"), c.values, c.sample,
                            {.beta = 0.3, .free_rc = 400.0, .nudged_rc = 400.0});
    const auto theta = c.theta();
    double before = std::numeric_limits<double>::infinity();
    int falls = 0;
    for (const auto& step : run.tape) {
        if (step.op != free_op) continue;
        const double energy = c.oracle.energy(spins(*c.net, step.state), theta);
        CHECK(energy < before + 1e-6);
        falls += energy < before - 1e-6 ? 1 : 0;
        before = energy;
    }
    CHECK(falls > 20);
    CHECK(farthest(run.free, minimum(c.oracle, theta, run.free)) < 1e-4);
    CHECK(farthest(run.plus, minimum(c.oracle, theta, run.plus, 0.3)) < 1e-4);
    CHECK(farthest(run.minus, minimum(c.oracle, theta, run.minus, -0.3)) < 1e-4);
    CHECK(farthest(run.free, run.plus) > 0.01);
}

TEST_CASE("exact node solutions reach equilibria of an XY network, by either law and frozen", "[physics]") {
    for (const auto law : {NudgeLaw::sine, NudgeLaw::tangent}) {
        INFO(name_of(law));
        const XyCase c(law);
        const auto run = run_ep(*c.model("dissipative-sweeps"), c.values, c.sample,
                                {.beta = 0.2, .free_rc = 800.0, .nudged_rc = 800.0});
        const auto theta = c.theta();
        CHECK(farthest(run.free, minimum(c.oracle, theta, run.free)) < 1e-4);
        CHECK(farthest(run.plus, minimum(c.oracle, theta, run.plus, 0.2)) < 1e-4);
        CHECK(farthest(run.minus, minimum(c.oracle, theta, run.minus, -0.2)) < 1e-4);
        CHECK(farthest(run.free, run.plus) > 0.01);
    }
    const XyCase c(NudgeLaw::sine);
    const EpTimes times{.beta = 0.2, .free_rc = 800.0, .nudged_rc = 800.0};
    const auto swept = run_ep_frozen(*c.model("dissipative-sweeps"), c.values, c.sample, times);
    auto pushed = c.oracle;
    pushed.cost = [&](std::span<const double> s) {
        double work = 0.0;
        for (std::size_t j = 0; j < 2; ++j)
            work -= (static_cast<double>(c.sample.targets[j]) - swept.free[5 + j]) * s[5 + j];
        return work;
    };
    CHECK(farthest(swept.plus, minimum(pushed, c.theta(), swept.plus, 0.2)) < 1e-4);
    CHECK(farthest(swept.minus, minimum(pushed, c.theta(), swept.minus, -0.2)) < 1e-4);
    CHECK(farthest(swept.free, swept.plus) > 0.01);
}

TEST_CASE("one node under a tangent nudge is solved to the minimum that a fine search finds", "[physics]") {
    // Two layers of one node; the first is held by a bias far stronger than the coupling.
    const auto model = make_xy();
    const SpinLayer layer{.name = "a", .size = 1, .low = -3.2F, .high = 3.2F, .domain = Domain::circle};
    auto out = layer;
    out.name = "out";
    const auto net = std::make_shared<const Network>(make_network(
        1, {layer, out}, {{.from = input_layer, .to = 0}, {.from = 0, .to = 1}}, model->needs()));
    const auto chip = make_chip_model(test::with_circuit_of(*make_xy(), ideal_machine("dissipative-sweeps")),
                                      net, make_xy(), 1, NudgeLaw::tangent);
    for (const double beta : {0.01, 0.3, 2.0})
        for (const float psi : {-3.0F, -1.0F, 0.2F, 1.5F, 3.1F}) {
            const float target = 1.5F;
            const std::vector<float> values{0.0F, 1.0F, 0.0F, 0.0F, 0.8F, psi}; // h and psi of each node
            const auto run = run_ep(*chip, values, {.inputs = {0.5F}, .targets = {target}},
                                    {.beta = beta, .free_rc = 40.0, .nudged_rc = 40.0});
            double best = 0.0, least = 1e9;
            for (int i = -200000; i < 200000; ++i) {
                const double phi = 3.141592653589793 * i / 2e5;
                const double f = -0.8 * std::cos(phi - double(psi)) -
                                 beta * std::log(1.005 + std::cos(phi - double(target)));
                if (f < least) best = phi, least = f;
            }
            INFO(beta << " " << psi);
            CHECK(farthest({run.plus[1]}, {best}) < 1e-4);
        }
}

TEST_CASE("an XY network starts every presentation from phases of its own, spread over the circle",
          "[physics]") {
    const XyCase c(NudgeLaw::sine);
    const auto model = make_xy();
    const RandomStream draws(1, Purpose::initial_state);
    std::vector<float> one(c.net->state_columns), again(one), other(one);
    model->reset(*c.net, draws, {.presentation = 7, .phase = 1}, one);
    model->reset(*c.net, draws, {.presentation = 7, .phase = 1}, again);
    model->reset(*c.net, draws, {.presentation = 8, .phase = 1}, other);
    CHECK(one == again);
    CHECK(farthest(spins(*c.net, one), spins(*c.net, other)) > 1.0);
    double x = 0.0, y = 0.0;
    constexpr int presentations = 2000;
    for (int p = 0; p < presentations; ++p) {
        model->reset(*c.net, draws, {.presentation = static_cast<std::uint64_t>(p)}, one);
        for (const double phi : spins(*c.net, one)) {
            REQUIRE(std::abs(phi) <= 3.1415928);
            x += std::cos(phi);
            y += std::sin(phi);
        }
    }
    // The mean of n unit vectors has a standard deviation of 1 / √n = 0.0085 for 14000.
    CHECK(std::hypot(x, y) / (presentations * 7.0) < 0.03);
}

TEST_CASE("an XY network starts with couplings of the variance that its nodes' neighbours set", "[physics]") {
    const auto model = make_xy();
    const auto net = skipping_phases({40, 60, 30, 10}, *model);
    std::vector<float> theta(net->parameters);
    model->initialise(*net, 2.0, RandomStream(1, Purpose::initial_couplings), theta);
    const auto rms = [&](std::size_t b) {
        double sum = 0.0;
        for (std::size_t i = 0; i < net->blocks[b].count(); ++i)
            sum += std::pow(static_cast<double>(theta[net->blocks[b].first + i]), 2);
        return std::sqrt(sum / static_cast<double>(net->blocks[b].count()));
    };
    // Node a meets 40 + 30 + 10 others, b 60 + 10, out 30 + 40 + 60.
    CHECK(rms(0) == Approx(2.0 / std::sqrt(81.0)).epsilon(0.05));
    CHECK(rms(1) == 0.0);
    CHECK(rms(2) == Approx(3.14159 / std::sqrt(3.0)).epsilon(0.15));
    CHECK(rms(3) == Approx(2.0 / std::sqrt(81.0)).epsilon(0.05));
    CHECK(rms(6) == Approx(2.0 / std::sqrt(131.0)).epsilon(0.1));
}

TEST_CASE("bias directions stay on the circle and outputs refuse a law of levels", "[physics]") {
    const auto model = make_xy();
    const auto net = skipping_phases({3, 3, 2, 2}, *model);
    std::vector<float> numbers{4.0F, -4.0F, 0.5F, 0.0F, 0.0F};
    model->confine(*net, 2, numbers);
    CHECK(numbers[0] == Approx(4.0 - 6.2831853));
    CHECK(numbers[1] == Approx(6.2831853 - 4.0));
    CHECK(numbers[2] == 0.5F);
    numbers[0] = 4.0F;
    model->confine(*net, 1, numbers);
    CHECK(numbers[0] == 4.0F);
    CHECK_THROWS_WITH(model->check_nudge(*net, {.beta = 0.1}),
                      Catch::Contains("difference") && Catch::Contains("sine, tangent"));
    CHECK_NOTHROW(model->check_nudge(*net, {.beta = -0.1, .law = NudgeLaw::tangent}));
}
