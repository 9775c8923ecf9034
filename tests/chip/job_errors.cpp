#include "tests/chip/chip_rig.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

namespace {

constexpr std::uint64_t nowhere = std::uint64_t{1} << 40; // outside host memory
constexpr std::uint16_t all = 3;

void good(List& list) {
    list.clamp(clamp_inputs | clamp_targets, 5, {1, 20, 255}).reset().relax(20).read(all);
}

std::vector<std::uint8_t> run_good(Rig& rig) {
    rig.memory.release_all();
    auto list = rig.list();
    good(list);
    rig.host.run(list.job);
    return list.codes();
}

// What the driver says of a job that `fill` makes.
std::string failure_of(Rig& rig, const std::function<void(List&)>& fill) {
    rig.memory.release_all();
    auto list = rig.list();
    fill(list);
    try {
        rig.host.run(list.job);
    } catch (const DeviceFailure& failure) {
        return failure.what();
    }
    return "no failure";
}

std::string failed(std::size_t command, const std::string& name, DeviceError error) {
    return fmt::format("the coprocessor failed command {} ({}): {}", command, name, describe(error));
}

} // namespace

TEST_CASE("A bad command fails its job by name and reason, and the next good job runs", "[errors]") {
    Rig rig(whole_cycle_machine(), chain({40, 70, 10}));
    rig.run([&] {
        rig.program(random_couplings(*rig.network));
        const auto expected = run_good(rig);
        struct Case {
            DeviceError error;
            std::string name;
            Command command;
        };
        const std::vector<Case> cases{
            {DeviceError::bad_opcode, "UNKNOWN", {.opcode = static_cast<Opcode>(77)}},
            {DeviceError::bad_length,
             "CLAMP",
             {.opcode = Opcode::clamp, .flags = clamp_inputs, .length = 41}},
            {DeviceError::bad_length, "READ", {.opcode = Opcode::read, .target = all, .length = 10}},
            {DeviceError::bad_argument, "RELAX", {.opcode = Opcode::relax, .cycles = 0}},
            {DeviceError::bad_argument, "READ", {.opcode = Opcode::read, .target = 4, .length = 10}},
            {DeviceError::bad_argument, "PROGRAM", {.opcode = Opcode::program, .target = 9}},
            {DeviceError::bus,
             "CLAMP",
             {.opcode = Opcode::clamp, .flags = clamp_inputs, .length = 40, .address = nowhere}},
            {DeviceError::bus,
             "PROGRAM",
             {.opcode = Opcode::program, .target = 3, .length = 10, .address = nowhere}},
        };
        for (const auto& one : cases) {
            INFO(one.name << ": " << describe(one.error));
            const double clamps = rig.ledger().amount("dac.convert");
            CHECK(failure_of(rig, [&](List& list) {
                      good(list);
                      list.job.add(one.command);
                  }) == failed(4, one.name, one.error));
            CHECK(rig.ledger().amount("dac.convert") == clamps); // refused whole
            CHECK(run_good(rig) == expected);
        }
        CHECK(failure_of(rig, [](List& list) { list.reset(); }) == failed(0, "RESET", DeviceError::no_clamp));
        CHECK(run_good(rig) == expected);
    });
}

TEST_CASE("Commands for hardware that a machine does not have fail by name", "[errors]") {
    auto machine = whole_cycle_machine();
    machine.detector.kind = "none";
    machine.second_hold = false;
    Rig rig(machine, chain({40, 70, 10}));
    rig.run([&] {
        const auto sample = [](List& list) -> List& { return list.clamp(clamp_inputs, 1).reset(); };
        CHECK(failure_of(rig, [&](List& l) { sample(l).relax(9, 0.0F, relax_until_settled); }) ==
              failed(2, "RELAX", DeviceError::no_detector));
        CHECK(failure_of(rig, [&](List& l) { sample(l).hold(); }) ==
              failed(2, "HOLD", DeviceError::no_second_hold));
        CHECK(failure_of(rig, [&](List& l) { sample(l).restore(); }) ==
              failed(2, "RESTORE", DeviceError::no_second_hold));
        CHECK(failure_of(rig, [&](List& l) { sample(l).read(all, true); }) ==
              failed(2, "READ", DeviceError::no_second_hold));
        CHECK(run_good(rig).size() == 80);
    });
}

TEST_CASE("A READ to outside host memory fails its job, and the other read-outs arrive", "[errors]") {
    Rig rig(whole_cycle_machine(), chain({40, 70, 10}));
    rig.run([&] {
        rig.program(random_couplings(*rig.network));
        const auto expected = run_good(rig);
        std::vector<std::uint8_t> arrived;
        CHECK(failure_of(rig, [&](List& list) {
                  good(list);
                  list.job.add({.opcode = Opcode::read, .target = 2, .length = 10, .address = nowhere});
                  good(list);
              }) == failed(4, "READ", DeviceError::bus));
        rig.memory.release_all();
        auto again = rig.list();
        good(again);
        again.job.add({.opcode = Opcode::read, .target = 2, .length = 10, .address = nowhere});
        good(again);
        CHECK_THROWS_AS(rig.host.run(again.job), DeviceFailure);
        CHECK(again.codes_of_read(0) == expected);
        CHECK(again.codes_of_read(1) == expected);
        CHECK(run_good(rig) == expected);
    });
}

TEST_CASE("A malformed buffer of changed couplings fails its PROGRAM and writes nothing", "[errors]") {
    Rig rig(whole_cycle_machine(), chain({40, 70, 10}));
    rig.run([&] {
        rig.program(random_couplings(*rig.network));
        const auto expected = run_good(rig);
        const double written = rig.ledger().amount("coupling.write");
        const std::vector<std::uint8_t> bad{2, 0, 0, 0, 0x01, 0x00, 5}; // two changes, one bit, one code
        CHECK(failure_of(rig, [&](List& list) { list.job.program(3, bad, true); }) ==
              failed(0, "PROGRAM", DeviceError::bad_changes));
        CHECK(rig.ledger().amount("coupling.write") == written);
        CHECK(run_good(rig) == expected);
    });
}

TEST_CASE("A list outside host memory, too long or without closing IRQ fails as a list", "[errors]") {
    Rig rig(whole_cycle_machine(), chain({40, 70, 10}));
    rig.run([&] {
        const auto ring = [&](std::uint64_t address, std::uint32_t count) {
            rig.interrupt_edges_fs.clear();
            rig.host.write_register(Register::list_address_low, static_cast<std::uint32_t>(address));
            rig.host.write_register(Register::list_address_high, static_cast<std::uint32_t>(address >> 32));
            rig.host.write_register(Register::list_count, count);
            rig.host.write_register(Register::doorbell, 1);
            sc_core::wait(rig.interrupt.posedge_event());
            CHECK(rig.host.read_register(Register::status) == (status_done | status_error));
            CHECK(rig.host.read_register(Register::error_command) == count);
            rig.host.write_register(Register::interrupt, 1);
            return static_cast<DeviceError>(rig.host.read_register(Register::error_code));
        };
        CHECK(ring(nowhere, 3) == DeviceError::bus);
        CHECK(ring(0, 0xffffffff) == DeviceError::bad_length);
        CHECK(ring(0, 0) == DeviceError::bad_length);
        auto list = rig.list();
        good(list);
        const auto address = list.job.finish();
        const auto count = static_cast<std::uint32_t>(list.job.commands().size());
        CHECK(ring(address, count - 1) == DeviceError::bad_length);
        CHECK(run_good(rig).size() == 80);
    });
}
