// Responses of nodes to the nudge, against sums by hand; distances against counting by hand.
#include "host/learning/responses.hpp"
#include "hw_models/base/error.hpp"
#include "tests/hw_models/coupling_fixtures.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace isinglass;
using namespace isinglass::test;

namespace {

// Two layers of voltages and one of angles, in a chain: 3 – 2 – 2.
Network chain() {
    return make_network(
        1,
        {{.name = "a", .size = 3},
         {.name = "b", .size = 2},
         {.name = "c", .size = 2, .low = -3.1415927F, .high = 3.1415927F, .domain = Domain::circle}},
        {{.from = input_layer, .to = 0}, {.from = 0, .to = 1}, {.from = 1, .to = 2}});
}

} // namespace

TEST_CASE("a response is the way that a node goes under the nudge over beta, angles the short way round") {
    const auto net = chain();
    BatchReadout batch(2, net);
    batch.scale = {10.0F, -5.0F}; // beta = 0.1, and random-sign at -0.2
    const auto& c = net.layers[2];
    batch.first.row(0)[0] = 0.3F;
    batch.second.row(0)[0] = 0.1F;
    batch.first.row(1)[0] = 0.2F;
    batch.second.row(1)[0] = 0.6F;
    batch.first.row(0)[c.offset] = 3.1F; // across the cut: 0.0831853 back
    batch.second.row(0)[c.offset] = -3.1F;
    WorkerPool pool(2);
    Responses responses(net);
    responses.add(batch, pool);
    const auto rms = responses.rms(2);
    REQUIRE(rms.size() == net.spins());
    CHECK(rms[0] == Approx(std::sqrt((2.0 * 2.0 + 2.0 * 2.0) / 2.0)).epsilon(1e-5));
    CHECK(rms[1] == 0.0F);
    CHECK(rms[5] == Approx(0.831853 / std::sqrt(2.0)).epsilon(1e-5));
    Responses resumed(net);
    resumed.restore(responses.squares());
    resumed.add(batch, pool);
    responses.add(batch, pool);
    CHECK(resumed.rms(4) == responses.rms(4));
    CHECK(resumed.rms(4) == rms);
    responses.clear();
    CHECK(responses.rms(2)[0] == 0.0F);
    CHECK_THROWS_AS(responses.restore({1.0}), UserError);
}

TEST_CASE("distances count couplings to the nearest output") {
    CHECK(distances_to_outputs(chain()) == std::vector<int>{2, 2, 2, 1, 1, 0, 0});
    const auto square = coupling_kind("kind = 'square'");
    // one row of five nodes, of which the last is the output
    const auto row = make_network(1,
                                  {{.name = "hidden", .size = 4, .grid = {1, 1, 5, {0, 1, 2, 3}}},
                                   {.name = "out", .size = 1, .grid = {1, 1, 5, {4}}}},
                                  {{.from = input_layer, .to = 0},
                                   {.from = 0, .to = 0, .kind = square},
                                   {.from = 0, .to = 1, .kind = square}});
    CHECK(distances_to_outputs(row) == std::vector<int>{4, 3, 2, 1, 0});
    const auto cut = make_network(1, {{.name = "alone", .size = 2}, {.name = "out", .size = 1}},
                                  {{.from = input_layer, .to = 0}, {.from = input_layer, .to = 1}});
    CHECK(distances_to_outputs(cut) == std::vector<int>{-1, -1, 0});
}

TEST_CASE("responses by distance are root mean squares of a layer's nodes that are as far") {
    const auto net = chain();
    const auto table = by_distance(net, distances_to_outputs(net), std::vector<float>{3, 4, 0, 1, 1, 2, 0});
    REQUIRE(table.size() == 3);
    CHECK(table[0].layer == "a");
    CHECK(table[0].distance == 2);
    CHECK(table[0].nodes == 3);
    CHECK(table[0].rms == Approx(std::sqrt(25.0 / 3.0)));
    CHECK(table[1].rms == Approx(1.0));
    CHECK(table[2].rms == Approx(std::sqrt(2.0)));
}
