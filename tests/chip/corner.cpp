#include "tests/chip/chip_rig.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

TEST_CASE("A hot array is as far from settled as its longer time constant says", "[corner]") {
    Rigs rigs;
    auto machine = ideal_machine();
    machine.dynamics.choose("dissipative");
    const auto network = rigs.add(machine, chain({4, 8, 3})).network;
    machine.corner = {.temperature_k = 375.0};
    rigs.add(machine, network);
    rigs.run([&](Rig& rig, std::size_t i) {
        rig.program([](const ParameterBlock& block, std::size_t, std::size_t) {
            return block.link < 0 ? 0.5F : 0.0F;
        });
        auto list = rig.list();
        list.clamp_levels(clamp_inputs, 0, {0.0F}).reset().relax(10).read(1);
        rig.host.run(list.job);
        const double rc =
            2.0 * std::pow(i == 0 ? 1.0 : 375.0 / 300.0, -1.5); // ten cycles of 2 ns are 2 RC at 300 K
        for (const float v : list.levels_of_read(0))
            CHECK(static_cast<double>(v) == Approx(0.5 * (1.0 - std::exp(-rc))).margin(2e-4));
    });
}
