// Graphs and couplings as files.
#include "hw_models/base/error.hpp"
#include "sim/solve/problem.hpp"
#include "sim/solve/solver_kind.hpp"
#include "sim/solve/time_to_solution.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace isinglass;

TEST_CASE("A graph's cut and energy are those counted by hand", "[solver]") {
    // A triangle of weights 1, 2 and −3, and a vertex that hangs on it.
    const auto p = parse_graph("4 4\n1 2 1\n2 3 2\n# a remark\n\n1 3 -3\r\n4 3 0.5\n", "g");
    REQUIRE(p.spins == 4);
    REQUIRE(p.couplings.size() == 4);
    const std::vector<std::int8_t> s{1, -1, 1, -1};
    CHECK(p.cut(s) == 1 + 2 + 0.5);
    CHECK(p.energy(s) == -1 - 2 - 3 - 0.5); // Σ w s s, since J = −w
    CHECK(p.largest() == 3.0);
    CHECK(p.rms_coupling() == Approx(std::sqrt((1 + 4 + 9 + 0.25) / 6.0)));
}

TEST_CASE("A weight that is left out is 1", "[solver]") {
    CHECK(parse_graph("2 1\n1 2\n", "g").couplings.front().value == -1.0);
}

TEST_CASE("What is wrong with a graph is said with the number of its line", "[solver]") {
    struct Bad {
        std::string text, error;
    };
    const auto bad = GENERATE(
        Bad{"", "g:1: the file is empty"}, Bad{"three 3\n", "g:1: 'three 3' is no first line"},
        Bad{"3\n", "g:1: '3' is no first line"}, Bad{"3 1 1\n1 2 1\n", "g:1:"}, Bad{"1 1\n1 1 1\n", "g:1:"},
        Bad{"3 2\n1 2 1\n1 x 1\n", "g:3: 'x' is no vertex; valid is 1 to 3"},
        Bad{"3 2\n1 2 1\n0 2 1\n", "g:3: '0' is no vertex"},
        Bad{"3 2\n1 2 1\n1 4 1\n", "g:3: '4' is no vertex"},
        Bad{"3 2\n1 2 1\n2 2 1\n", "g:3: vertex 2 cannot be joined to itself"},
        Bad{"3 2\n1 2 1\n2 1 1\n", "g:3: vertices 1 and 2 are joined in line 2 already"},
        Bad{"3 2\n1 2 1\n2 3 heavy\n", "g:3: '2 3 heavy' is no edge"}, Bad{"3 2\n1 2 1\n2 3 nan\n", "g:3:"},
        Bad{"3 2\n1 2 1\n2 3 1 7\n", "g:3:"}, Bad{"3 2\n1 2 1\n2\n", "g:3: '2' is no edge"},
        Bad{"3 3\n1 2 1\n2 3 1\n", "g:3: the file ends after 2 of 3 edges"},
        Bad{"3 1\n1 2 1\n2 3 1\n", "g:3: more than the 1 edges"});
    CAPTURE(bad.text);
    CHECK_THROWS_WITH(parse_graph(bad.text, "g"), Catch::StartsWith(bad.error));
    CHECK_THROWS_AS(parse_graph(bad.text, "g"), UserError);
}

TEST_CASE("Shots to 99 % and the interval of a success rate are those of the textbook", "[solver]") {
    CHECK(shots_to_99(0.5) == Approx(6.643856));
    CHECK(shots_to_99(0.999) == 1.0); // one shot at least
    CHECK(shots_to_99(1.0) == 1.0);
    CHECK(std::isinf(shots_to_99(0.0)));
    // Clopper and Pearson: 10 of 100.
    const auto rate = success_rate(10, 100);
    CHECK(rate.rate() == 0.1);
    CHECK(rate.low == Approx(0.0490).margin(5e-5));
    CHECK(rate.high == Approx(0.1762).margin(5e-5));
    CHECK(success_rate(0, 100).low == 0.0);
    CHECK(success_rate(0, 100).high == Approx(1.0 - std::pow(0.025, 0.01)));
    CHECK(success_rate(100, 100).high == 1.0);
}

TEST_CASE("A solver's settings can be overridden, and unknown solvers are named", "[solver]") {
    const auto p = parse_graph("3 2\n1 2 1\n2 3 1\n", "g");
    CHECK(solver_experiment(p, {.solver = "ballistic"}).machine.array.name() == "digital");
    CHECK(solver_experiment(p, {.solver = "ballistic", .ideal = true}).machine.dynamics.name() ==
          "ballistic");
    CHECK(solver_experiment(p, {.sets = {"machine.adc.bits=3", "run.seed=9"}}).run.seed == 9);
    CHECK_THROWS_WITH(solver_experiment(p, {.solver = "annealer"}),
                      Catch::Contains("p-bits, ballistic, discrete"));
    CHECK_THROWS_WITH(solver_experiment(p, {.solver = "coherent", .machine = "digital-28nm"}),
                      Catch::Contains("moves no amplitudes"));
    CHECK_THROWS_WITH(solver_experiment(p, {.solver = "oscillators", .machine = "digital-28nm"}),
                      Catch::Contains("noise in every step"));
    CHECK_THROWS_WITH(solver_experiment(p, {.machine = "ideal", .ideal = true}),
                      Catch::Contains("two machines"));
}
