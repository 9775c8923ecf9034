#include "tests/chip/chip_rig.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;
using Catch::Matchers::Contains;

namespace {

std::uint64_t at(Register r) {
    return static_cast<std::uint64_t>(r);
}

} // namespace

TEST_CASE("A register access of a wrong address, length or direction is a bus error and changes nothing",
          "[bus]") {
    Rig rig(whole_cycle_machine(), chain({40, 70, 10}));
    rig.run([&] {
        const double counted = rig.ledger().amount("register.access");
        for (const std::uint64_t address : {0x04U, 0x34U, 0x6cU, 0x1000U, 0x12U, 0x21U}) {
            INFO(address);
            CHECK(access(rig, tlm::TLM_READ_COMMAND, address).status == tlm::TLM_ADDRESS_ERROR_RESPONSE);
            CHECK(access(rig, tlm::TLM_WRITE_COMMAND, address, 1).status == tlm::TLM_ADDRESS_ERROR_RESPONSE);
        }
        for (const unsigned bytes : {1U, 2U, 8U}) {
            INFO(bytes << " bytes");
            CHECK(access(rig, tlm::TLM_READ_COMMAND, at(Register::id), 0, bytes).status ==
                  tlm::TLM_BURST_ERROR_RESPONSE);
            CHECK(access(rig, tlm::TLM_WRITE_COMMAND, at(Register::list_count), 7, bytes).status ==
                  tlm::TLM_BURST_ERROR_RESPONSE);
        }
        for (const auto& info : register_map) {
            INFO(info.name);
            if (info.access == Access::read_only)
                CHECK(access(rig, tlm::TLM_WRITE_COMMAND, at(info.offset), 1).status ==
                      tlm::TLM_COMMAND_ERROR_RESPONSE);
            if (info.access == Access::write_only)
                CHECK(access(rig, tlm::TLM_READ_COMMAND, at(info.offset)).status ==
                      tlm::TLM_COMMAND_ERROR_RESPONSE);
        }
        CHECK(rig.ledger().amount("register.access") == counted);
        CHECK(access(rig, tlm::TLM_READ_COMMAND, at(Register::list_count)).value == 0);
        CHECK(access(rig, tlm::TLM_READ_COMMAND, at(Register::id)).value == device_id);
        CHECK(access(rig, tlm::TLM_READ_COMMAND, at(Register::status)).value == 0);
    });
}

TEST_CASE("The driver says which register a bus error came from", "[bus]") {
    Rig rig(whole_cycle_machine(), chain({40, 70, 10}));
    rig.run([&] {
        CHECK_THROWS_WITH(rig.host.read_register(Register::doorbell),
                          Contains("0x1c") && Contains("COMMAND_ERROR"));
        CHECK_THROWS_AS(rig.host.write_register(Register::id, 1), DeviceFailure);
        CHECK_THROWS_WITH(rig.host.read_register(static_cast<Register>(0x34)), Contains("ADDRESS_ERROR"));
    });
}

TEST_CASE("The registers say what machine it is", "[bus]") {
    auto machine = whole_cycle_machine();
    set(*machine.adc.part(), {{"bits", 10.0}});
    Rig rig(machine, chain({40, 70, 10}));
    rig.run([&] {
        const auto info = rig.host.probe();
        CHECK(info.input_lines == 40);
        CHECK(info.target_lines == 10);
        CHECK(info.spins == 80);
        CHECK(info.dac_code_bytes == 1);
        CHECK(info.adc_code_bytes == 2);
        CHECK(info.coupling_code_bytes == 1);
        CHECK(info.clock_period_fs == 2'000'000);
    });
}

TEST_CASE("A doorbell while a job runs is refused, says so, and the job goes on", "[bus]") {
    Rig rig(whole_cycle_machine(), chain({40, 70, 10}));
    sc_core::sc_event ring;
    using Answers = std::vector<std::uint32_t>;
    Answers answers;
    const auto read = [&](Register r) { return access(rig, tlm::TLM_READ_COMMAND, at(r)).value; };
    const auto registers = [&] {
        return Answers{read(Register::status), read(Register::error_code), read(Register::error_command)};
    };
    rig.beside([&] {
        sc_core::wait(ring);
        rig.wait_for(rig.cycle() + 300); // in the middle of the job
        access(rig, tlm::TLM_WRITE_COMMAND, at(Register::doorbell), 1);
        answers = registers();
    });
    rig.run([&] {
        rig.program(random_couplings(*rig.network));
        const auto run = [&] {
            rig.memory.release_all();
            auto list = rig.list();
            list.clamp(clamp_inputs, 0, {100, 7}).reset().relax(300).read(3);
            rig.align();
            rig.host.run(list.job);
            return list.codes();
        };
        constexpr auto refused = static_cast<std::uint32_t>(DeviceError::doorbell_while_busy);
        const auto undisturbed = run();
        CHECK(registers() == Answers{status_done, 0, 0});
        rig.interrupt_edges_fs.clear();
        ring.notify(sc_core::SC_ZERO_TIME);
        CHECK(run() == undisturbed);
        CHECK(rig.interrupt_edges_fs.size() == 2); // one interrupt: risen and cleared
        CHECK(answers == Answers{status_busy | status_refused, refused, 0});
        CHECK(registers() == Answers{status_done | status_refused, refused, 0});
        CHECK(run() == undisturbed);
        CHECK(registers() == Answers{status_done, 0, 0}); // until the next ring that is accepted
    });
}

