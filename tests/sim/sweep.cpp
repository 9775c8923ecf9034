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
        for (const auto& run : runs_of(spec)) {
            if (!spec.solves()) CHECK_NOTHROW(load_experiment(spec.experiment, run.sets));
            const std::span machine_sets(run.sets.begin(), run.sets.end() - 1); // the last is the seed
            if (spec.solves()) CHECK_NOTHROW(load_machine(spec.solve.machine, machine_sets));
        }
    }
}

TEST_CASE("spreads, knee and unbeaten points are those of a small table") {
    CHECK(spread_of({1.0, 3.0}).mean == 2.0);
    CHECK(spread_of({1.0, 3.0}).deviation == Approx(std::sqrt(2.0)));
    std::vector<SweepPoint> points{point({0.5}, 1.0), point({0.1005}, 2.0), point({0.1}, 3.0),
                                   point({0.2}, 4.0)};
    CHECK(knee_of(points) == 1);
    CHECK(knee_of({point({0.1, 0.9}, 1.0), point({0.3, 0.3}, 1.0), point({0.1, 0.1}, 1.0),
                   point({0.1, 0.1}, 1.0)}) == 2); // whatever the point that fails scatters
    mark_pareto(points);
    CHECK(points[0].best);
    CHECK(points[2].best);
    CHECK_FALSE(points[3].best);
}

TEST_CASE("a sweep that solves has its graphs as the first axis") {
    const auto spec = load_sweep("solver-accuracy", {});
    const auto runs = runs_of(spec);
    REQUIRE(runs.size() == 33);
    CHECK(runs[0].labels.front() == "G1.txt");
    CHECK(runs[12].labels == std::vector<std::string>{"G11.txt", "couplings of 6 bits"});
    CHECK(runs[12].folder == "G11.txt,couplings_of_6_bits/seed-1");
    CHECK_THROWS_WITH(load_sweep("solver-accuracy", std::vector<std::string>{"experiment=glyphs"}),
                      Catch::Contains("[solve]"));
}

TEST_CASE("a sweep's plot has its points over the values of its axis, and the knee in its title") {
    SweepSpec spec{
        .name = "s", .experiment = "e", .axes = {{.key = "a.b", .values = "8, 2, 4"}}, .knee = true};
    std::vector<SweepPoint> points(3);
    points[0] = {.labels = {"8"}, .error = {0.01, 0.03}};
    points[1] = {.labels = {"2"}, .error = {0.5, 0.5}};
    points[2] = {.labels = {"4"}, .error = {0.02, 0.02}};
    const auto figures = sweep_figures(points, spec);
    REQUIRE(figures.size() == 1);
    CHECK(figures[0].x == std::vector<double>{2.0, 4.0, 8.0});
    REQUIRE(figures[0].curves.size() == 3);
    CHECK(figures[0].curves[0].y == std::vector<double>{50.0, 2.0, 2.0});
    CHECK(figures[0].curves[2].y[2] == Approx(3.0)); // the worst run
    CHECK(figures[0].title == "s: knee at 8");       // the first, of equals
    CHECK(csv_text(figures[0]).starts_with("a.b,mean,best run,worst run\n2,50,50,50\n"));
}

TEST_CASE("a yield curve rises from the best chip to all of them") {
    SweepSpec spec{.name = "s", .experiment = "e", .axes = {{.key = "k", .values = "1, 2"}}, .yield = true};
    std::vector<SweepPoint> points{{.labels = {"1"}, .error = {0.04}}, {.labels = {"2"}, .error = {0.02}}};
    const auto figures = sweep_figures(points, spec);
    REQUIRE(figures.size() == 2);
    CHECK(figures[1].x == std::vector<double>{2.0, 4.0});
    CHECK(figures[1].curves[0].y == std::vector<double>{50.0, 100.0});
}
