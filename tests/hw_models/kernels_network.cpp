#include "hw_models/base/error.hpp"
#include "tests/hw_models/kernel_fixtures.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

TEST_CASE("Layers start on cache lines of a state row", "[network]") {
    const auto net = chain({20, 33, 17, 16, 5});
    REQUIRE(net->layers.size() == 4);
    CHECK(net->layers[0].offset == 0);
    CHECK(net->layers[1].offset == 48);
    CHECK(net->layers[2].offset == 80);
    CHECK(net->layers[3].offset == 96);
    CHECK(net->state_columns == 112);
    CHECK(net->spins() == 71);
    CHECK(net->output().name == "out");
    for (std::size_t l = 0, nodes = 0; l < 4; nodes += net->layers[l++].size)
        CHECK(net->first_node(l) == nodes);
    CHECK(net->first_node(4) == 71);
}

TEST_CASE("The parameter vector is couplings and biases in the order of the description, without gaps",
          "[network]") {
    const auto net = chain({20, 33, 17, 5}, 0.75);
    std::vector<std::string> names;
    std::size_t first = 0;
    for (const auto& block : net->blocks) {
        names.push_back(block.name);
        CHECK(block.first == first);
        CHECK(block.range == 0.75);
        first += block.count();
    }
    CHECK(names == std::vector<std::string>{"input-h1", "h1-bias", "h1-h2", "h2-bias", "h2-out", "out-bias"});
    CHECK(net->parameters == first);
    CHECK(first == 20 * 33 + 33 + 33 * 17 + 17 + 17 * 5 + 5);
    CHECK(net->blocks[2].rows == 33);
    CHECK(net->blocks[2].columns == 17);
    CHECK(net->blocks[2].link == 1);
    CHECK(net->blocks[3].link == -1);
    CHECK(&net->node_block(1) == &net->blocks[3]);
}

TEST_CASE("A layer that two couplings reach has one bias", "[network]") {
    const auto net =
        make_network(4, {{.name = "h", .size = 3}, {.name = "out", .size = 2}},
                     {{.from = input_layer, .to = 0}, {.from = 0, .to = 1}, {.from = input_layer, .to = 1}});
    std::vector<std::string> names;
    for (const auto& block : net.blocks) names.push_back(block.name);
    CHECK(names == std::vector<std::string>{"input-h", "h-bias", "h-out", "out-bias", "input-out"});
    CHECK(net.links[2].coupling->pre_size() == 4);
    CHECK(net.links[2].coupling->post_size() == 2);
}

TEST_CASE("A layer that no coupling reaches is an error that names it", "[network]") {
    const auto net = make_network(4, {{.name = "h", .size = 3}, {.name = "out", .size = 2}},
                                  {{.from = input_layer, .to = 0}});
    REQUIRE_THROWS_WITH(net.node_block(1), Catch::Contains("'out'"));
}

TEST_CASE("An unknown coupling kind or energy model is an error that names what there is", "[network]") {
    REQUIRE_THROWS_AS(make_coupling_kind("crossbow"), UserError);
    REQUIRE_THROWS_WITH(make_coupling_kind("crossbow"),
                        Catch::Contains("crossbow") && Catch::Contains("dense"));
    REQUIRE_THROWS_WITH(make_energy_model("hopfeld"),
                        Catch::Contains("hopfeld") && Catch::Contains("hopfield"));
    REQUIRE_THROWS_WITH(make_dynamics("x"),
                        Catch::Contains("dissipative-sweeps") && Catch::Contains("conjugate"));
}

TEST_CASE("Matrix rows start on cache lines and their padding is zero", "[network]") {
    Matrix m(3, 17);
    CHECK(m.stride() == 32);
    CHECK(m.row(1).size() == 17);
    CHECK(m.row(1).data() == m.data() + 32);
    CHECK(reinterpret_cast<std::uintptr_t>(m.data()) % 64 == 0);
    CHECK(std::all_of(m.data(), m.data() + 96, [](float x) { return x == 0.0F; }));
    CHECK(padded(0) == 0);
    CHECK(padded(16) == 16);
    CHECK(padded(17) == 32);
}

TEST_CASE("A live nudge that would turn the outputs' leak negative is refused", "[network]") {
    const auto net = chain({4, 3, 2});
    const auto model = make_hopfield();
    REQUIRE_NOTHROW(model->check_nudge(*net, {.beta = -0.99}));
    REQUIRE_THROWS_WITH(model->check_nudge(*net, {.beta = -1.0}),
                        Catch::Contains("-1") && Catch::Contains("out"));
}

TEST_CASE("A live nudge by a law that the outputs do not have is refused, a frozen one needs none",
          "[network]") {
    const auto net = chain({4, 3, 2});
    const auto model = make_hopfield();
    REQUIRE_THROWS_WITH(model->check_nudge(*net, {.beta = 0.1, .law = NudgeLaw::sine}),
                        Catch::Contains("sine") && Catch::Contains("difference"));
    REQUIRE_NOTHROW(model->check_nudge(*net, {.beta = -2.0, .frozen = true, .law = NudgeLaw::sine}));
}

TEST_CASE("A network of more layers than a READ can name is refused", "[network]") {
    CHECK_NOTHROW(chain(std::vector<std::size_t>(17, 2))); // inputs and 16 layers
    CHECK_THROWS_WITH(chain(std::vector<std::size_t>(18, 2)),
                      Catch::Contains("17 spin layers") && Catch::Contains("up to 16"));
}

TEST_CASE("Nodes are solved in sets that no coupling joins, even layers of a chain before odd ones",
          "[network]") {
    const auto plain = independent_sets(*chain({4, 3, 3, 3, 2}));
    REQUIRE(plain.size() == 2);
    CHECK(plain[0].layers == 0b0101);
    CHECK(plain[1].layers == 0b1010);

    const auto skipping = make_network(
        4, {{.name = "a", .size = 3}, {.name = "b", .size = 3}, {.name = "c", .size = 3}},
        {{.from = input_layer, .to = 0}, {.from = 0, .to = 1}, {.from = 1, .to = 2}, {.from = 0, .to = 2}});
    const auto sets = independent_sets(skipping);
    REQUIRE(sets.size() == 3);
    for (std::size_t l = 0; l < 3; ++l) CHECK(sets[l].layers == LayerSet{1} << l);
}
