// EP through convolutions and max-pools, against an energy written from the geometry alone.
#include "tests/physics/pooled_case.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::rig;

TEST_CASE("EP through convolutions, max-pools and a skip connection is the exact gradient", "[physics]") {
    const auto c = pooled_case();
    REQUIRE(c.net->parameters == 46);
    for (const std::string kind : {"dissipative", "conjugate", "dissipative-sweeps", "conjugate-sweeps"}) {
        INFO(kind);
        const auto model = make_chip_model(ideal_machine(kind), c.net, make_hopfield(), 1);
        const auto ep = ep_on_machine(*model, c.values, c.sample, {});
        const auto exact = exact_side(c, ep.run.free);
        CHECK(exact.same_winners);
        REQUIRE(exact.margin > 1e-3); // a nudge of 1e-3 moves drives by less, and changes none
        for (const double s : exact.states) REQUIRE((s > 0.02 && s < 0.98)); // no kinks
        for (std::size_t i = 0; i < exact.states.size(); ++i)
            CHECK(ep.run.free[i] == Approx(exact.states[i]).margin(1e-5));
        CHECK(cosine(ep.gradient, exact.gradient) > 0.9999);
        CHECK(relative_error(ep.gradient, exact.gradient) < 0.01);
    }
}
