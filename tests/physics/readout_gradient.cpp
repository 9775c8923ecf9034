// EP through convolutions with padding and stride to the cross-entropy of a softmax layer behind the array,
// by frozen nudges, against an energy and a cost written from the geometry alone.
#include "tests/physics/readout_case.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::rig;

TEST_CASE("EP by frozen nudges is the gradient of a read-out's cross-entropy, through padding and stride",
          "[physics]") {
    const auto c = readout_case();
    const std::vector<double> theta(c.values.begin(), c.values.end());
    REQUIRE(c.net->parameters == 2 * (9 + 1) + 3 * (2 * 4 + 1));
    for (const std::string kind : {"dissipative", "conjugate", "dissipative-sweeps", "conjugate-sweeps"}) {
        INFO(kind);
        const auto model = make_chip_model(ideal_machine(kind), c.net, make_hopfield(), 1);
        const auto free =
            run_ep(*model, c.values, c.sample, {.beta = 1e-3, .free_rc = 150.0, .nudged_rc = 1.0}).free;
        const auto rest = minimum(c.oracle, theta, free);
        for (std::size_t i = 0; i < rest.size(); ++i) CHECK(free[i] == Approx(rest[i]).margin(1e-5));
        for (const double s : rest) REQUIRE((s > 0.02 && s < 0.98)); // no kinks
        const auto ep =
            ep_on_machine(*model, c.values, nudged(c, free),
                          {.times = {.beta = 1e-2, .free_rc = 150.0, .nudged_rc = 150.0}, .frozen = true});
        const auto exact = exact_gradient(c.oracle, theta, rest);
        CHECK(cosine(ep.gradient, exact) > 0.9999);
        CHECK(relative_error(ep.gradient, exact) < 0.01);
    }
}
