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
        for (const std::uint64_t address : {0x04U, 0x30U, 0x6cU, 0x1000U, 0x12U, 0x21U}) {
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
        CHECK_THROWS_WITH(rig.host.read_register(static_cast<Register>(0x30)), Contains("ADDRESS_ERROR"));
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

TEST_CASE("A doorbell while a job runs is refused, and the job goes on", "[bus]") {
    Rig rig(whole_cycle_machine(), chain({40, 70, 10}));
    sc_core::sc_event ring;
    std::vector<std::uint32_t> answers;
    rig.beside([&] {
        sc_core::wait(ring);
        rig.wait_for(rig.cycle() + 300); // in the middle of the job
        access(rig, tlm::TLM_WRITE_COMMAND, at(Register::doorbell), 1);
        answers = {access(rig, tlm::TLM_READ_COMMAND, at(Register::status)).value,
                   access(rig, tlm::TLM_READ_COMMAND, at(Register::error_code)).value};
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
        const auto undisturbed = run();
        rig.interrupt_edges_fs.clear();
        ring.notify(sc_core::SC_ZERO_TIME);
        CHECK(run() == undisturbed);
        CHECK(rig.interrupt_edges_fs.size() == 2); // one interrupt: risen and cleared
        CHECK(answers == std::vector<std::uint32_t>{
                             status_busy, static_cast<std::uint32_t>(DeviceError::doorbell_while_busy)});
        CHECK(run() == undisturbed);
        CHECK(rig.host.read_register(Register::error_code) == 0);
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
