// Single nodes whose transients are known, orders of convergence, and the references themselves.
#include "tests/physics/transient_error.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace isinglass;

namespace {

constexpr double drive = 0.8;
constexpr double target = 0.25;
constexpr double beta = 0.5;
constexpr float far_away = 100.0F; // bounds that nothing reaches

// A node without couplings, driven by its bias alone.
Tape single_node(const std::string& kind, const rig::Settings& settings) {
    const auto net = rig::chain({1, 1}, -far_away, far_away);
    const auto model = make_chip_model(rig::ideal_machine(kind, settings), net, make_hopfield(), 1);
    const std::vector<float> values{0.0F, static_cast<float>(drive)};
    return rig::run_ep(*model, values, {{0.0F}, {static_cast<float>(target)}},
                       {.beta = beta, .free_rc = 12.0})
        .tape;
}

// Step response of s″ + γs′ + a₀s = a₀ from rest.
double step_response(double stiffness, double friction, double t) {
    const double half = 0.5 * friction;
    const double square = stiffness - half * half;
    const double w = std::sqrt(std::abs(square));
    if (w < 1e-9) return 1.0 - std::exp(-half * t) * (1.0 + half * t);
    if (square > 0.0) return 1.0 - std::exp(-half * t) * (std::cos(w * t) + half / w * std::sin(w * t));
    return 1.0 - std::exp(-half * t) * (std::cosh(w * t) + half / w * std::sinh(w * t));
}

// Error at t = 0.5, 1 … 3 of a network that meets no wall.
double free_error(const std::string& kind, double step, const std::optional<reference::Pair>& pair) {
    const auto net = rig::chain({8, 6, 5, 4}, -far_away, far_away);
    const auto values = rig::random_values(*net, 1.5, 0.5, 3);
    rig::Settings settings{{"step", step}};
    if (pair) settings.merge(rig::settings_of(*pair));
    const auto model = make_chip_model(rig::ideal_machine(kind, settings), net, make_hopfield(), 1);
    const rig::Sample sample{rig::random_levels(8, 3), std::vector<float>(4, 0.5F)};
    const auto tape = rig::run_ep(*model, values, sample, {.free_rc = 3.0}).tape;

    const auto plain = rig::reference_net(*net, values);
    const reference::Problem problem(plain, std::vector<double>(sample.inputs.begin(), sample.inputs.end()));
    reference::Adaptive exact(problem, pair);
    exact.begin(true);
    double largest = 0.0;
    for (const auto& at : tape) {
        if (at.op != rig::free_op || std::abs(std::remainder(at.time_rc, 0.5)) > 1e-9) continue;
        exact.advance_to(at.time_rc);
        const auto s = rig::spins(*net, at.state);
        for (std::size_t i = 0; i < s.size(); ++i)
            largest = std::max(largest, std::abs(s[i] - exact.state()[i]));
    }
    return largest;
}

double order(const std::string& kind, const std::optional<reference::Pair>& pair) {
    return std::log2(free_error(kind, 0.25, pair) / free_error(kind, 0.125, pair));
}

} // namespace

TEST_CASE("one RC node relaxes as 1 - exp(-t), and faster by 1 + beta when nudged", "[physics]") {
    const double free_end = drive * -std::expm1(-12.0);
    const double nudged_end = (drive + beta * target) / (1.0 + beta);
    for (const auto& step : single_node("dissipative", {})) {
        const auto s = static_cast<double>(step.state[0]);
        INFO("op " << step.op << " at " << step.time_rc << " RC");
        if (step.op == rig::free_op) CHECK(s == Approx(drive * -std::expm1(-step.time_rc)).margin(1e-6));
        if (step.op == rig::plus_op)
            CHECK(s == Approx(nudged_end + (free_end - nudged_end) * std::exp(-(1.0 + beta) * step.time_rc))
                           .margin(1e-6));
    }
}

TEST_CASE("one conjugate node is a damped oscillator", "[physics]") {
    for (const double stiffness : {1.0, 4.0})
        for (const double friction : {0.0, 0.3, 2.0 * std::sqrt(stiffness), 10.0})
            for (const auto& step :
                 single_node("conjugate", {{"stiffness", stiffness}, {"friction", friction}})) {
                if (step.op != rig::free_op) continue;
                INFO("stiffness " << stiffness << ", friction " << friction << ", t " << step.time_rc);
                CHECK(static_cast<double>(step.state[0]) ==
                      Approx(drive * step_response(stiffness, friction, step.time_rc)).margin(4e-6));
            }
}

TEST_CASE("away from the walls the error falls with the third power of the step", "[physics]") {
    CHECK(order("dissipative", {}) > 2.6);
    CHECK(order("conjugate", reference::Pair{}) > 2.6);
    CHECK(order("conjugate", reference::Pair{.friction = 0.5}) > 2.6);
}

TEST_CASE("through the pump's ramp the error falls with the square of the step", "[physics]") {
    const double measured = order("conjugate", reference::Pair{.pump_start = 0.0});
    CHECK(measured > 1.8);
}

TEST_CASE("the reference's field is the slope of its energy", "[physics]") {
    const auto net = rig::chain({5, 4, 4, 3});
    const auto plain = rig::reference_net(*net, rig::random_values(*net, 1.0, 0.5, 1));
    const std::vector<double> x{0.1, 0.9, 0.5, 0.0, 1.0};
    const std::vector<double> y{1.0, 0.0, 0.5};
    reference::Problem problem(plain, x);
    problem.nudge(0.3, y);
    const auto levels = rig::random_levels(plain.spins(), 2);
    std::vector<double> s(levels.begin(), levels.end());
    std::vector<double> g(s.size());
    problem.gradient(s, g);
    auto total = [&] { return problem.energy(s) + 0.3 * problem.cost(s, y); };
    for (std::size_t i = 0; i < s.size(); ++i) {
        const double middle = s[i];
        s[i] = middle + 1e-5;
        const double above = total();
        s[i] = middle - 1e-5;
        const double below = total();
        s[i] = middle;
        CHECK(g[i] == Approx((above - below) / 2e-5).margin(1e-9));
    }
}

TEST_CASE("the adaptive reference meets closed forms and ends at the reference's equilibrium", "[physics]") {
    const auto single = rig::chain({1, 1}, -far_away, far_away);
    const auto plain = rig::reference_net(*single, std::vector<float>{0.0F, 1.0F});
    const reference::Problem node(plain, std::vector<double>{0.0});
    reference::Adaptive decay(node);
    reference::Adaptive ringing(node, reference::Pair{.stiffness = 2.0, .friction = 0.4});
    decay.advance_to(3.0);
    ringing.advance_to(3.0);
    CHECK(decay.state()[0] == Approx(-std::expm1(-3.0)).margin(1e-9));
    CHECK(ringing.state()[0] == Approx(step_response(2.0, 0.4, 3.0)).margin(1e-9));

    const auto net = rig::chain({8, 6, 5});
    const auto walls = rig::reference_net(*net, rig::random_values(*net, 0.7, 0.3, 1));
    const std::vector<double> x(8, 0.5);
    const reference::Problem problem(walls, x);
    const auto rest = reference::equilibrium(problem, std::vector<double>(11));
    for (const auto& pair : {std::optional<reference::Pair>{}, std::optional(reference::Pair{})}) {
        reference::Adaptive exact(problem, pair);
        exact.advance_to(80.0);
        for (std::size_t i = 0; i < rest.size(); ++i) CHECK(exact.state()[i] == Approx(rest[i]).margin(1e-8));
    }
}
