#include "tests/chip/recorder.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

// Ladders over one edge: not ready at t − 1, ready at t. On whole_cycle_machine(); durations in cycles.

namespace {

// Changes of a signal in the window of presentation 0, counted from the request of its codes on.
std::string seen(Rig& rig, Recorder& recorder, const std::string& signal,
                 const std::function<void(List&)>& fill) {
    record(rig, recorder, {0}, fill);
    return recorder.timeline("coprocessor/" + signal, recorder.windows.at(0).first);
}

using Systems = std::vector<std::pair<MachineSpec, std::vector<std::size_t>>>; // machines, sizes of networks

// Runs `check(rig, index, recorder)` on all, side by side.
void run_each(const Systems& systems, const std::function<void(Rig&, std::size_t, Recorder&)>& check) {
    Rigs rigs;
    for (const auto& [machine, sizes] : systems) rigs.add(machine, chain(sizes));
    std::vector<Recorder> recorders(rigs.size());
    rigs.run([&](Rig& rig, std::size_t i) {
        rig.chip.declare_signals(recorders[i]);
        check(rig, i, recorders[i]);
    });
}

} // namespace

TEST_CASE(
    "A doorbell is heard at the next clock edge, and a command starts the cycle after its list is there",
    "[edges]") {
    Rig rig(whole_cycle_machine(), chain({40, 70, 10}));
    rig.run([&] {
        const std::uint64_t period = rig.clock_fs();
        for (const auto& [offset_fs, late] :
             std::map<std::uint64_t, std::uint64_t>{{0, 0}, {1, 1}, {period - 1, 1}}) {
            rig.memory.release_all();
            rig.interrupt_edges_fs.clear();
            auto list = rig.list();
            rig.align();
            const std::uint64_t start = rig.cycle();
            rig.wait_for(start, static_cast<std::int64_t>(offset_fs));
            rig.host.run(list.job);
            // Doorbell 56; the list's one command 10 + 32 + 10; issued 1; the IRQ raised at once; on the
            // line 10.
            INFO(offset_fs << " fs after an edge");
            CHECK(rig.interrupt_edges_fs.at(0) == (start + late + 56 + 52 + 1 + 10) * period);
        }
    });
}

TEST_CASE("DACs take a slot for each sixteen lines, and the array swaps a cycle after the last", "[edges]") {
    const auto machine = whole_cycle_machine();
    const Systems systems{
        {machine, {16, 8, 2}}, {machine, {17, 8, 2}}, {machine, {32, 8, 2}}, {machine, {33, 8, 2}}};
    run_each(systems, [](Rig& rig, std::size_t i, Recorder& recorder) {
        const std::size_t lines = rig.network->inputs;
        const std::size_t slots = std::array{1, 2, 2, 3}.at(i);
        const std::size_t reset = 10 + lines + 10 + 2 * slots + 1;
        INFO(lines << " lines");
        CHECK(seen(rig, recorder, "command", [](List& list) {
                  list.clamp(clamp_inputs, 0).reset().relax(5);
              }) == fmt::format("0 CLAMP, {} RESET, {} RELAX, {} IRQ", reset, reset + 2, reset + 7));
    });
}

TEST_CASE("Codes that arrive a femtosecond after an edge are converted from the next one on", "[edges]") {
    Systems what;
    for (const double latency_fs : {19'999'999.0, 20'000'000.0, 20'000'001.0}) {
        what.push_back({whole_cycle_machine(), {16, 8, 2}});
        what.back().first.link.latency_s = latency_fs * 1e-15;
    }
    run_each(what, [](Rig& rig, std::size_t i, Recorder& recorder) {
        const std::size_t arrival = std::array{36, 36, 37}.at(i);
        CHECK(seen(rig, recorder, "dac/converting", [](List& list) {
                  list.clamp(clamp_inputs, 0).reset();
              }) == fmt::format("0 0, {} 1, {} 0", arrival, arrival + 2));
    });
}

