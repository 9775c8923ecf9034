// Where relaxation goes: downhill, to points that an independent double-precision solver agrees with.
#include "tests/physics/rig.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;

namespace {

const std::vector<std::vector<std::size_t>> depths{{12, 10, 6}, {12, 10, 8, 6}, {12, 10, 8, 7, 5}};
const std::vector<std::string> kinds{"dissipative", "dissipative-fast", "dissipative-sweeps",
                                     "conjugate",   "conjugate-fast",   "conjugate-sweeps"};
constexpr double beta = 0.5;
constexpr double rounding = 2e-5; // single precision, through several layers

// A network, a sample, and the same for the reference.
struct Case {
    std::shared_ptr<const Network> net;
    std::vector<float> values;
    rig::Sample sample;
    reference::Net plain;
    std::vector<double> inputs, targets;

    Case(const std::vector<std::size_t>& sizes, std::uint64_t seed)
        : net(rig::chain(sizes)),
          values(rig::random_values(*net, 0.7, 0.4, seed)),
          sample{rig::random_levels(sizes.front(), seed), std::vector<float>(sizes.back(), 0.0F)},
          plain(rig::reference_net(*net, values)),
          inputs(sample.inputs.begin(), sample.inputs.end()) {
        sample.targets[seed % sizes.back()] = 1.0F;
        targets.assign(sample.targets.begin(), sample.targets.end());
    }

    [[nodiscard]] std::shared_ptr<const ChipModel> model(const std::string& kind,
                                                         const rig::Settings& set = {}) const {
        return make_chip_model(rig::ideal_machine(kind, set), net, make_hopfield(), 1);
    }
    [[nodiscard]] reference::Problem problem() const { return {plain, inputs}; }
};

template <class Check>
void for_each_case(Check check) {
    for (const auto& sizes : depths)
        for (std::uint64_t seed = 1; seed <= 3; ++seed) check(Case(sizes, seed));
}

double distance(std::span<const double> a, std::span<const double> b) {
    std::vector<double> d(a.begin(), a.end());
    for (std::size_t i = 0; i < d.size(); ++i) d[i] -= b[i];
    return reference::max_norm(d);
}

constexpr rig::EpTimes long_times{.beta = beta, .free_rc = 100.0, .nudged_rc = 100.0};

} // namespace

TEST_CASE("energy never rises while the dissipative array relaxes", "[physics]") {
    for_each_case([](const Case& c) {
        const auto model = c.model("dissipative", {{"step", 0.02}});
        const auto run =
            rig::run_ep(*model, c.values, c.sample, {.beta = beta, .free_rc = 10.0, .nudged_rc = 5.0});
        const auto problem = c.problem();
        std::uint32_t op = 0;
        double before = 0.0;
        double largest_rise = 0.0;
        for (const auto& step : run.tape) {
            const double b = step.op == rig::plus_op ? beta : step.op == rig::minus_op ? -beta : 0.0;
            const auto s = rig::spins(*c.net, step.state);
            const double total = problem.energy(s) + b * problem.cost(s, c.targets);
            if (step.op == op) largest_rise = std::max(largest_rise, total - before);
            op = step.op;
            before = total;
        }
        CHECK(largest_rise < 2e-6); // rounding of states to single precision
        CHECK(problem.energy(run.free) < -0.05);
    });
}

TEST_CASE("every dynamics comes to rest where the projected gradient vanishes, free and nudged",
          "[physics]") {
    for_each_case([](const Case& c) {
        auto problem = c.problem();
        for (const auto& kind : kinds) {
            INFO(kind << " with " << c.net->layers.size() << " layers");
            const auto run = rig::run_ep(*c.model(kind), c.values, c.sample, long_times);
            problem.nudge(0.0, c.targets);
            CHECK(reference::max_norm(problem.projected_gradient(run.free)) < rounding);
            problem.nudge(beta, c.targets);
            CHECK(reference::max_norm(problem.projected_gradient(run.plus)) < rounding);
            problem.nudge(-beta, c.targets);
            CHECK(reference::max_norm(problem.projected_gradient(run.minus)) < rounding);
        }
    });
}

TEST_CASE("frozen nudges come to rest under the current that the host froze", "[physics]") {
    for_each_case([](const Case& c) {
        auto problem = c.problem();
        for (const auto& kind : kinds) {
            INFO(kind << " with " << c.net->layers.size() << " layers");
            const auto run = rig::run_ep_frozen(*c.model(kind), c.values, c.sample, long_times);
            CHECK(reference::max_norm(problem.projected_gradient(run.free)) < rounding);
            for (const double sign : {1.0, -1.0}) {
                std::vector<double> current(c.targets.size());
                const std::size_t first = run.free.size() - current.size();
                for (std::size_t j = 0; j < current.size(); ++j)
                    current[j] = sign * beta * (c.targets[j] - run.free[first + j]);
                auto nudged = c.problem();
                nudged.inject(current);
                CHECK(reference::max_norm(nudged.projected_gradient(sign > 0.0 ? run.plus : run.minus)) <
                      rounding);
            }
            CHECK(distance(run.plus, run.minus) > 0.01);
        }
    });
}

TEST_CASE("all dynamics agree on the free equilibrium, and with the reference", "[physics]") {
    for_each_case([](const Case& c) {
        const auto problem = c.problem();
        const auto expected = reference::equilibrium(problem, std::vector<double>(problem.spins()));
        const auto conjugate =
            reference::conjugate_equilibrium(problem, std::vector<double>(problem.spins()), 1.0, 2.0);
        CHECK(distance(expected, conjugate) < 1e-11);
        for (const auto& kind : kinds) {
            INFO(kind << " with " << c.net->layers.size() << " layers");
            CHECK(distance(rig::run_ep(*c.model(kind), c.values, c.sample, long_times).free, expected) <
                  rounding);
        }
    });
}

TEST_CASE("stiffness, friction and a pump ramp leave the free equilibrium where it is", "[physics]") {
    const Case c(depths[1], 1);
    const auto problem = c.problem();
    const auto expected = reference::equilibrium(problem, std::vector<double>(problem.spins()));
    for (const rig::Settings& settings :
         {rig::Settings{{"stiffness", 4.0}, {"friction", 3.0}}, rig::Settings{{"friction", 0.5}},
          rig::Settings{{"friction", 8.0}}, rig::Settings{{"pump_start", -1.0}, {"pump_ramp", 10.0}}}) {
        const auto run = rig::run_ep(*c.model("conjugate", settings), c.values, c.sample, {.free_rc = 500.0});
        CHECK(distance(run.free, expected) < rounding);
    }
}
