// Which nodes of a lattice are solved at the same time, and what lists of couplings look like in a network.
#include "hw_models/array/node_sets.hpp"
#include "hw_models/base/error.hpp"
#include "hw_models/couplings/tile_map.hpp"
#include "tests/hw_models/coupling_fixtures.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

namespace {

// Inputs to a layer of that grid with couplings within it, and on to 3 outputs.
Network with_lateral(const std::string& settings, const Grid& grid) {
    return make_network(
        4, {{.name = "grid", .size = grid.nodes(), .grid = grid}, {.name = "out", .size = 3}},
        {{.from = input_layer, .to = 0}, {.from = 0, .to = 0, .kind = coupling_kind(settings)}, {0, 1}});
}

// The sets of the lattice's nodes, checked to hold each node once and no two that are joined.
std::size_t sets_of_grid(const Network& net) {
    std::vector<int> set_of(net.layers[0].size, -1);
    int sets = 0;
    for (const auto& set : independent_sets(net)) {
        if ((set.layers & 1U) == 0) continue;
        REQUIRE(!set.mask.empty());
        for (std::size_t i = 0; i < set_of.size(); ++i) {
            if (set.mask[i] == 0.0F) continue;
            REQUIRE(set_of[i] == -1);
            set_of[i] = sets;
        }
        ++sets;
    }
    REQUIRE(std::ranges::count(set_of, -1) == 0);
    net.links[1].coupling->for_each(
        [&](std::size_t i, std::size_t j, std::size_t) { REQUIRE(set_of[i] != set_of[j]); });
    return static_cast<std::size_t>(sets);
}

} // namespace

TEST_CASE("A lattice is solved in as few sets as its colours, none with two nodes that are joined",
          "[network]") {
    for (const Grid& even : {Grid{1, 6, 8}, Grid{2, 4, 4}, Grid{1, 23, 23}}) {
        const bool odd = even.rows % 2 != 0;
        CHECK(sets_of_grid(with_lateral("kind = 'square'", even)) == 2);
        CHECK(sets_of_grid(with_lateral("kind = 'triangular'", even)) >= 3);
        CHECK(sets_of_grid(with_lateral("kind = 'king'", even)) == 4);
        // Odd rings need a third colour.
        const std::size_t around = sets_of_grid(with_lateral("kind = 'square'\nperiodic = true", even));
        CHECK((odd ? around > 2 : around == 2));
        const std::size_t king = sets_of_grid(with_lateral("kind = 'king'\nperiodic = true", even));
        CHECK((odd ? king > 4 : king == 4));
    }
    CHECK(sets_of_grid(with_lateral("kind = 'all-to-all'", {1, 1, 7})) == 7);
}

TEST_CASE("A list of couplings is programmed in rows of which the last may be shorter, and named as one",
          "[network]") {
    const auto net = with_lateral("kind = 'king'", {1, 23, 23}); // 1980 couplings
    const auto& block = net.blocks[2];
    CHECK(block.name == "grid-grid");
    CHECK(block.count() == 1980);
    CHECK(block.rows == 4);
    CHECK(block.columns == 512);
    CHECK(block.row_size(0) == 512);
    CHECK(block.row_size(3) == 1980 - 3 * 512);
    CHECK(block.shape() == std::vector<std::size_t>{1980});
    CHECK(net.blocks[3].first == block.first + 1980);
    CHECK(net.blocks[0].shape() == std::vector<std::size_t>{4, 529});
    CHECK(net.blocks[1].shape() == std::vector<std::size_t>{529});
    // One-to-one between 512 nodes and a window that covers all are lists too, though they fill rectangles.
    const Grid line{1, 1, 512};
    const auto one =
        make_network(512, {{.name = "out", .size = 512, .grid = line}},
                     {{.kind = coupling_kind("kind = 'square'\nradius = 0")}}, {.input_grid = line});
    CHECK(one.blocks[0].list);
    CHECK(one.blocks[0].rows == 1);
    CHECK(one.blocks[0].shape() == std::vector<std::size_t>{512});
}

TEST_CASE("An error of a coupling kind names the link", "[network]") {
    CHECK_THROWS_WITH(with_lateral("kind = 'dense'", {1, 3, 3}),
                      Catch::Contains("grid-grid") && Catch::Contains("all-to-all"));
}

TEST_CASE("Windows of an image take a tile of few rows", "[tiles]") {
    const auto net =
        make_network(784, {{.name = "hidden", .size = 529, .grid = {1, 23, 23}}, {.name = "out", .size = 10}},
                     {{.kind = coupling_kind("kind = 'local'\nwindow = [6, 6]")}, {.from = 0, .to = 1}},
                     {.input_grid = {1, 28, 28}});
    const auto map = place_on_tiles(net, {.count = 1, .rows = 1024, .columns = 1024});
    REQUIRE(map.pieces.size() == 2);
    CHECK(map.pieces[0].rows == 36 + 1); // the bias row included
    CHECK(map.pieces[0].columns == 529);
    CHECK(map.pieces[1].rows == 529 + 1);
}
