// Sizes by formula against networks that are built, and mappings of networks that do not fit.
#include "hw_models/couplings/tile_map.hpp"
#include "sim/estimate/training_cost.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;

TEST_CASE("a network's sizes by formula are those of the network as it is built, for every preset") {
    for (const auto& preset : shipped_presets("experiments")) {
        INFO(preset.name);
        const auto e = load_experiment(preset.name, {});
        const auto net = network_on(e.machine, e.network.build());
        const auto work = network_work(e.network, e.machine);
        CHECK(work.parameters == net->parameters);
        CHECK(work.spins == net->spins());
        REQUIRE(work.blocks.size() == net->blocks.size());
        for (std::size_t b = 0; b < work.blocks.size(); ++b) {
            CHECK(work.blocks[b].rows == net->blocks[b].rows);
            CHECK(work.blocks[b].columns == net->blocks[b].columns);
            CHECK(work.blocks[b].range == net->blocks[b].range);
            CHECK(work.cells(work.blocks[b]) == net->cells(net->blocks[b], net->blocks[b].count() - 1).last);
        }
        for (std::size_t l = 0; l < work.links.size(); ++l)
            CHECK(work.links[l].fan_in == net->links[l].coupling->fan_in());
        for (std::size_t l = 0; l < work.links.size(); ++l)
            CHECK(work.links[l].couplings == net->links[l].coupling->cells());
        const auto& t = e.machine.tiles;
        const auto use = tile_use(work, t);
        CHECK(line_drives(work, static_cast<std::size_t>(t.columns)) ==
              input_line_drives(*net, static_cast<std::size_t>(t.columns)));
        if (!use.fits()) continue; // several chips
        const auto map =
            place_on_tiles(*net, {static_cast<std::size_t>(t.count), static_cast<std::size_t>(t.rows),
                                  static_cast<std::size_t>(t.columns)});
        CHECK(use.needed == map.tiles_used);
        CHECK(use.utilisation(1) == Approx(map.utilisation));
    }
}

TEST_CASE("a network beyond a chip's tiles takes turns or several chips, and longer than on a chip that is "
          "large enough") {
    const std::vector<std::string> sets{"machine.tiles.count=1", "training.write=all"};
    const auto e = load_experiment("mnist", sets);
    const auto all = mappings(e.machine, e.network, network_work(e.network, e.machine));
    REQUIRE(all.size() == 2);
    const auto fitting = load_experiment("mnist", std::vector<std::string>{"training.write=all"});
    const auto one =
        mappings(fitting.machine, fitting.network, network_work(fitting.network, fitting.machine)).front();
    const SampleCounts samples{128, 0};
    const double on_one = training_cost(fitting, one, samples).epoch.time_s();
    for (const auto& mapping : all) {
        const auto cost = training_cost(e, mapping, samples);
        CHECK(cost.epoch.time_s() > on_one);
        CHECK_FALSE(cost.exact);
    }
    CHECK(all[1].chips == 2);
}

TEST_CASE("shared weights take a cell a copy on analog tiles and a word on digital ones, and this is said") {
    const auto sets = [](const std::string& machine) {
        return std::vector<std::string>{"machine=" + machine,
                                        "network.layer=[{ name = \"input\", shape = [16, 16] }, "
                                        "{ name = \"maps\", shape = [2, 14, 14] }]",
                                        "network.coupling=[{ from = \"input\", to = \"maps\", "
                                        "kind = \"convolution\", window = [3, 3] }]"};
    };
    const auto use_on = [&](const std::string& machine, std::string& text) {
        const auto e = load_experiment("glyphs", sets(machine));
        const auto work = network_work(e.network, e.machine);
        const auto use = tile_use(work, e.machine.tiles);
        text = tiles_text(work, use);
        return use;
    };
    std::string analog, digital;
    const double windows = 14.0 * 14.0;
    CHECK(use_on("ideal", analog).cells == Approx(2.0 * windows * (9.0 + 1.0)));
    CHECK(use_on("digital-28nm", digital).cells == Approx(2.0 * (9.0 + 1.0)));
    CHECK(analog.find("unrolled, a cell a copy") != std::string::npos);
    CHECK(digital.find("stored once") != std::string::npos);
}

TEST_CASE("a convolution too large to build is sized in closed form") {
    const auto e = load_experiment(
        "glyphs",
        std::vector<std::string>{
            "network.layer=[{name=\"input\",shape=[3,224,224]},{name=\"c1\",shape=[64,222,222]},"
            "{name=\"c2\",shape=[128,220,220]},{name=\"output\",size=1000}]",
            "network.coupling=[{from=\"input\",to=\"c1\",kind=\"local\",window=[3,3],shared=true},"
            "{from=\"c1\",to=\"c2\",kind=\"local\",window=[3,3],shared=true},{from=\"c2\",to=\"output\"}]"});
    const auto work = network_work(e.network, e.machine);
    const std::size_t c1 = 64UL * 222 * 222;
    const std::size_t c2 = 128UL * 220 * 220;
    CHECK(work.links[0].couplings == c1 * 27);
    CHECK(work.links[1].couplings == c2 * 64 * 9);
    CHECK(work.links[2].couplings == c2 * 1000);
    CHECK(mappings(e.machine, e.network, work)[1].chips > 1000);
}
