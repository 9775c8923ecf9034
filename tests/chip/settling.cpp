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
    auto machine = whole_cycle_machine();
    machine.detector.threshold_lsb = 1e-6;
    Rig rig(machine, three_samples::network());
    rig.run([&] {
        rig.program(three_samples::first_input_drives);
        const std::uint64_t free_before = rig.ledger().time_fs(Phase::free);
        auto list = rig.list();
        three_samples::fill(list);
        CHECK(rig.host.run(list.job).not_settled == 2); // samples B and C
        // RESET 2 and RELAX 40 of A; RESET 2, 20 checks of 5 cycles and the verdict's 2 of B and C.
        CHECK(rig.ledger().time_fs(Phase::free) - free_before == (42 + 2 * 104) * rig.clock_fs());
        auto again = rig.list();
        again.clamp(clamp_inputs, 9).reset().relax(40).read(3);
        CHECK(rig.host.run(again.job).not_settled == 0); // of the last job
    });
}

TEST_CASE("A RELAX that has settled leaves what a RELAX of that time leaves", "[settle]") {
    Rig rig(whole_cycle_machine(), three_samples::network());
    rig.run([&] {
        rig.program(three_samples::first_input_drives);
        auto list = rig.list();
        list.clamp(clamp_inputs, 0, {204}).reset().relax(100, 0.0F, relax_until_settled).read(3);
        list.clamp(clamp_inputs, 1, {204}).reset().relax(30).read(3);
        list.clamp(clamp_inputs, 2, {204}).reset().relax(25).read(3);
        rig.host.run(list.job);
        CHECK(list.codes_of_read(0) == list.codes_of_read(1));
        CHECK(list.codes_of_read(0) != list.codes_of_read(2));
    });
}
