#include "tests/chip/chip_rig.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

namespace {

constexpr std::uint16_t hidden = 1;
constexpr std::uint16_t out = 2;

} // namespace

TEST_CASE("An interrupt within a list tells that what is before it has arrived, and the job goes on",
          "[interrupt]") {
    Rig rig(whole_cycle_machine(), chain({40, 70, 10}));
    rig.run([&] {
        rig.program(random_couplings(*rig.network));
        rig.interrupt_edges_fs.clear();
        auto list = rig.list();
        list.clamp(clamp_inputs, 0, {255}).reset().relax(5).read(hidden | out).interrupt();
        list.clamp(clamp_inputs, 1, {128}).reset().relax(300).read(hidden | out);
        const std::uint64_t start = rig.cycle();
        rig.host.run(list.job);
        // Ten commands: the first is issued at 56 + 10 + 320 + 10 + 1 = 397. A: fetched 457, converted 463,
        // swapped 464, RESET 466, RELAX 471, READ 472, converted 497, delivered 577 and there at 587: raised.
        // The host's line rises at 597, its clearing is at the chip at 611 and the line falls at 621. B:
        // asked for at 402, there at 497, converted 503, swapped 504, RESET 506, RELAX 806, READ 807,
        // converted 832, delivered 912 and there at 922.
        std::vector<std::uint64_t> edges;
        for (const auto time : rig.interrupt_edges_fs) edges.push_back(time / rig.clock_fs() - start);
        CHECK(edges == std::vector<std::uint64_t>{597, 621, 932, 956});
    });
}

TEST_CASE("No interrupt is lost, however shortly one follows another", "[interrupt]") {
    Rig rig(whole_cycle_machine(), chain({40, 70, 10}));
    rig.run([&] {
        rig.program(random_couplings(*rig.network));
        std::vector<std::uint8_t> expected;
        // As above, but B reads 10 nodes: its interrupt is raised at max(587, 512 + RELAX) + 20, while the
        // host reads the line at 597, clears at 611 and learns the status at 625 - 639.
        for (std::uint32_t relax = 60; relax < 160; ++relax) {
            rig.memory.release_all();
            rig.align();
            auto list = rig.list();
            list.clamp(clamp_inputs, 0, {255}).reset().relax(5).read(hidden | out).interrupt();
            list.clamp(clamp_inputs, 1, {128}).reset().relax(relax).read(out);
            INFO("RELAX " << relax);
            rig.host.run(list.job);
            CHECK((rig.host.read_register(Register::status) & status_busy) == 0);
            auto last = list.codes_of_read(1);
            if (expected.empty()) expected = last;
            CHECK(std::ranges::count(last, std::uint8_t{0xee}) == 0); // the job had ended
        }
    });
}

TEST_CASE("A job of interrupts alone raises one for each, or as many as the host could tell apart",
          "[interrupt]") {
    Rig rig(whole_cycle_machine(), chain({40, 70, 10}));
    rig.run([&] {
        for (int more = 0; more < 20; ++more) {
            auto list = rig.list();
            for (int i = 0; i < more; ++i) list.interrupt();
            rig.interrupt_edges_fs.clear();
            rig.host.run(list.job);
            rig.wait_for(rig.cycle() + 100);
            CHECK(rig.interrupt_edges_fs.size() >= 2);
            CHECK(rig.interrupt_edges_fs.size() % 2 == 0); // cleared in the end
        }
    });
}