TEST_CASE("A failure counts over a refused doorbell, whichever comes first", "[bus]") {
    Rig rig(whole_cycle_machine(), chain({40, 70, 10}));
    sc_core::sc_event ring;
    std::uint64_t after = 0;
    std::uint32_t before = 0;
    rig.beside([&] {
        for (;;) {
            sc_core::wait(ring);
            rig.wait_for(rig.cycle() + after);
            before = access(rig, tlm::TLM_READ_COMMAND, at(Register::status)).value;
            access(rig, tlm::TLM_WRITE_COMMAND, at(Register::doorbell), 1);
        }
    });
    rig.run([&] {
        for (const std::uint64_t cycles : {400U, 900U}) {
            rig.memory.release_all();
            auto list = rig.list();
            list.clamp(clamp_inputs, 0).reset().relax(200);
            list.job.add(
                {.opcode = Opcode::read, .target = 2, .length = 10, .address = std::uint64_t{1} << 40});
            list.relax(500);
            rig.align();
            after = cycles;
            ring.notify(sc_core::SC_ZERO_TIME);
            CHECK_THROWS_WITH(rig.host.run(list.job), Contains("command 3 (READ)"));
            CHECK(before == (cycles == 400 ? status_busy : status_busy | status_error));
            CHECK(rig.host.read_register(Register::status) == (status_done | status_error | status_refused));
            CHECK(rig.host.read_register(Register::error_code) ==
                  static_cast<std::uint32_t>(DeviceError::bus));
            CHECK(rig.host.read_register(Register::error_command) == 3);
        }
    });
}

TEST_CASE("A doorbell at the moment when a job ends is refused or heard, never lost", "[bus]") {
    Rig rig(whole_cycle_machine(), chain({40, 70, 10}));
    sc_core::sc_event ring;
    // Doorbell 56, list of five 10 + 160 + 10, issue 1, CLAMP 67, RESET 2, RELAX 5, READ 1, one ADC slot 5,
    // delivery 10 + 10: the IRQ.
    constexpr std::uint64_t end = 56 + 180 + 1 + 67 + 2 + 5 + 1 + 5 + 20;
    std::int64_t offset_fs = 0;
    rig.beside([&] {
        for (;;) {
            sc_core::wait(ring);
            rig.wait_for(rig.cycle() + end - 14, offset_fs); // an access takes 14 to the registers
            access(rig, tlm::TLM_WRITE_COMMAND, at(Register::doorbell), 1);
        }
    });
    rig.run([&] {
        for (const std::int64_t offset : {-1, 0, 1}) {
            offset_fs = offset;
            auto list = rig.list();
            list.clamp(clamp_inputs, 0).reset().relax(5).read(2);
            rig.align();
            const double commands = rig.ledger().amount("sequencer.command");
            ring.notify(sc_core::SC_ZERO_TIME);
            rig.host.run(list.job);
            rig.align();
            rig.wait_for(rig.cycle() + 1000);
            rig.host.write_register(Register::interrupt, 1);
            const std::uint32_t status = rig.host.read_register(Register::status);
            const bool refused = (status & status_refused) != 0;
            INFO(offset << " fs");
            CHECK(status == (refused ? status_done | status_refused : status_done));
            CHECK(rig.ledger().amount("sequencer.command") - commands == (refused ? 5 : 10));
            if (offset != 0) CHECK(refused == (offset < 0));
            rig.memory.release_all();
            rig.align();
        }
    });
}

TEST_CASE("The driver runs one job at a time", "[bus]") {
    Rig rig(whole_cycle_machine(), chain({40, 70, 10}));
    sc_core::sc_event begun;
    std::string refusal;
    rig.beside([&] {
        sc_core::wait(begun);
        rig.wait_for(rig.cycle() + 100);
        JobBuilder other(rig.memory);
        try {
            rig.host.run(other);
        } catch (const DeviceFailure& failure) {
            refusal = failure.what();
        }
    });
    rig.run([&] {
        auto list = rig.list();
        list.clamp(clamp_inputs, 0).reset().relax(300).read(3);
        begun.notify(sc_core::SC_ZERO_TIME);
        rig.host.run(list.job);
    });
    CHECK(refusal == describe(DeviceError::doorbell_while_busy));
}
