#include "host/job_memory.hpp"
#include "tests/chip/three_samples.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

namespace {

double amount(const Ledger& ledger, const std::string& action, Phase phase) {
    for (const auto& entry : ledger.save().entries)
        if (entry.action == action && entry.phase == phase) return entry.amount;
    return 0.0;
}

// Runs a job from a clock edge on; what it added to the ledger.
Ledger counts_of(Rig& rig, const std::function<void(List&)>& fill) {
    rig.memory.release_all();
    rig.align();
    const Ledger before = rig.ledger();
    auto list = rig.list();
    fill(list);
    rig.host.run(list.job);
    return rig.ledger().since(before);
}

} // namespace

TEST_CASE("The phases of a job take the time of its schedule, and together all of it", "[ledger]") {
    Rig rig(whole_cycle_machine(), three_samples::network());
    rig.run([&] {
        rig.program(three_samples::first_input_drives);
        const auto counts = counts_of(rig, three_samples::fill);
        const auto cycles = [&](Phase phase) { return counts.time_fs(phase) / rig.clock_fs(); };
        CHECK(cycles(Phase::clamp) == (636 - 557) + 1 + 1);
        CHECK(cycles(Phase::free) == (678 - 636) + (740 - 706) + (766 - 742));
        CHECK(cycles(Phase::nudge_plus) == 10);
        CHECK(cycles(Phase::read) == 1 + (705 - 689) + 1 + (964 - 766)); // until the last byte has arrived
        CHECK(cycles(Phase::idle) == 557 + (1100 - 964));
        CHECK(cycles(Phase::nudge_minus) + cycles(Phase::program) + cycles(Phase::update) == 0);
        const auto whole = rig.ledger();
        std::uint64_t sum = 0;
        for (std::size_t p = 0; p < phase_count; ++p) sum += whole.time_fs(static_cast<Phase>(p));
        CHECK(sum == now_fs());
    });
}

TEST_CASE("The ledger counts what a job did, by phase", "[ledger]") {
    Rig rig(whole_cycle_machine(), three_samples::network());
    rig.run([&] {
        rig.program(three_samples::first_input_drives);
        const auto counts = counts_of(rig, three_samples::fill);
        // 40 inputs and 10 targets, twice 40 inputs
        CHECK(amount(counts, "dac.convert", Phase::clamp) == 130);
        CHECK(amount(counts, "dac.line_drive", Phase::clamp) == 130);
        // READ of 80, 80, 10 and 80 nodes
        CHECK(amount(counts, "adc.convert", Phase::read) == 250);
        CHECK(amount(counts, "sample_hold.sample", Phase::read) == 250);
        // 80 spins, 6 checks of sample B and 4 of C
        CHECK(amount(counts, "settle.compare", Phase::free) == 800);
        CHECK(amount(counts, "node.reset", Phase::free) == 240);
        CHECK(counts.amount("sequencer.command") == 15);
        CHECK(amount(counts, "sequencer.command", Phase::clamp) == 3);
        CHECK(amount(counts, "sequencer.command", Phase::nudge_plus) == 1);
        // The list, CLAMP codes, read-outs; each byte is written to the staging memory and read from it.
        CHECK(amount(counts, "dma.byte", Phase::idle) == 15 * 32);
        CHECK(amount(counts, "dma.byte", Phase::clamp) == 130);
        CHECK(amount(counts, "dma.byte", Phase::read) == 250);
        CHECK(counts.amount("staging.byte") == 2 * (480 + 130 + 250));
        // Three registers and the doorbell, the interrupt cleared, status and three counters; a read goes
        // both ways.
        CHECK(counts.amount("register.access") == 9);
        CHECK(counts.amount("link.bit") == 8 * (480 + 130 + 250 + 5 * 4 + 4 * 8));
        CHECK(counts.amount("coupling.write") == 0);
    });
}

TEST_CASE("Bias currents flow from a sample's CLAMP on, the wait for its codes included", "[ledger]") {
    Rig rig(whole_cycle_machine(), three_samples::network());
    rig.run([&] {
        rig.program(three_samples::first_input_drives);
        const auto counts = counts_of(rig, three_samples::fill);
        // G = C / RC = 30 uS; a unit carries 1.2 · 30 uS · 0.5 V = 18 uA.
        const auto charge = [](double units, double cycles) { return units * 18e-6 * cycles * 2e-9; };
        const double clamp = (636 - 557) + 1 + 1;
        const double free = 42 + 34 + 24;
        const double read = 1 + 16 + 1 + 19;
        // 70 couplings of weight 1 from an input; 80 nodes.
        CHECK(amount(counts, "coupling.bias", Phase::clamp) == Approx(charge(70, clamp)));
        CHECK(amount(counts, "coupling.bias", Phase::free) == Approx(charge(70, free)));
        CHECK(amount(counts, "coupling.bias", Phase::nudge_plus) == Approx(charge(70, 10)));
        CHECK(amount(counts, "coupling.bias", Phase::read) == Approx(charge(70, read)));
        CHECK(counts.amount("coupling.bias") == Approx(charge(70, clamp + free + 10 + read)));
        CHECK(counts.amount("node.bias") == Approx(charge(80, clamp + free + 10 + read)));
    });
}

