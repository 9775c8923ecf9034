// EP's estimate against the exact gradient: ep_gradient.hpp. The bench "gradients" prints the numbers.
#include "tests/physics/ep_gradient.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

using namespace isinglass;
using namespace isinglass::rig;

namespace {

const std::vector<std::string> kinds{"dissipative", "conjugate"};

} // namespace

TEST_CASE("the centred EP estimate is the gradient of the cost", "[physics]") {
    for (const auto& sizes : gradient_networks()) {
        const GradientCase c = away_from_kinks(sizes, 0.2, 0.05);
        const Gradient exact = exact_gradient(c);
        for (const auto& kind : kinds) {
            const Gradient small = ep_estimate(c, kind, 1e-3, Estimator::centred);
            const Gradient trained = ep_estimate(c, kind, 0.5, Estimator::centred);
            INFO(fmt::format("{}", fmt::join(sizes, "-")) << " " << kind);
            CHECK(cosine(small, exact) > 0.9999);
            CHECK(relative_error(small, exact) < 0.005);
            CHECK(cosine(trained, exact) > 0.9);
        }
    }
}

TEST_CASE("the error of the EP estimate falls with beta one-sided and with its square centred", "[physics]") {
    for (const auto& sizes : gradient_networks()) {
        const GradientCase c = away_from_kinks(sizes, 0.2, 0.05);
        const Gradient exact = exact_gradient(c);
        for (const auto& kind : kinds) {
            INFO(fmt::format("{}", fmt::join(sizes, "-")) << " " << kind);
            auto falls = [&](Estimator estimator) {
                return relative_error(ep_estimate(c, kind, 0.1, estimator), exact) /
                       relative_error(ep_estimate(c, kind, 0.05, estimator), exact);
            };
            CHECK(falls(Estimator::one_sided) == Approx(2.0).epsilon(0.1));
            CHECK(falls(Estimator::centred) == Approx(4.0).epsilon(0.1));
        }
    }
}
