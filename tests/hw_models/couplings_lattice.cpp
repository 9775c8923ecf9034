// Lattices against an independent definition: nodes are joined where a walk from neighbour to neighbour is no
// longer than the radius.
#include "hw_models/base/error.hpp"
#include "tests/hw_models/coupling_fixtures.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

namespace {

struct Step {
    int rows, columns;
};

const std::map<std::string, std::vector<Step>> steps{
    {"square", {{0, 1}, {0, -1}, {1, 0}, {-1, 0}}},
    {"triangular", {{0, 1}, {0, -1}, {1, 0}, {-1, 0}, {1, 1}, {-1, -1}}},
    {"king", {{0, 1}, {0, -1}, {1, 0}, {-1, 0}, {1, 1}, {-1, -1}, {1, -1}, {-1, 1}}}};

// Nodes within `radius` steps of each node of a plane, itself included.
std::vector<std::set<std::size_t>> reached(const std::string& kind, int rows, int columns, int radius,
                                           bool periodic) {
    std::vector<std::set<std::size_t>> all;
    for (int node = 0; node < rows * columns; ++node) {
        std::set<std::size_t> seen{static_cast<std::size_t>(node)};
        for (int walked = 0; walked < radius; ++walked)
            for (const auto at : std::set(seen))
                for (const auto& step : steps.at(kind)) {
                    int y = static_cast<int>(at) / columns + step.rows;
                    int x = static_cast<int>(at) % columns + step.columns;
                    if (periodic) {
                        y = (y + rows) % rows;
                        x = (x + columns) % columns;
                    }
                    if (y >= 0 && y < rows && x >= 0 && x < columns)
                        seen.insert(static_cast<std::size_t>(y * columns + x));
                }
        all.push_back(std::move(seen));
    }
    return all;
}

std::string settings(const std::string& kind, int radius, bool periodic) {
    return fmt::format("kind = '{}'\nradius = {}\nperiodic = {}", kind, radius, periodic);
}

struct Plane {
    int rows, columns;
    [[nodiscard]] Grid grid(std::size_t channels = 1) const {
        return {channels, static_cast<std::size_t>(rows), static_cast<std::size_t>(columns)};
    }
};

const std::vector<Plane> planes{{1, 2}, {2, 2}, {1, 5}, {4, 1}, {2, 3}, {3, 2}, {3, 3}, {4, 6}, {5, 7}};

} // namespace

TEST_CASE("A lattice within a layer joins each pair of nodes within its radius once", "[coupling]") {
    for (const auto& [kind, _] : steps)
        for (const auto& plane : planes)
            for (const int radius : {1, 2, 3, 9})
                for (const bool periodic : {false, true}) {
                    INFO(kind << " " << plane.rows << "x" << plane.columns << ", radius " << radius
                              << (periodic ? ", periodic" : ""));
                    std::set<Pair> expected;
                    const auto near = reached(kind, plane.rows, plane.columns, radius, periodic);
                    for (std::size_t i = 0; i < near.size(); ++i)
                        for (const auto j : near[i])
                            if (i < j) expected.emplace(i, j);
                    const auto coupling = lateral(settings(kind, radius, periodic), plane.grid());
                    CHECK(set_of(*coupling, true) == expected);
                    CHECK(coupling->parameters() == expected.size());
                    std::size_t most = 0;
                    for (const auto& nodes : near) most = std::max(most, nodes.size() - 1);
                    CHECK(coupling->fan_in() == most);
                }
}

TEST_CASE("A lattice between two layers joins each node to those around its place, that one included",
          "[coupling]") {
    for (const auto& [kind, _] : steps)
        for (const auto& plane : planes)
            for (const int radius : {0, 1, 2})
                for (const bool periodic : {false, true}) {
                    INFO(kind << " " << plane.rows << "x" << plane.columns << ", radius " << radius
                              << (periodic ? ", periodic" : ""));
                    std::set<Pair> expected;
                    const auto near = reached(kind, plane.rows, plane.columns, radius, periodic);
                    for (std::size_t i = 0; i < near.size(); ++i)
                        for (const auto j : near[i]) expected.emplace(i, j);
                    const auto coupling =
                        between(settings(kind, radius, periodic), plane.grid(), plane.grid());
                    CHECK(set_of(*coupling, false) == expected);
                    CHECK(coupling->fan_in() ==
                          std::ranges::max(near, {}, &std::set<std::size_t>::size).size());
                }
}

TEST_CASE("Lattices of radius 1 have as many couplings as the closed forms say", "[coupling]") {
    for (const std::size_t n : {3U, 4U, 7U, 23U})
        for (const std::size_t m : {3U, 5U, 23U}) {
            const Grid grid{1, n, m};
            const auto count = [&](const std::string& kind, bool periodic) {
                return lateral(settings(kind, 1, periodic), grid)->parameters();
            };
            CHECK(count("square", false) == 2 * n * m - n - m);
            CHECK(count("square", true) == 2 * n * m);
            CHECK(count("triangular", false) == 3 * n * m - 2 * n - 2 * m + 1);
            CHECK(count("triangular", true) == 3 * n * m);
            CHECK(count("king", false) == 4 * n * m - 3 * n - 3 * m + 2);
            CHECK(count("king", true) == 4 * n * m);
        }
}

TEST_CASE("Channels of a lattice are planes by themselves", "[coupling]") {
    for (const bool within : {true, false}) {
        const Plane plane{4, 5};
        const auto of = [&](std::size_t channels) {
            const auto grid = plane.grid(channels);
            return within ? lateral(settings("king", 1, true), grid)
                          : between(settings("king", 1, true), grid, grid);
        };
        const auto one = set_of(*of(1), within);
        std::set<Pair> expected;
        for (const auto& [i, j] : one)
            for (const std::size_t plane_first : {0U, 20U, 40U})
                expected.emplace(i + plane_first, j + plane_first);
        CHECK(set_of(*of(3), within) == expected);
    }
}

TEST_CASE("A lattice's cells on a tile grow with its couplings", "[coupling]") {
    const Grid grid{1, 40, 40};
    for (const auto& [kind, rows] : std::map<std::string, std::size_t>{{"square", 2}, {"king", 4}}) {
        const auto open = lateral(settings(kind, 1, false), grid);
        CHECK(open->array_rows() == rows);
        CHECK(open->array_columns() == 1600);
        const auto periodic = lateral(settings(kind, 1, true), grid);
        CHECK(periodic->array_rows() * periodic->array_columns() == periodic->parameters());
    }
}

TEST_CASE("A lattice of a radius or between layers that it cannot join is refused", "[coupling]") {
    CHECK_THROWS_WITH(lateral(settings("square", 0, false), {1, 4, 4}),
                      Catch::Contains("radius 0") && Catch::Contains("from 1"));
    CHECK_THROWS_WITH(lateral(settings("square", 1, true), {3, 1, 1}), Catch::Contains("joined"));
    CHECK_THROWS_WITH(between(settings("king", 1, false), {1, 4, 4}, {1, 4, 5}),
                      Catch::Contains("[1, 4, 4]") && Catch::Contains("[1, 4, 5]"));
    CHECK_THROWS_WITH(coupling_kind(settings("king", -1, false)),
                      Catch::Contains("radius") && Catch::Contains("-1"));
}