TEST_CASE("Bias currents are gated off while cells are written, and after the last sample", "[ledger]") {
    Rig rig(whole_cycle_machine(), three_samples::network());
    rig.run([&] {
        rig.program(three_samples::first_input_drives);
        CHECK(rig.ledger().amount("node.bias") == 0);
        const auto counts = counts_of(rig, [](List& list) {
            list.clamp(clamp_inputs, 0).reset();
            list.job.program(3, std::vector<std::uint8_t>(10, 1), false);
            list.clamp(clamp_inputs, 1).reset().relax(20);
        });
        // The first CLAMP 10 + 40 + 10 + 6 + 1, RESET 2; the second one's codes wait in the back latches.
        const double cycles = 67 + 2 + 1 + 2 + 20;
        CHECK(counts.time_fs(Phase::program) > 0);
        CHECK(amount(counts, "node.bias", Phase::program) == 0);
        CHECK(counts.amount("node.bias") == Approx(80 * 18e-6 * cycles * 2e-9));
    });
}

TEST_CASE("Where couplings span several tiles, an update drives an input's wire on each", "[ledger]") {
    auto machine = whole_cycle_machine();
    machine.tiles = {.count = 4, .rows = 64, .columns = 32}; // 70 hidden spins: three tiles' widths
    Rig rig(machine, three_samples::network());
    rig.run([&] {
        const auto counts = counts_of(rig, [](List& list) {
            list.clamp(clamp_inputs | clamp_targets, 0).reset();
            list.clamp(clamp_inputs, 1).reset();
            list.clamp(clamp_targets, 1);
        });
        CHECK(amount(counts, "dac.convert", Phase::clamp) == 50 + 40 + 10);
        CHECK(amount(counts, "dac.line_drive", Phase::clamp) == (3 * 40 + 10) + 3 * 40 + 10);
    });
}

TEST_CASE("A second hold is sampled, and restored from, once a node", "[ledger]") {
    Rig rig(whole_cycle_machine(), three_samples::network());
    rig.run([&] {
        const auto counts = counts_of(rig, [](List& list) {
            list.clamp(clamp_inputs | clamp_targets, 0).reset().relax(20).hold().read(3);
            list.relax(10, 0.5F).read(3, true).restore().relax(10, -0.5F).read(3, true);
        });
        CHECK(amount(counts, "sample_hold.sample", Phase::read) == 3 * 80);
        CHECK(counts.amount("sample_hold.sample") == 3 * 80 + 80 + 80);
        CHECK(counts.time_fs(Phase::nudge_plus) == 10 * rig.clock_fs());
        CHECK(counts.time_fs(Phase::nudge_minus) == 11 * rig.clock_fs()); // RESTORE and RELAX
    });
}

TEST_CASE("PROGRAM counts its bytes in its own phase", "[ledger]") {
    Rig rig(whole_cycle_machine(), three_samples::network());
    rig.run([&] {
        const auto counts = counts_of(
            rig, [](List& list) { list.job.program(0, std::vector<std::uint8_t>(2800, 1), false); });
        CHECK(amount(counts, "dma.byte", Phase::program) == 2800);
        CHECK(amount(counts, "link.bit", Phase::program) == 8 * 2800);
        CHECK(amount(counts, "coupling.write", Phase::program) == 2 * 2800); // a signed coupling is a pair
        CHECK(amount(counts, "sequencer.command", Phase::program) == 1);
    });
}

TEST_CASE("Host memory counts a job's buffers in the phases of their commands, and its list as idle",
          "[ledger]") {
    Rig rig(whole_cycle_machine(), three_samples::network());
    rig.run([&] {
        auto list = rig.list();
        list.job.program(0, std::vector<std::uint8_t>(2800, 1), false);
        list.clamp(clamp_inputs, 0).reset().relax(20).read(3);
        rig.host.run(list.job);
        Ledger counts;
        post_memory(counts, list.job);
        // Written by the host and read by DMA, or the other way.
        CHECK(amount(counts, "host.dram_byte", Phase::program) == 2 * 2800);
        CHECK(amount(counts, "host.dram_byte", Phase::clamp) == 2 * 40);
        CHECK(amount(counts, "host.dram_byte", Phase::read) == 2 * 80);
        CHECK(amount(counts, "host.dram_byte", Phase::free) == 0);
        CHECK(amount(counts, "host.dram_byte", Phase::idle) == 2 * 6 * 32); // IRQ included
    });
}

TEST_CASE("Static powers follow the time of each phase", "[ledger]") {
    Rig rig(whole_cycle_machine(), three_samples::network());
    rig.run([&] {
        counts_of(rig, three_samples::fill);
        auto ledger = rig.ledger();
        post_static_powers(ledger, rig.machine, 3);
        CHECK(ledger.amount("controller.static") == Approx(ledger.time_s()));
        CHECK(ledger.amount("host.static") == Approx(ledger.time_s()));
        CHECK(ledger.amount("tile.leakage") == Approx(3 * ledger.time_s()));
        CHECK(ledger.amount("converter.static") == Approx(32 * ledger.time_s())); // 16 DACs, 16 ADCs
        CHECK(amount(ledger, "tile.leakage", Phase::free) ==
              Approx(3e-15 * static_cast<double>(ledger.time_fs(Phase::free))));
    });
}
