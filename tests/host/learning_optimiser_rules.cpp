#include "tests/host/learning_optimisers.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <functional>

using namespace isinglass;
using namespace isinglass::optimisers_tested;

namespace {

// One parameter in double precision, by the textbook.
struct Reference {
    double theta = 0.0, first = 0.0, second = 0.0;

    void sgd(double g, double rate, double momentum, bool nesterov, double decay) {
        g += decay * theta;
        first = momentum * first + g;
        theta -= rate * (nesterov ? g + momentum * first : first);
    }
    void adam(double g, int n, double rate, double beta1, double beta2, double epsilon, double decay) {
        theta -= rate * decay * theta;
        first = beta1 * first + (1.0 - beta1) * g;
        second = beta2 * second + (1.0 - beta2) * g * g;
        const double mean = first / (1.0 - std::pow(beta1, n));
        const double square = second / (1.0 - std::pow(beta2, n));
        theta -= rate * mean / (std::sqrt(square) + epsilon);
    }
};

void require_equals_reference(const Setting& setting,
                              const std::function<void(Reference&, double, int)>& step) {
    constexpr std::size_t n = 67;
    constexpr unsigned updates = 60;
    const Vector theta = trained(setting, n, updates, {});
    std::vector<Reference> references(n);
    const Vector start = drawn(n, 1);
    for (std::size_t i = 0; i < n; ++i) references[i].theta = static_cast<double>(start[i]);
    for (unsigned u = 0; u < updates; ++u) {
        const Vector gradient = drawn(n, 100 + u);
        for (std::size_t i = 0; i < n; ++i)
            step(references[i], static_cast<double>(gradient[i]), static_cast<int>(u) + 1);
    }
    for (std::size_t i = 0; i < n; ++i) {
        INFO(setting.kind << " " << setting.text << ", parameter " << i);
        REQUIRE(static_cast<double>(theta[i]) == Approx(references[i].theta).margin(1e-5));
    }
}

} // namespace

TEST_CASE("every optimiser follows its double-precision textbook rule") {
    const double rate = static_cast<double>(0.03F);
    require_equals_reference(settings[0], [&](Reference& r, double g, int) { r.sgd(g, rate, 0, false, 0); });
    require_equals_reference(settings[1],
                             [&](Reference& r, double g, int) { r.sgd(g, rate, 0, false, 0.01); });
    require_equals_reference(settings[2],
                             [&](Reference& r, double g, int) { r.sgd(g, rate, 0.9, false, 0.01); });
    require_equals_reference(settings[3],
                             [&](Reference& r, double g, int) { r.sgd(g, rate, 0.9, true, 0.01); });
    require_equals_reference(settings[4],
                             [&](Reference& r, double g, int n) { r.adam(g, n, rate, 0.9, 0.999, 1e-8, 0); });
    require_equals_reference(
        settings[5], [&](Reference& r, double g, int n) { r.adam(g, n, rate, 0.8, 0.99, 1e-3, 0.05); });
}

TEST_CASE("under a constant gradient momentum sums the geometric series") {
    const auto sgd = made({"sgd", "momentum = 0.75"});
    sgd->begin(1);
    Vector theta{0.0F};
    constexpr int updates = 20;
    for (int n = 0; n < updates; ++n) update(*sgd, {2.0F}, theta, 0.125F);
    // Σ_{n=1..N} (1 − mⁿ)/(1 − m) = (N − m(1 − m^N)/(1 − m))/(1 − m)
    const double m = 0.75;
    const double sum = (updates - m * (1.0 - std::pow(m, updates)) / (1.0 - m)) / (1.0 - m);
    REQUIRE(static_cast<double>(theta[0]) == Approx(-0.125 * 2.0 * sum).epsilon(1e-6));
}

TEST_CASE("Nesterov momentum makes a first step of 1 + momentum times the gradient's") {
    const auto sgd = made({"sgd", "momentum = 0.75\nnesterov = true"});
    sgd->begin(1);
    Vector theta{0.0F};
    update(*sgd, {2.0F}, theta, 0.125F);
    REQUIRE(theta[0] == -0.125F * 2.0F * 1.75F);
}

TEST_CASE("under a constant gradient of any size Adam moves by the rate each update") {
    const auto adam = made({"adam", ""});
    const Vector gradient{1e-3F, -1.0F, 1e4F};
    adam->begin(gradient.size());
    Vector theta(gradient.size(), 0.0F);
    for (int n = 1; n <= 500; ++n) {
        update(*adam, gradient, theta, 0.01F);
        const Vector expected{-0.01F * static_cast<float>(n), 0.01F * static_cast<float>(n),
                              -0.01F * static_cast<float>(n)};
        for (std::size_t i = 0; i < theta.size(); ++i) REQUIRE(theta[i] == Approx(expected[i]).epsilon(2e-5));
    }
}

TEST_CASE("without a gradient, weight decay shrinks parameters geometrically and Adam's moments stay zero") {
    for (const Setting& setting : {settings[1], settings[5]}) {
        const auto optimiser = made(setting);
        optimiser->begin(1);
        Vector theta{1.0F};
        const double decay = setting.kind == std::string("sgd") ? 0.01 : 0.05;
        for (int n = 0; n < 100; ++n) update(*optimiser, {0.0F}, theta, 0.5F);
        REQUIRE(static_cast<double>(theta[0]) == Approx(std::pow(1.0 - 0.5 * decay, 100)).epsilon(1e-5));
        for (const auto& state : optimiser->state()) REQUIRE(state.values[0] == 0.0F);
    }
}
