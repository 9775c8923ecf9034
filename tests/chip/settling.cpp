#include "tests/chip/three_samples.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

// Samples of three_samples.hpp: hidden spins run as x (1 − e^−t/RC), settled where they move by 1/255 or
// less.

TEST_CASE("A detector that reads the nodes out costs a conversion a node and check, and the time of the last",
          "[settle]") {
    auto machine = whole_cycle_machine();
    machine.detector.kind = "readout";
    machine.detector.period_rc = 5.0; // 25 cycles: as long as 80 nodes take
    Rig rig(machine, three_samples::network());
    rig.run([&] {
        rig.program(three_samples::first_input_drives);
        const std::uint64_t before = rig.ledger().time_fs(Phase::free);
        auto list = rig.list();
        three_samples::fill(list);
        const auto counters = rig.host.run(list.job);
        // B, x = 0.8, moves by 0.8 e^−5 = 0.0054 before the second check and settles at the third; C, x =
        // 0.1, by 0.0007, and settles at the second.
        CHECK(counters.not_settled == 0);
        CHECK(rig.ledger().amount("settle.compare") == 0);
        CHECK(rig.ledger().amount("adc.convert") == 250 + (3 + 2) * 80);
        CHECK(rig.ledger().amount("sample_hold.sample") == 250 + (3 + 2) * 80);
        // RESET, the ADCs' time for the READ before, checks, conversion of the last one, verdict. READ 5 has
        // the ADCs until 730; B's RELAX, from 708 on, so ends at 832, READ 9 is converted at 838, C's RELAX
        // begins at 836.
        const std::uint64_t b = 2 + (730 - 708) + 75 + 25 + 2;
        const std::uint64_t c = 2 + (838 - 836) + 50 + 25 + 2;
        CHECK(rig.ledger().time_fs(Phase::free) - before == (42 + b + c) * rig.clock_fs());
    });
}

TEST_CASE("A detector that reads out cannot check faster than the ADCs convert", "[settle]") {
    auto machine = whole_cycle_machine();
    machine.detector.kind = "readout";
    machine.detector.period_rc = 4.9;
    CHECK_THROWS_WITH(Rig(machine, three_samples::network()),
                      Catch::Matchers::Contains("80 spins takes 5 RC") &&
                          Catch::Matchers::Contains("4.9 RC"));
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
        // A limit within a check's period: the checks before it.
        CHECK(run(29) == Counted{1, 2 + 25 + 2});
        CHECK(run(24) == Counted{1, 2 + 20 + 2});
        CHECK(run(5) == Counted{1, 2 + 5 + 2});
        CHECK_THROWS_WITH(run(4), Catch::Matchers::Contains("less than a check period"));
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
