#include "hw_models/couplings/tile_map.hpp"
#include "sim/run/experiment.hpp"
#include "sim/run/simulation.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;

TEST_CASE("every shipped experiment fits the machine that it names") {
    for (const auto& preset : shipped_presets("experiments")) {
        if (preset.name == "imagenet-predictive-vgg10-digital") continue; // in turns: for `estimate`
        INFO(preset.name);
        const auto e = load_experiment(preset.name, {});
        CHECK_NOTHROW(place_on_tiles(*network_on(e.machine, e.network.build()), tile_shape(e.machine.tiles)));
    }
}
