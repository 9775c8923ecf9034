#include "tests/chip/three_samples.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

// Sample B of three_samples.hpp settles after 6 checks, C after 4.

TEST_CASE("A detector that reads the nodes out costs a conversion a node and check", "[settle]") {
    auto machine = whole_cycle_machine();
    machine.detector.kind = "readout";
    Rig rig(machine, three_samples::network());
    rig.run([&] {
        rig.program(three_samples::first_input_drives);
        auto list = rig.list();
        three_samples::fill(list);
        const auto counters = rig.host.run(list.job);
        CHECK(counters.not_settled == 0);
        CHECK(rig.ledger().amount("settle.compare") == 0);
        CHECK(rig.ledger().amount("adc.convert") == 250 + (6 + 4) * 80);
        CHECK(rig.ledger().amount("sample_hold.sample") == 250 + (6 + 4) * 80);
    });
}

TEST_CASE("A RELAX that does not settle ends at its limit and is counted", "[settle]") {
    Rig rig(whole_cycle_machine(), three_samples::network());
    rig.run([&] {
        rig.program(three_samples::first_input_drives);
        const auto run = [&](std::uint32_t limit) {
            rig.align();
            const std::uint64_t before = rig.ledger().time_fs(Phase::free);
            auto list = rig.list();
            list.clamp(clamp_inputs, 0, {204}).reset().relax(limit, 0.0F, relax_until_settled).read(3);
            const auto not_settled = rig.host.run(list.job).not_settled;
            const auto cycles = (rig.ledger().time_fs(Phase::free) - before) / rig.clock_fs();
            return std::pair<std::uint64_t, std::uint64_t>(not_settled, cycles);
        };
        using Counted = std::pair<std::uint64_t, std::uint64_t>;
        CHECK(run(25) == Counted{1, 2 + 25 + 2}); // RESET, five checks, the verdict
        CHECK(run(30) == Counted{0, 2 + 30 + 2}); // the sixth sees it settled
        CHECK(run(35) == Counted{0, 2 + 30 + 2});
    });
}

TEST_CASE("A RELAX that has settled leaves what a RELAX of that time leaves", "[settle]") {
    Rig rig(ideal_machine(), three_samples::network());
    rig.run([&] {
        rig.program(three_samples::first_input_drives);
        auto list = rig.list();
        const std::vector<float> level{0.8F};
        list.clamp_levels(clamp_inputs, 0, level).reset().relax(100, 0.0F, relax_until_settled).read(3);
        list.clamp_levels(clamp_inputs, 1, level).reset().relax(30).read(3);
        list.clamp_levels(clamp_inputs, 2, level).reset().relax(25).read(3);
        rig.host.run(list.job);
        CHECK(list.codes_of_read(0) == list.codes_of_read(1));
        CHECK(list.codes_of_read(0) != list.codes_of_read(2));
    });
}
