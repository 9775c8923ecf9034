#include "host/learning/schedule.hpp"
#include "hw_models/base/error.hpp"
#include "tests/host/learning_configured.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace isinglass;

namespace {

std::unique_ptr<Schedule> made(const std::string& kind, const char* text) {
    return configured(make_schedule(kind), text);
}

} // namespace

TEST_CASE("every schedule starts at the full rate and stays within 0 and 1") {
    for (const std::string& kind : schedule_kinds()) {
        INFO(kind);
        const auto schedule = made(kind, "");
        REQUIRE(schedule->factor(0.0, 15.0) == 1.0);
        for (int i = 0; i <= 150; ++i) {
            const double factor = schedule->factor(0.1 * i, 15.0);
            REQUIRE(factor >= 0.0);
            REQUIRE(factor <= 1.0);
        }
    }
}

TEST_CASE("a constant schedule never changes the rate") {
    REQUIRE(made("constant", "")->factor(7.3, 15.0) == 1.0);
}

TEST_CASE("a cosine schedule falls to half in the middle and to nothing at the end") {
    const auto cosine = made("cosine", "");
    REQUIRE(cosine->factor(2.0, 12.0) == Approx((1.0 + std::sqrt(0.75)) / 2.0)); // cos 30°
    REQUIRE(cosine->factor(6.0, 12.0) == Approx(0.5));
    REQUIRE(cosine->factor(8.0, 12.0) == Approx(0.25)); // cos 120°
    REQUIRE(cosine->factor(12.0, 12.0) == Approx(0.0).margin(1e-15));
}

TEST_CASE("a cosine schedule warms up linearly, then falls to its final fraction") {
    const auto cosine = made("cosine", "warmup = 2.0\nfinal = 0.1");
    REQUIRE(cosine->factor(0.0, 12.0) == 0.0);
    REQUIRE(cosine->factor(0.5, 12.0) == 0.25);
    REQUIRE(cosine->factor(2.0, 12.0) == 1.0);
    REQUIRE(cosine->factor(7.0, 12.0) == Approx(0.55));
    REQUIRE(cosine->factor(12.0, 12.0) == Approx(0.1));
}

TEST_CASE("a cosine schedule of a run no longer than its warm-up only rises") {
    const auto cosine = made("cosine", "warmup = 4.0");
    REQUIRE(cosine->factor(1.0, 4.0) == 0.25);
    REQUIRE(cosine->factor(4.0, 4.0) == 1.0);
    REQUIRE(cosine->factor(1.0, 2.0) == 0.25);
}

TEST_CASE("a step schedule changes at whole multiples of its length only") {
    const auto step = made("step", "every = 3\nfactor = 0.5");
    REQUIRE(step->factor(2.999, 10.0) == 1.0);
    REQUIRE(step->factor(3.0, 10.0) == 0.5);
    REQUIRE(step->factor(5.999, 10.0) == 0.5);
    REQUIRE(step->factor(9.5, 10.0) == 0.125);
}

TEST_CASE("an exponential schedule multiplies once an epoch") {
    const auto exponential = made("exponential", "");
    REQUIRE(exponential->factor(0.999, 10.0) == 1.0);
    REQUIRE(exponential->factor(1.0, 10.0) == 0.99);
    REQUIRE(exponential->factor(3.7, 10.0) == Approx(0.99 * 0.99 * 0.99));
}

TEST_CASE("what no schedule can run with is refused") {
    REQUIRE_THROWS_AS(made("step", "every = 0"), ConfigError);
    REQUIRE_THROWS_AS(made("cosine", "final = 1.5"), ConfigError);
    REQUIRE_THROWS_AS(made("constant", "final = 0.5"), ConfigError);
    REQUIRE_THROWS_WITH(make_schedule("linear"),
                        Catch::Contains("there are: constant, cosine, step, exponential"));
}
