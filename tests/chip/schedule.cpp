#include "tests/chip/chip_rig.hpp"
#include "tests/chip/recorder.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

// The job of this file, on whole_cycle_machine() with 40 inputs, 70 hidden and 10 output spins. A spin's
// field is the first input line (hidden) or nothing (outputs), so that hidden spins run as x (1 − e^−t/RC):
// between two checks one RC apart the k-th check sees a movement of x e^−(k−1) (1 − 1/e), and settles where
// that is at most 1/255:
//     B, x = 204/255: k = 5: 0.00926, k = 6: 0.00341 -> settled at check 6, after 30 cycles
//     C, x =  26/255: k = 3: 0.00872, k = 4: 0.00321 -> settled at check 4, after 20 cycles
//
// Durations, in cycles. CLAMP: 10 for the request, a cycle a byte when the link is free, 10 for the data;
// DACs ceil(lines / 16) slots of 2; swap 1. RESET 2. READ: sample 1, then ceil(nodes / 16) ADC slots of 5,
// delivery a cycle a byte and
// 10. RELAX until settled: checks, and 2 for the verdict. A register access: 4 bytes and 10, a read both
// ways.
//
// The host writes 3 registers and rings: 4 × 14, the doorbell is heard at 56. The list (15 × 32 bytes) is
// asked for at 56, leaves the host at 66 … 546 and is there at 556; commands are issued from 557 on, one a
// cycle:
//
//  command               issued  fetched   DACs     array                               ADCs     delivered
//  (arrives) A  0 CLAMP 50 lines    557    557-627  627-635   557-636 (waits for codes)
//     1 RESET             558                       636-638
//     2 RELAX 40          559                       638-678
//     3 READ 80 nodes     560                       678-679                            679-704  704-784 (794)
//     4 RELAX 10 +        561                       679-689
//     5 READ 80 nodes     562                       689-705 (holds taken until 704)    705-730  784-864 (874)
//  B  6 CLAMP 40 lines    563    563-667  667-673   705-706 (converted under RELAX 2)
//     7 RESET             564                       706-708
//     8 RELAX settled     565                       708-740 (30 + 2)
//     9 READ 10 nodes     566*                      740-741                            741-746  864-874 (884)
//  C 10 CLAMP 40 lines    637    637-707  707-713   741-742 (converted before READ 5 is)
//    11 RESET             639*                      742-744
//    12 RELAX settled                               744-766 (20 + 2)
//    13 READ 80 nodes                               766-785 (holds taken until 784)    785-810  874-954 (964)
//    14 IRQ                                         785                                864      raised at 964
//
// * The array takes command 0 at 557, commands 1 … 8 fill its queue of 8: the sequencer issues 9 at 566 and
// stops
//   until the array takes 1 at 636. Next is 10 at 637, whose codes are asked for at once; it stops until 638,
//   and so on.
// Codes of B are asked for at 563, but the link is busy with A's until 617: they arrive at 657 + 10.
// The one result slot is taken by READ 5 from 730 to 784, so 9 keeps the holds from 741 to 784; the slot is
// taken by 9 until 864, so 13 keeps them until 864 and the IRQ waits behind it, for the slot until 874, then
// for the engine.

namespace {

enum Sample : std::uint64_t { a, b, c };
constexpr std::uint16_t hidden = 1;
constexpr std::uint16_t out = 2;

float first_input_drives(const ParameterBlock& block, std::size_t row, std::size_t) {
    return block.name == "input-h1" && row == 0 ? 1.0F : 0.0F;
}

List job_of_three(Rig& rig) {
    rig.memory.release_all();
    List list = rig.list();
    list.clamp(clamp_inputs | clamp_targets, a, {102}).reset().relax(40).read(hidden | out);
    list.relax(10, 0.5F).read(hidden | out);
    list.clamp(clamp_inputs, b, {204}).reset().relax(100, 0.0F, relax_until_settled).read(out);
    list.clamp(clamp_inputs, c, {26}).reset().relax(100, 0.0F, relax_until_settled).read(hidden | out);
    return list;
}

const auto network = chain({40, 70, 10});

// The job is run once for each sample, traced: windows cover a sample each, and together all of the job.
Recorder record_all(Rig& rig) {
    Recorder recorder;
    rig.chip.declare_signals(recorder);
    rig.program(first_input_drives);
    for (const std::uint64_t sample : {a, b, c}) {
        rig.align();
        recorder.start(now_fs(), rig.clock_fs());
        rig.chip.trace(&recorder, sample);
        auto list = job_of_three(rig);
        rig.host.run(list.job);
        rig.chip.trace(nullptr, std::nullopt);
    }
    return recorder;
}

} // namespace

TEST_CASE("A job of three samples runs cycle by cycle as computed by hand", "[schedule]") {
    Rig rig(whole_cycle_machine(), network);
    Recorder seen;
    rig.run([&] { seen = record_all(rig); });
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
    Rig rig(whole_cycle_machine(), network);
    std::uint64_t start = ~std::uint64_t{0};
    sc_core::sc_event started;
    std::vector<std::uint64_t> addresses;
    // At each edge: has the last byte of a read-out changed?
    std::vector<std::uint64_t> arrived(4, 0);
    std::vector<std::uint64_t> interrupts; // edges of the line
    bool line = false;
    rig.beside([&] {
        sc_core::wait(started);
        constexpr std::array<std::size_t, 4> last{79, 79, 9, 79};
        for (std::uint64_t cycle = 1; cycle < 1100; ++cycle) {
            rig.wait_for(start + cycle);
            for (std::size_t i = 0; i < 4; ++i)
                if (arrived[i] == 0 && rig.memory.read(addresses[i] + last[i], 1)[0] != 0xee)
                    arrived[i] = cycle;
            sc_core::wait(sc_core::SC_ZERO_TIME); // the line changes a delta after the edge
            sc_core::wait(sc_core::SC_ZERO_TIME);
            if (rig.interrupt.read() != line) interrupts.push_back(cycle);
            line = rig.interrupt.read();
        }
    });
    std::vector<std::uint8_t> settled;
    rig.run([&] {
        rig.program(first_input_drives);
        auto list = job_of_three(rig);
        for (std::size_t i = 0; i < 4; ++i) addresses.push_back(list.address_of_read(i));
        start = rig.cycle();
        started.notify();
        rig.host.run(list.job);
        // The host clears the interrupt (14), reads the status (28) and three counters (84).
        CHECK(rig.cycle() - start == 974 + 14 + 28 + 84);
        rig.wait_for(start + 1200);
        settled = list.codes_of_read(3);
    });
    CHECK(arrived == std::vector<std::uint64_t>{794, 874, 884, 964});
    CHECK(interrupts == std::vector<std::uint64_t>{974, 974 + 14 + 10});
    CHECK(settled[0] == std::lround(26.0 * (1.0 - std::exp(-4.0)))); // after 4 RC
}