TEST_CASE("RESET, RELAX, HOLD and RESTORE end at their cycle, not before", "[edges]") {
    auto machine = whole_cycle_machine();
    machine.control.reset_cycles = 3;
    machine.control.sample_cycles = 4;
    run_each({{machine, {16, 8, 2}}}, [](Rig& rig, std::size_t, Recorder& recorder) {
        for (const std::uint32_t cycles : {1U, 2U, 7U}) {
            const std::uint32_t relaxed = 39 + 3 + cycles; // CLAMP 39, RESET 3
            CHECK(seen(rig, recorder, "command",
                       [&](List& list) {
                           list.clamp(clamp_inputs, 0).reset().relax(cycles).hold().restore();
                       }) == fmt::format("0 CLAMP, 39 RESET, 42 RELAX, {} HOLD, {} RESTORE, {} IRQ", relaxed,
                                         relaxed + 4, relaxed + 8));
        }
    });
}

TEST_CASE("ADCs take a slot for each sixteen nodes, and their last half cycle counts whole", "[edges]") {
    auto machine = whole_cycle_machine();
    machine.adc_bank.rate_hz = 200e6; // a slot of 2.5 cycles
    const Systems systems{{machine, {16, 16}}, {machine, {16, 17}}, {machine, {16, 32}}, {machine, {16, 33}}};
    run_each(systems, [](Rig& rig, std::size_t i, Recorder& recorder) {
        const int cycles = std::array{3, 5, 5, 8}.at(i);
        // CLAMP 39, RESET 2, RELAX 5, sample 1
        CHECK(seen(rig, recorder, "adc/converting", [](List& list) {
                  list.clamp(clamp_inputs, 0).reset().relax(5).read(1);
              }) == fmt::format("0 0, 47 1, {} 0", 47 + cycles));
    });
}

TEST_CASE("Nodes and lines that are wired to the same converters take a slot each", "[edges]") {
    // READ of first and last layer, of 8 nodes each, on 16 ADCs: nodes 0-7 and 32-39 share ADCs 0-7, nodes
    // 0-7 and 24-31 do not. So with DACs: inputs on 0-7 and injected lines on 16-23 share, inputs and targets
    // do not.
    const auto held = whole_cycle_machine();
    auto standing = held;
    standing.sample_and_hold = false;
    const Systems systems{
        {held, {8, 8, 24, 8}}, {held, {8, 8, 16, 8}}, {standing, {8, 8, 24, 8}}, {standing, {8, 8, 16, 8}}};
    run_each(systems, [](Rig& rig, std::size_t i, Recorder& recorder) {
        const int cycles = std::array{10, 5}.at(i % 2);
        const int begin = 10 + 8 + 10 + 2 + 1 + 2 + 5 + (i < 2 ? 1 : 0); // CLAMP, RESET, RELAX, sample
        const auto read = [](List& list) { list.clamp(clamp_inputs, 0).reset().relax(5).read(5); };
        CHECK(seen(rig, recorder, "adc/converting", read) ==
              fmt::format("0 0, {} 1, {} 0", begin, begin + cycles));
        const auto clamp = [](std::uint8_t lines) { return [lines](List& list) { list.clamp(lines, 0); }; };
        CHECK(seen(rig, recorder, "dac/converting", clamp(clamp_inputs | clamp_targets)) ==
              "0 0, 36 1, 38 0");
        CHECK(seen(rig, recorder, "dac/converting", clamp(clamp_inputs | clamp_injected)) ==
              "0 0, 36 1, 40 0");
    });
}

TEST_CASE("A READ waits while the holds are being converted, to the cycle", "[edges]") {
    run_each({{whole_cycle_machine(), {16, 80}}}, [](Rig& rig, std::size_t, Recorder& recorder) {
        // The first READ starts at 46, samples until 47 and frees the holds 25 cycles later, at 72.
        for (const auto& [relax, freed] :
             std::map<std::uint32_t, std::uint32_t>{{24, 72}, {25, 72}, {26, 73}})
            CHECK(seen(rig, recorder, "command",
                       [&](List& list) {
                           list.clamp(clamp_inputs, 0).reset().relax(5).read(1).relax(relax).read(1);
                       }) == fmt::format("0 CLAMP, 39 RESET, 41 RELAX, 46 READ, 47 RELAX, {} READ, {} IRQ",
                                         47 + relax, freed + 1));
    });
}

