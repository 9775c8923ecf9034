#include "tests/chip/recorder.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

namespace {

constexpr std::uint16_t out = 2;

MachineSpec machine_with(const ControlSpec& control) {
    auto machine = whole_cycle_machine();
    machine.control = control;
    return machine;
}

// Three samples of 40 lines that take next to no time: ten commands, the list is there and the first is
// issued at 56 + 10 + 320 + 10 + 1 = 397.
void three_short_samples(List& list) {
    for (std::uint64_t sample = 0; sample < 3; ++sample) list.clamp(clamp_inputs, sample).reset().relax(1);
}
constexpr std::uint64_t first_issue = 397;

std::string reads_under_way(Rig& rig, Recorder& recorder) {
    rig.chip.declare_signals(recorder);
    record(rig, recorder, {0, 1, 2}, three_short_samples);
    return recorder.timeline("coprocessor/dma/reads_under_way", first_issue);
}

} // namespace

TEST_CASE("Codes are asked for when a staging slot is free, and a slot is free when its codes are converted",
          "[fifo]") {
    // A fetch takes 10 + 40 + 10 once the link is free, 40 lines three slots of 2; CLAMPs are issued at 0, 3
    // and 6.
    const std::map<std::int64_t, std::string> expected{
        {1, "0 1, 60 0, 66 1, 126 0, 132 1, 192 0"}, // each after the one before it is converted
        {2, "0 1, 3 2, 60 1, 66 2, 100 1, 140 0"},   // C waits for A; the link has B's codes until 90
        {3, "0 1, 3 2, 6 3, 60 2, 100 1, 140 0"},    // one after the other on the link
    };
    Rigs rigs;
    for (const auto& [slots, line] : expected)
        rigs.add(machine_with({.staging_slots = slots}), chain({40, 70, 10}));
    rigs.run([&](Rig& rig, std::size_t) {
        Recorder recorder;
        CHECK(reads_under_way(rig, recorder) == expected.at(rig.machine.control.staging_slots));
    });
}

TEST_CASE("No more reads are under way than the DMA engine can have outstanding", "[fifo]") {
    Rig rig(machine_with({.outstanding_reads = 1}), chain({40, 70, 10}));
    rig.run([&] {
        Recorder recorder;
        CHECK(reads_under_way(rig, recorder) ==
              "0 1, 180 0"); // B at 60, C at 120, each when the one before has arrived
        CHECK(recorder.windows.at(1).first == first_issue + 60);
        CHECK(recorder.windows.at(2).first == first_issue + 120);
    });
}

TEST_CASE("A full queue stops the sequencer until the unit takes a command", "[fifo]") {
    // Until codes arrive at 60 the array stands at command 0, and the queue fills behind it.
    const std::map<std::int64_t, double> stopped{{1, 2}, {2, 3}, {8, 9}, {16, 10}};
    Rigs rigs;
    for (const auto& [size, commands] : stopped) {
        Rig& rig = rigs.add(machine_with({.unit_queue = size}), chain({40, 70, 10}));
        rig.beside([&rig, commands = commands] {
            const auto issued = [&] { return rig.chip.ledger().amount("sequencer.command"); };
            rig.wait_for(first_issue - 1);
            CHECK(issued() == 0);
            rig.wait_for(first_issue + 59);
            CHECK(issued() == commands);
        });
    }
    rigs.run([&](Rig& rig, std::size_t) {
        auto list = rig.list();
        three_short_samples(list);
        rig.host.run(list.job);
        CHECK(rig.chip.ledger().amount("sequencer.command") == 10);
    });
}

namespace {

// Read-outs in bursts: more of them than holds, slots and engine can keep before the array must wait.
void bursts(List& list) {
    for (std::uint64_t sample = 0; sample < 3; ++sample) {
        list.clamp(clamp_inputs, sample, {10, 200, 30}).reset();
        for (int i = 0; i < 6; ++i) list.relax(5).read(1 | out);
        list.relax(400);
    }
}

// Samples shorter than the way of their codes: 50 + 40 + 50 cycles on a slow link.
void short_samples(List& list) {
    for (std::uint64_t sample = 0; sample < 12; ++sample)
        list.clamp(clamp_inputs, sample, {10, 200, 30}).reset().relax(3).read(out);
}

struct Passed {
    std::vector<std::uint8_t> codes;
    std::uint64_t cycles = 0;
};

Passed run_job(Rig& rig, void (*fill)(List&)) {
    rig.memory.release_all();
    auto list = rig.list();
    fill(list);
    rig.align();
    const std::uint64_t start = rig.cycle();
    rig.host.run(list.job);
    return {list.codes(), rig.cycle() - start};
}

} // namespace

TEST_CASE("A larger FIFO saves time up to a bound, and none changes a byte", "[fifo]") {
    struct Case {
        std::string name;
        std::int64_t ControlSpec::*size;
        void (*job)(List&);
    };
    const std::vector<Case> cases{{"unit queue", &ControlSpec::unit_queue, short_samples},
                                  {"staging slots", &ControlSpec::staging_slots, short_samples},
                                  {"outstanding reads", &ControlSpec::outstanding_reads, short_samples},
                                  {"result slots", &ControlSpec::result_slots, bursts}};
    constexpr std::int64_t largest = 64;
    const std::vector<std::int64_t> sizes{1, 2, 4, 32, largest};
    Rigs rigs;
    for (const auto& one : cases)
        for (const auto size : sizes) {
            ControlSpec control{.unit_queue = largest,
                                .staging_slots = largest,
                                .outstanding_reads = largest,
                                .result_slots = largest};
            control.*one.size = size;
            auto machine = machine_with(control);
            machine.link.latency_s = 100e-9;
            rigs.add(machine, chain({40, 70, 10}));
        }
    std::vector<Passed> passed(rigs.size());
    rigs.run([&](Rig& rig, std::size_t i) {
        rig.program(random_couplings(*rig.network));
        passed[i] = run_job(rig, cases[i / sizes.size()].job);
    });
    for (std::size_t c = 0; c < cases.size(); ++c) {
        INFO(cases[c].name);
        const auto of = [&](std::size_t s) -> const Passed& { return passed[c * sizes.size() + s]; };
        CHECK(of(0).cycles > of(1).cycles);
        for (std::size_t s = 1; s < sizes.size(); ++s) {
            CHECK(of(s).codes == of(0).codes);
            CHECK(of(s).cycles <= of(s - 1).cycles);
        }
        CHECK(of(sizes.size() - 1).cycles == of(sizes.size() - 2).cycles);
    }
}
