#include "tests/chip/recorder.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;
using Catch::Matchers::Contains;

// Buffers belong to the device from the doorbell to the last interrupt; nothing else passes between host and
// chip.

namespace {

constexpr std::uint16_t all = 3;

void four_samples(List& list) {
    for (std::uint64_t sample = 0; sample < 4; ++sample)
        list.clamp(clamp_inputs, sample, {9, 90, 190}).reset().relax(200).read(all);
}

struct Written {
    std::uint64_t address = 0;
    std::uint8_t code = 0;
    std::uint64_t cycles = 0; // after the start of run()
    std::size_t grown = 0;    // bytes by which host memory grows before
};

// A chip of three layers, and another process of the host that writes a byte while a job runs.
struct DisturbedRig : Rig {
    explicit DisturbedRig(const MachineSpec& spec) : Rig(spec, chain({40, 70, 10})) {
        beside([this] {
            for (;;) {
                sc_core::wait(started_);
                const std::uint64_t start = cycle();
                wait_for(start + write_.cycles);
                if (write_.grown > 0) memory.allocate(write_.grown);
                memory.writable(write_.address, 1)[0] = write_.code;
            }
        });
    }
    // Runs the job meanwhile; what the driver says.
    std::string disturbed(List& list, const Written& by) {
        write_ = by;
        started_.notify(sc_core::SC_ZERO_TIME);
        try {
            host.run(list.job);
        } catch (const DeviceFailure& failure) {
            return failure.what();
        }
        return "no failure";
    }

  private:
    sc_core::sc_event started_;
    Written write_;
};

} // namespace

TEST_CASE("A CLAMP buffer that is written before its fetch fails the job; afterwards it may change",
          "[buffers]") {
    auto machine = whole_cycle_machine();
    machine.control.staging_slots =
        1; // the fourth sample's codes are asked for when the third's are converted
    DisturbedRig rig(machine);
    rig.run([&] {
        rig.program(random_couplings(*rig.network));
        const auto job = [&] {
            rig.memory.release_all();
            rig.align();
            auto list = rig.list();
            four_samples(list);
            return list;
        };
        auto undisturbed = job();
        rig.host.run(undisturbed.job);
        const auto expected = undisturbed.codes();

        // The doorbell is heard at 56, the list there at 56 + 10 + 17 · 32 + 10 = 620. Codes of sample 3 are
        // asked for when the array has swapped sample 1's out of the back latches and the DACs have converted
        // sample 2's.
        auto list = job();
        const std::uint64_t codes = list.job.commands()[12].address;
        CHECK(rig.disturbed(list, {codes + 39, 1, 640}) ==
              fmt::format("the coprocessor failed command 12 (CLAMP): {}",
                          describe(DeviceError::buffer_changed)));
        CHECK(list.codes() == expected); // the snapshot's
        auto late = job();
        CHECK(rig.disturbed(late, {codes + 39, 1, 1200}) == "no failure"); // fetched by then
        auto same = job();
        CHECK(rig.disturbed(same, {codes + 39, 9, 640}) == "no failure"); // the same value
    });
}

TEST_CASE("A PROGRAM buffer that is written before its fetch fails the job", "[buffers]") {
    auto machine = whole_cycle_machine();
    machine.couplings.write_cycles = 20; // 2800 couplings at 16 drivers: 3500 cycles
    DisturbedRig rig(machine);
    rig.run([&] {
        auto list = rig.list();
        list.job.program(0, std::vector<std::uint8_t>(2800, 1), false);
        list.job.program(1, std::vector<std::uint8_t>(70, 1), false);
        const std::uint64_t second = list.job.commands()[1].address;
        CHECK(rig.disturbed(list, {second + 3, 2, 2000}) ==
              fmt::format("the coprocessor failed command 1 (PROGRAM): {}",
                          describe(DeviceError::buffer_changed)));
    });
}

TEST_CASE("A PROGRAM buffer may be written with what it holds, and may move as host memory grows",
          "[buffers]") {
    auto machine = whole_cycle_machine();
    machine.couplings.write_cycles = 20;
    DisturbedRig rig(machine);
    rig.run([&] {
        const auto job = [&](std::uint8_t code) {
            rig.memory.release_all();
            auto list = rig.list();
            list.job.program(0, std::vector<std::uint8_t>(2800, 1), false);
            list.job.program(1, std::vector<std::uint8_t>(70, code), false);
            list.clamp(clamp_inputs, 1, {9, 90, 190}).reset().relax(200).read(all);
            return list;
        };
        const auto codes_of = [&](std::uint8_t code) {
            auto list = job(code);
            rig.host.run(list.job);
            return list.codes();
        };
        const auto undisturbed = codes_of(7);
        REQUIRE(codes_of(3) != undisturbed); // the read-out tells which couplings there are
        auto list = job(7);
        const std::uint64_t second = list.job.commands()[1].address;
        CHECK(rig.disturbed(list, {second + 3, 7, 2000, 1 << 20}) == "no failure");
        CHECK(list.codes() == undisturbed);
    });
}

TEST_CASE("One flipped byte in a buffer changes that line's DAC code, the spins and the read-out",
          "[buffers]") {
    Rig rig(whole_cycle_machine(), chain({40, 70, 10}));
    Recorder recorder;
    rig.run([&] {
        rig.chip.declare_signals(recorder);
        rig.program(random_couplings(*rig.network));
        struct Seen {
            std::vector<std::string> dac, spins;
            std::vector<std::uint8_t> codes;
        };
        const auto run = [&](std::uint8_t flip) {
            rig.memory.release_all();
            recorder.forget();
            auto list = rig.list();
            list.clamp(clamp_inputs, 0, {9, 90, 190}).reset().relax(40).read(all);
            rig.memory.writable(list.job.commands()[0].address + 7, 1)[0] ^= flip;
            recorder.start(0, 1);
            OnePresentation trigger(0);
            rig.chip.trace(recorder, trigger);
            rig.host.run(list.job);
            rig.chip.stop_trace();
            Seen seen{.codes = list.codes()};
            for (int i = 0; i < 40; ++i)
                seen.dac.push_back(recorder.value(fmt::format("coprocessor/dac/input/{}/code", i), 1e30));
            for (int j = 0; j < 70; ++j)
                seen.spins.push_back(recorder.value(fmt::format("coprocessor/array/h1/{}/v_V", j), 1e30));
            return seen;
        };
        const auto before = run(0);
        const auto after = run(0x80);
        for (std::size_t i = 0; i < 40; ++i) {
            const int code = std::array{9, 90, 190}.at(i % 3);
            CHECK(before.dac[i] == fmt::format("{}", code));
            CHECK(after.dac[i] == fmt::format("{}", i == 7 ? code ^ 0x80 : code));
        }
        CHECK(before.spins != after.spins);
        CHECK(before.codes != after.codes);
        const auto again = run(0);
        CHECK(again.codes == before.codes);
        CHECK(again.spins == before.spins);
    });
}
