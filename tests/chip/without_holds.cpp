#include "tests/chip/recorder.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

namespace {

MachineSpec without_holds(MachineSpec machine) {
    machine.sample_and_hold = false;
    return machine;
}

} // namespace

TEST_CASE(
    "Without sample-and-holds the array stands in READ until the last node is converted and has its slot",
    "[holds]") {
    Rig rig(without_holds(whole_cycle_machine()), chain({16, 80}));
    rig.run([&] {
        Recorder recorder;
        rig.chip.declare_signals(recorder);
        record(rig, recorder, {0}, [](List& list) {
            list.clamp(clamp_inputs, 0).reset();
            for (int i = 0; i < 3; ++i) list.relax(5).read(1);
            list.relax(5);
        });
        const double from = recorder.windows[0].first;
        // Five slots of 5 cycles; the first read-out is on the link 71-151, the second has the result slot
        // meanwhile.
        CHECK(recorder.timeline("coprocessor/command", from) ==
              "0 CLAMP, 39 RESET, 41 RELAX, 46 READ, 71 RELAX, 76 READ, 101 RELAX, 106 READ, 151 RELAX, 156 "
              "IRQ");
        CHECK(recorder.timeline("coprocessor/adc/converting", from) ==
              "0 0, 46 1, 71 0, 76 1, 101 0, 106 1, 131 0");
        CHECK(rig.ledger().amount("sample_hold.sample") == 0);
        CHECK(rig.ledger().amount("adc.convert") == 3 * 80);
    });
}

TEST_CASE("Without sample-and-holds each node is read at the voltage that it has in its slot", "[holds]") {
    Rigs rigs;
    for (const auto* dynamics : {"dissipative", "conjugate"}) {
        auto machine = without_holds(ideal_machine());
        machine.dynamics.choose(dynamics);
        rigs.add(machine, chain({16, 80}));
    }
    rigs.run([&](Rig& rig, std::size_t) {
        Recorder recorder;
        rig.chip.declare_signals(recorder);
        rig.program(random_couplings(*rig.network));
        rig.align();
        recorder.start(now_fs(), rig.clock_fs());
        auto list = rig.list();
        list.clamp_levels(clamp_inputs, 0, {0.9F, 0.1F, 0.6F}).reset().relax(3).read(1).relax(20);
        OnePresentation trigger(0);
        rig.chip.trace(recorder, trigger);
        rig.host.run(list.job);
        const auto levels = list.levels_of_read(0);
        // 64 bytes of codes: fetched in 84, converted in 2, swapped in 1; RESET 2, RELAX 3.
        const double start = recorder.windows.at(0).first + 84 + 2 + 1 + 2 + 3;
        CHECK(recorder.value("coprocessor/command", start) == "READ");
        std::size_t moved = 0;
        for (std::size_t j = 0; j < 80; ++j) {
            const double slot = start + 5.0 * static_cast<double>(j / 16);
            const auto signal = fmt::format("coprocessor/array/out/{}/v_V", j);
            CHECK(recorder.value(signal, slot) ==
                  fmt::format("{:.17g}", 0.5 * static_cast<double>(levels[j])));
            moved += recorder.value(signal, start) != recorder.value(signal, start + 25) ? 1 : 0;
        }
        CHECK(moved > 20);
    });
}
