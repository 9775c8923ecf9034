// Points of a sweep, and what its tables say.
#include "sim/run/experiment.hpp"
#include "sim/sweep/sweep_report.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;

namespace {

SweepPoint point(std::vector<double> error, double energy_j) {
    return {.labels = {"x"},
            .error = std::move(error),
            .ideal_error = {},
            .energy_j = {energy_j},
            .time_s = {1.0}};
}

} // namespace

TEST_CASE("a sweep's runs are the product of its axes and seeds, each in a folder of its own") {
    SweepSpec spec{.name = "s", .set = "a.b=1; c=2", .seeds = {3, 4}};
    spec.axes = {{.key = "machine.adc.bits", .values = "4, 6"},
                 {.key = "training.beta", .values = "0.1,0.2,0.3"}};
    const auto runs = runs_of(spec);
    REQUIRE(runs.size() == 12);
    CHECK(runs[3].labels == std::vector<std::string>{"4", "0.2"});
    CHECK(runs[3].sets ==
          std::vector<std::string>{"a.b=1", "c=2", "machine.adc.bits=4", "training.beta=0.2", "run.seed=4"});
    CHECK(runs[3].folder == "4,0.2/seed-4");
}

TEST_CASE("cumulative steps have the settings of those before them") {
    SweepSpec spec;
    spec.axes = {{.cumulative = true, .steps = {{"one", "a=1"}, {"two", "b=2"}}}};
    CHECK(runs_of(spec)[1].sets == std::vector<std::string>{"a=1", "b=2", "run.seed=1"});
}

TEST_CASE("two runs that would share a folder are refused") {
    SweepSpec spec{.seeds = {1, 1}};
    CHECK_THROWS_WITH(runs_of(spec), Catch::Contains("must differ"));
}

TEST_CASE("every run of every shipped sweep is a valid experiment") {
    for (const auto& preset : shipped_presets("sweeps")) {
        INFO(preset.name);
        const auto spec = load_sweep(preset.name, {});
        CHECK(spec.name == preset.name);
        for (const auto& run : runs_of(spec)) CHECK_NOTHROW(load_experiment(spec.experiment, run.sets));
    }
}

TEST_CASE("spreads, knee and unbeaten points are those of a small table") {
    CHECK(spread_of({1.0, 3.0}).mean == 2.0);
    CHECK(spread_of({1.0, 3.0}).deviation == Approx(std::sqrt(2.0)));
    std::vector<SweepPoint> points{point({0.5}, 1.0), point({0.1005}, 2.0), point({0.1}, 3.0),
                                   point({0.2}, 4.0)};
    CHECK(knee_of(points) == 1);
    mark_pareto(points);
    CHECK(points[0].best);
    CHECK(points[2].best);
    CHECK_FALSE(points[3].best);
}
