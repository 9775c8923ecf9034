#include "tests/chip/chip_rig.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

namespace {

constexpr std::uint16_t all = 3;

std::vector<float> random_theta(const Network& net, std::uint64_t index) {
    const auto drawn = random_floats(net.parameters, index, -0.3F, 0.3F);
    return {drawn.begin(), drawn.end()};
}

// Codes of the default format, by hand: 8 bit, range 1.
std::vector<int> codes_of(const std::vector<float>& theta) {
    std::vector<int> codes;
    for (const float w : theta) codes.push_back(static_cast<int>(std::nearbyint(w * 127.0F)));
    return codes;
}

std::size_t differing(const std::vector<int>& a, const std::vector<int>& b) {
    std::size_t n = 0;
    for (std::size_t i = 0; i < a.size(); ++i) n += a[i] != b[i] ? 1 : 0;
    return n;
}

List& sample(List& list, std::uint64_t presentation) {
    return list.clamp(clamp_inputs, presentation, {5, 100, 200, 255}).reset().relax(40).read(all);
}

} // namespace

TEST_CASE("PROGRAM of changed codes leaves the machine as PROGRAM of all codes does", "[program]") {
    Rigs rigs; // one writes all codes, one the changed ones
    const auto network = rigs.add(whole_cycle_machine(), chain({40, 70, 10})).network;
    rigs.add(whole_cycle_machine(), network);
    // Everything, a few couplings of each block, nothing, everything again.
    std::vector<std::vector<float>> updates{random_theta(*network, 1)};
    updates.push_back(updates[0]);
    for (const auto& block : network->blocks) updates[1][block.first + block.count() / 2] += 0.5F;
    updates[1].back() = -updates[1].back();
    updates.push_back(updates[1]);
    updates.push_back(random_theta(*network, 2));
    std::array<std::vector<std::vector<std::uint8_t>>, 2> read;
    rigs.run([&](Rig& rig, std::size_t i) {
        const bool changed_only = i == 1;
        CouplingCodes codes(*rig.network, rig.model->couplings.format(), 1);
        std::vector<int> held(rig.network->parameters, 0);
        for (const auto& theta : updates) {
            rig.memory.release_all();
            codes.encode(theta, Rounding::nearest, changed_only, 0, rig.pool);
            auto list = rig.list();
            for (std::size_t b = 0; b < rig.network->blocks.size(); ++b)
                list.job.program(b, codes.buffer(b, rig.pool), changed_only);
            sample(list, 3);
            const double before = rig.ledger().amount("coupling.write");
            const auto counters = rig.host.run(list.job);
            const auto next = codes_of(theta);
            const std::size_t expected = changed_only ? differing(next, held) : rig.network->parameters;
            CHECK(counters.couplings_written == expected);
            CHECK(rig.ledger().amount("coupling.write") - before == 2.0 * static_cast<double>(expected));
            held = next;
            read.at(i).push_back(list.codes());
        }
    });
    CHECK(read[0] == read[1]);
    CHECK(read[0][0] != read[0][1]);
    CHECK(read[0][1] == read[0][2]);
}

TEST_CASE("PROGRAM takes the longer of the codes' way over the link and the write drivers' rounds",
          "[program]") {
    // 2800 couplings: 2800 cycles on the link; 175 rounds of 16 drivers.
    Rigs rigs;
    for (const std::int64_t write_cycles : {1, 15, 16, 17, 40}) {
        auto machine = whole_cycle_machine();
        machine.couplings.write_cycles = write_cycles;
        rigs.add(machine, chain({40, 70, 10}));
    }
    rigs.run([&](Rig& rig, std::size_t) {
        const auto write_cycles = static_cast<std::uint64_t>(rig.machine.couplings.write_cycles);
        auto list = rig.list();
        list.job.program(0, std::vector<std::uint8_t>(2800, 3), false);
        const std::uint64_t start = rig.cycle();
        rig.host.run(list.job);
        // Doorbell 56, list of two 10 + 64 + 10, issue 1; the first code is there 20 later; the interrupt
        // takes 10.
        const std::uint64_t took = 20 + std::max<std::uint64_t>(2800, 175 * write_cycles);
        INFO(write_cycles << " cycles a write");
        CHECK(rig.interrupt_edges_fs.at(0) == (start + 56 + 84 + 1 + took + 10) * rig.clock_fs());
        CHECK(rig.ledger().time_fs(Phase::program) == took * rig.clock_fs());
    });
}

TEST_CASE("Write drivers start when the first code has arrived over a busy link", "[program]") {
    auto machine = whole_cycle_machine();
    machine.couplings.write_cycles = 50;
    Rig rig(machine, chain({200, 70, 10}));
    rig.run([&] {
        auto list = rig.list();
        list.job.program(3, std::vector<std::uint8_t>(10, 3), false); // biases of the outputs
        list.job.program(1, std::vector<std::uint8_t>(70, 3), false); // of the hidden spins
        list.clamp(clamp_inputs, 0);
        const std::uint64_t start = rig.cycle();
        rig.host.run(list.job);
        // Doorbell 56, list 10 + 128 + 10 = 204; PROGRAM issued at 205: codes on the link 215-225, there
        // 225-235; one round of 50 ends at 275. CLAMP, issued at 207, has the link 225-425; the second
        // PROGRAM asks at 275, has it 425-495, its first code is there at 435: five rounds of 50 end at 685.
        // Swap 1, interrupt 10.
        CHECK(rig.interrupt_edges_fs.at(0) == (start + 685 + 1 + 10) * rig.clock_fs());
        CHECK(rig.ledger().time_fs(Phase::program) == (685 - 205) * rig.clock_fs());
    });
}

TEST_CASE("A PROGRAM holds for the samples after it and not for those before", "[program]") {
    Rig rig(whole_cycle_machine(), chain({40, 70, 10}));
    rig.run([&] {
        const auto first = random_theta(*rig.network, 1);
        const auto second = random_theta(*rig.network, 2);
        const auto alone = [&](const std::vector<float>& theta) {
            rig.program(theta);
            auto list = rig.list();
            sample(list, 0);
            rig.host.run(list.job);
            return list.codes();
        };
        const auto with_first = alone(first);
        const auto with_second = alone(second);
        CHECK(with_first != with_second);
        rig.program(first);
        CouplingCodes codes(*rig.network, rig.model->couplings.format(), 1);
        codes.encode(second, Rounding::nearest, false, 0, rig.pool);
        auto list = rig.list();
        sample(list, 0);
        sample(list, 1);
        for (std::size_t b = 0; b < rig.network->blocks.size(); ++b)
            list.job.program(b, codes.buffer(b, rig.pool), false);
        sample(list, 2);
        rig.host.run(list.job);
        CHECK(list.codes_of_read(0) == with_first);
        CHECK(list.codes_of_read(1) == with_first);
        CHECK(list.codes_of_read(2) == with_second);
    });
}
