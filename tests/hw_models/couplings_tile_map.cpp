#include "hw_models/base/error.hpp"
#include "hw_models/couplings/tile_map.hpp"
#include "tests/hw_models/kernel_fixtures.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

TEST_CASE("A network that fits one tile each takes its rectangles with their bias rows", "[tiles]") {
    const auto map = place_on_tiles(*chain({784, 512, 10}), {.count = 4, .rows = 1024, .columns = 1024});
    REQUIRE(map.pieces.size() == 2);
    CHECK(map.pieces[0].link == "input-h1");
    CHECK(map.pieces[0].rows == 785);
    CHECK(map.pieces[0].columns == 512);
    CHECK(map.pieces[0].tile == 0);
    CHECK(map.pieces[1].link == "h1-out");
    CHECK(map.pieces[1].rows == 513);
    CHECK(map.pieces[1].columns == 10);
    CHECK(map.pieces[1].tile == 1); // only 239 rows are free on tile 0
    CHECK(map.tiles_used == 2);
    CHECK(map.utilisation == Approx((785.0 * 512 + 513.0 * 10) / (4.0 * 1024 * 1024)));
}

TEST_CASE("Pieces share a tile where neither their rows nor their columns meet", "[tiles]") {
    const TileShape one{.count = 1, .rows = 40, .columns = 30};
    const auto map = place_on_tiles(*chain({20, 16, 4}), one); // 21x16 and 17x4
    CHECK(map.tiles_used == 1);
    CHECK(map.pieces[1].tile == 0);
    REQUIRE_THROWS_AS(place_on_tiles(*chain({20, 20, 20}), one), UserError); // 21 + 21 rows
    REQUIRE_THROWS_AS(place_on_tiles(*chain({10, 16, 16}), one), UserError); // 16 + 16 columns
}

TEST_CASE("A link larger than a tile is cut, and the pieces cover it exactly", "[tiles]") {
    const auto map = place_on_tiles(*chain({100, 70}), {.count = 6, .rows = 64, .columns = 32});
    CHECK(map.pieces.size() == 2 * 3);
    CHECK(map.tiles_used == 6);
    std::size_t cells = 0;
    for (const auto& piece : map.pieces) {
        CHECK(piece.rows <= 64);
        CHECK(piece.columns <= 32);
        cells += piece.rows * piece.columns;
    }
    CHECK(cells == 101 * 70);
}

TEST_CASE("A bias row that no longer fits costs another tile", "[tiles]") {
    CHECK(place_on_tiles(*chain({63, 32}), {.count = 2, .rows = 64, .columns = 32}).tiles_used == 1);
    CHECK(place_on_tiles(*chain({64, 32}), {.count = 2, .rows = 64, .columns = 32}).tiles_used == 2);
}

TEST_CASE("A second link into a layer takes no second bias row", "[tiles]") {
    const auto net =
        make_network(4, {{.name = "h", .size = 3}, {.name = "out", .size = 2}},
                     {{.from = input_layer, .to = 0}, {.from = 0, .to = 1}, {.from = input_layer, .to = 1}});
    const auto map = place_on_tiles(net, {.count = 3, .rows = 8, .columns = 8});
    REQUIRE(map.pieces.size() == 3);
    CHECK(map.pieces[0].rows == 5);
    CHECK(map.pieces[1].rows == 4);
    CHECK(map.pieces[2].rows == 4);
}

TEST_CASE("A network that does not fit is refused with the sizes wanted and the sizes there are", "[tiles]") {
    using Catch::Contains;
    REQUIRE_THROWS_WITH(place_on_tiles(*chain({784, 2048, 10}), {.count = 2, .rows = 1024, .columns = 1024}),
                        Contains("input-h1 785x2048 (2 tiles)") && Contains("h1-out 2049x10 (3 tiles)") &&
                            Contains("2 tiles of 1024x1024") && Contains("machine.tiles.count"));
}

TEST_CASE("An input line drives a wire of each tile that its couplings lie on", "[tiles]") {
    CHECK(input_line_drives(*chain({20, 64, 16}), 64) == 20);
    CHECK(input_line_drives(*chain({20, 65, 16}), 64) == 2 * 20);
    CHECK(input_line_drives(*chain({20, 65, 16}), 16) == 5 * 20);
    // More rows than a tile: each line lies in one of them. Couplings between spins are not driven by lines.
    CHECK(input_line_drives(*chain({5000, 10, 900}), 16) == 5000);
    const auto two =
        make_network(4, {{.name = "h", .size = 30}, {.name = "out", .size = 20}},
                     {{.from = input_layer, .to = 0}, {.from = 0, .to = 1}, {.from = input_layer, .to = 1}});
    CHECK(input_line_drives(two, 16) == 4 * 2 + 4 * 2);
    CHECK(input_line_drives(two, 24) == 4 * 2 + 4 * 1);
}
