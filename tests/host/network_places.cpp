// Where layers lie that share a plane.
#include "host/network/layer_places.hpp"
#include "hw_models/base/error.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;

namespace {

std::vector<LayerSpec> plane(std::int64_t inputs, std::int64_t outputs, std::int64_t rows,
                             std::int64_t columns) {
    std::vector<LayerSpec> layers{
        {.name = "in", .size = inputs, .shape = {rows, columns}, .at = "first-row"},
        {.name = "hidden", .shape = {rows, columns}, .at = "remaining"},
        {.name = "out", .size = outputs, .shape = {rows, columns}, .at = "last-row"},
    };
    size_remaining(layers);
    return layers;
}

using Places = std::vector<std::size_t>;

} // namespace

TEST_CASE("inputs spread over the first row, outputs over the last, and hidden nodes have what remains") {
    const auto layers = plane(2, 1, 5, 5);
    const auto grids = layer_grids(layers);
    CHECK(grids[0].places == Places{1, 3});
    CHECK(grids[2].places == Places{22});
    CHECK(layers[1].size == 22);
    CHECK(grids[1].places ==
          Places{0, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 23, 24});
    CHECK(layer_grids(plane(4, 3, 6, 5))[0].places == Places{0, 1, 3, 4});
    CHECK(layer_grids(plane(5, 3, 3, 5))[0].places == Places{0, 1, 2, 3, 4});
}

TEST_CASE("a layer without `at` fills a plane of its own") {
    const std::vector<LayerSpec> layers{{.name = "a", .size = 6, .shape = {2, 3}}, {.name = "b", .size = 4}};
    const auto grids = layer_grids(layers);
    CHECK(grids[0].places.empty());
    CHECK(grids[0].rows == 2);
    CHECK(grids[1].nodes() == 4);
}

TEST_CASE("layers that do not fit their plane are refused, saying what would") {
    CHECK_THROWS_WITH(layer_grids(plane(6, 1, 5, 5)),
                      Catch::Contains("6 nodes") && Catch::Contains("up to 5"));
    CHECK_THROWS_WITH(layer_grids(plane(2, 2, 1, 4)), Catch::Contains("row 0, column 1"));
    auto wrong = plane(2, 1, 5, 5);
    wrong[1].size = 21;
    CHECK_THROWS_WITH(layer_grids(wrong), Catch::Contains("leave 22 places"));
    CHECK_THROWS_WITH(layer_grids(plane(5, 5, 2, 5)), Catch::Contains("leave 0 places"));
}
