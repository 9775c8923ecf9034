#include "host/learning/pulse_counts.hpp"
#include "tests/chip/chip_rig.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

namespace {

MachineSpec pulsed_machine() {
    auto machine = whole_cycle_machine();
    machine.couplings.kind = "pulsed";
    machine.couplings.pulses.step = 0.01;
    return machine;
}

} // namespace

TEST_CASE("PULSE moves what the next sample sees, and takes the drivers' rounds", "[pulses]") {
    auto machine = pulsed_machine();
    machine.couplings.write_cycles = 1000; // longer than the counts' way over the link
    Rig rig(machine, chain({4, 8, 3}));
    rig.run([&] {
        rig.program(std::vector<float>(rig.network->parameters, 0.0F));
        const double written = rig.ledger().amount("coupling.write");
        const auto program_fs = rig.ledger().time_fs(Phase::program);
        PulseCounts counts(*rig.network, 0.01, 1);
        const auto& bias = rig.network->node_block(0);
        for (std::size_t i = 0; i < 8; ++i)
            counts.wanted()[bias.first + i] = 0.4F * static_cast<float>(bias.range);
        counts.decide(Rounding::nearest, true, 1, rig.pool);
        std::size_t block = 0;
        while (&rig.network->blocks[block] != &bias) ++block;
        auto list = rig.list();
        list.job.pulse(block, counts.buffer(block), 1);
        list.clamp(clamp_inputs, 0).reset().relax(100).read(1);
        const auto counters = rig.host.run(list.job);
        CHECK(counters.couplings_written == 8 * 40);
        CHECK(rig.ledger().amount("coupling.pulse") == 8 * 40);
        CHECK(rig.ledger().amount("coupling.write") == written);
        // 320 pulses by 16 drivers; the first count is there ten cycles after the command.
        const auto took = rig.ledger().time_fs(Phase::program) - program_fs;
        CHECK(took == (20 + 20 * 1000) * rig.clock_fs());
        const auto settled = 0.4 * bias.range * (1.0 - std::exp(-20.0));
        for (const auto code : list.codes_of_read(0)) CHECK(std::abs(code - 255.0 * settled) <= 0.5 + 1e-6);
    });
}

TEST_CASE("PULSE on couplings that are written as codes fails with an error that says so", "[pulses]") {
    Rig rig(whole_cycle_machine(), chain({4, 8, 3}));
    rig.run([&] {
        auto list = rig.list();
        list.job.pulse(0, std::vector<std::uint8_t>(16, 0), 1);
        CHECK_THROWS_WITH(rig.host.run(list.job),
                          Catch::Contains("command 0 (PULSE)") && Catch::Contains("pulsed"));
    });
}
