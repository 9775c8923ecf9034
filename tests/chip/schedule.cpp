#include "tests/chip/recorder.hpp"
#include "tests/chip/three_samples.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

TEST_CASE("A job of three samples runs cycle by cycle as computed by hand", "[schedule]") {
    using namespace three_samples;
    Rig rig(whole_cycle_machine(), network());
    Recorder seen;
    rig.run([&] {
        rig.chip.declare_signals(seen);
        rig.program(first_input_drives);
        record(rig, seen, {a, b, c}, fill);
    });
    CHECK(seen.timeline("coprocessor/command") ==
          "557 CLAMP, 636 RESET, 638 RELAX, 678 READ, 679 RELAX, 689 READ, "
          "705 CLAMP, 706 RESET, 708 RELAX, 740 READ, 741 CLAMP, 742 RESET, 744 RELAX, 766 READ, 785 IRQ");
    CHECK(seen.timeline("coprocessor/phase") ==
          "557 clamp, 636 free, 678 read, 679 nudge+, 689 read, "
          "705 clamp, 706 free, 740 read, 741 clamp, 742 free, 766 read");
    CHECK(seen.timeline("coprocessor/beta") == "557 0, 679 0.5, 689 0");
    CHECK(seen.timeline("coprocessor/dac/converting") == "557 0, 627 1, 635 0, 667 1, 673 0, 707 1, 713 0");
    CHECK(seen.timeline("coprocessor/adc/converting") ==
          "557 0, 679 1, 704 0, 705 1, 730 0, 741 1, 746 0, 785 1, 810 0");
    CHECK(seen.timeline("coprocessor/dma/reads_under_way") == "557 1, 563 2, 627 1, 637 2, 667 1, 707 0");
    CHECK(seen.timeline("coprocessor/dma/delivering") == "557 0, 704 1, 954 0");
    CHECK(seen.timeline("coprocessor/link/to_chip_busy") == "557 1, 697 0");
    CHECK(seen.timeline("coprocessor/link/to_host_busy") == "557 0, 704 1, 954 0");
    using Windows = std::vector<std::pair<double, double>>;
    CHECK(seen.windows == Windows{{557, 864}, {563, 874}, {637, 954}});
}

TEST_CASE("Read-outs and interrupt of a job reach the host at the cycles computed by hand", "[schedule]") {
    using namespace three_samples;
    Rig rig(whole_cycle_machine(), network());
    std::uint64_t start = 0;
    sc_core::sc_event started;
    std::vector<std::uint64_t> last_bytes; // of each read-out, their addresses
    std::vector<std::uint64_t> arrived(4, 0);
    rig.beside([&] {
        sc_core::wait(started);
        for (std::uint64_t cycle = 1; cycle < 1100; ++cycle) {
            rig.wait_for(start + cycle);
            for (std::size_t i = 0; i < 4; ++i)
                if (arrived[i] == 0 && rig.memory.read(last_bytes[i], 1)[0] != 0xee) arrived[i] = cycle;
        }
    });
    std::vector<std::uint8_t> settled;
    rig.run([&] {
        rig.program(first_input_drives);
        rig.interrupt_edges_fs.clear();
        auto list = rig.list();
        fill(list);
        for (std::size_t i = 0; i < 4; ++i) last_bytes.push_back(list.address_of_read(i) + (i == 2 ? 9 : 79));
        start = rig.cycle();
        started.notify(sc_core::SC_ZERO_TIME);
        rig.host.run(list.job);
        // The host clears the interrupt (14), reads the status (28) and three counters (84).
        CHECK(rig.cycle() - start == 974 + 14 + 28 + 84);
        settled = list.codes_of_read(3);
    });
    CHECK(arrived == std::vector<std::uint64_t>{794, 874, 884, 964});
    const auto edge = [&](std::uint64_t cycle) { return (start + cycle) * rig.clock_fs(); };
    // Raised at 964; cleared where the host's write has arrived.
    CHECK(rig.interrupt_edges_fs == std::vector<std::uint64_t>{edge(964 + 10), edge(974 + 14 + 10)});
    CHECK(settled[0] == std::lround(26.0 * (1.0 - std::exp(-4.0)))); // after 4 RC
}