TEST_CASE("A CLAMP waits until the back latches hold its codes, to the cycle", "[edges]") {
    run_each({{whole_cycle_machine(), {40, 8, 2}}}, [](Rig& rig, std::size_t, Recorder& recorder) {
        // A: fetched 0-60, converted 60-66, swapped 67. B: asked for at 3, the link is free at 50: fetched
        // until 100, converted 100-106.
        for (const auto& [relax, swapped] :
             std::map<std::uint32_t, std::uint32_t>{{36, 107}, {37, 107}, {38, 108}})
            CHECK(seen(rig, recorder, "command",
                       [&](List& list) {
                           list.clamp(clamp_inputs, 0).reset().relax(relax).clamp(clamp_inputs, 1).reset();
                       }) == fmt::format("0 CLAMP, 67 RESET, 69 RELAX, {} CLAMP, {} RESET, {} IRQ",
                                         69 + relax, swapped, swapped + 2));
    });
}

TEST_CASE("The DMA engine is free when the last byte has been sent, whatever the latency", "[edges]") {
    Systems systems;
    for (const double latency_s : {20e-9, 30e-9, 60e-9, 120e-9}) { // some of them no exact binary fractions
        systems.push_back({whole_cycle_machine(), {16, 80}});
        systems.back().first.link.latency_s = latency_s;
    }
    run_each(systems, [](Rig& rig, std::size_t i, Recorder& recorder) {
        const int latency = std::array{10, 15, 30, 60}.at(i);
        // CLAMP 16 + 2 + 1 and the latency twice, RESET 2, RELAX 5, READ 1, ADCs 25; two read-outs of 80
        // bytes.
        const int sent = 2 * latency + 19 + 2 + 5 + 1 + 25;
        INFO(latency << " cycles of latency");
        CHECK(seen(rig, recorder, "dma/delivering", [](List& list) {
                  list.clamp(clamp_inputs, 0).reset().relax(5).read(1).relax(5).read(1);
              }) == fmt::format("0 0, {} 1, {} 0", sent, sent + 160));
    });
}

TEST_CASE("Bytes, status and interrupt are there at their time and not a femtosecond before", "[edges]") {
    Rig rig(whole_cycle_machine(), chain({40, 80}));
    // Doorbell 56, list 10 + 160 + 10, issue 1, CLAMP 67, RESET 2, RELAX 5, READ 1, ADCs 25, delivery 80
    // + 10.
    constexpr std::uint64_t there = 56 + 180 + 1 + 67 + 2 + 5 + 1 + 25 + 90;
    std::uint64_t start = 0;
    std::uint64_t address = 0;
    std::int64_t offset_fs = 0;
    sc_core::sc_event started;
    std::vector<bool> arrived;
    std::vector<std::uint32_t> statuses;
    rig.beside([&] {
        for (;;) {
            sc_core::wait(started);
            rig.wait_for(start + there - 14, offset_fs); // an access takes 14 to the registers
            statuses.push_back(access(rig, tlm::TLM_READ_COMMAND, 0x20).value);
        }
    });
    rig.beside([&] {
        for (;;) {
            sc_core::wait(started);
            rig.wait_for(start + there, offset_fs);
            const auto bytes = rig.memory.read(address, 80);
            const auto left = std::ranges::count(bytes, std::uint8_t{0xee});
            CHECK((left == 0 || left == 80));
            arrived.push_back(left == 0);
        }
    });
    rig.run([&] {
        for (const std::int64_t offset : {-1, 0, 1}) {
            rig.memory.release_all();
            auto list = rig.list();
            list.clamp(clamp_inputs, 0).reset().relax(5).read(1);
            address = list.address_of_read(0);
            offset_fs = offset;
            rig.align();
            start = rig.cycle();
            rig.interrupt_edges_fs.clear();
            started.notify(sc_core::SC_ZERO_TIME);
            rig.host.run(list.job);
            CHECK(rig.interrupt_edges_fs.at(0) == (start + there + 10) * rig.clock_fs());
        }
    });
    CHECK(arrived == std::vector<bool>{false, true, true});
    CHECK(statuses.at(0) == status_busy);
    CHECK(statuses.at(2) == status_done); // at the very edge either is right
}
