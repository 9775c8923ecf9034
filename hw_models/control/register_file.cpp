#include "hw_models/control/register_file.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace isinglass {

RegisterFile::RegisterFile(const sc_core::sc_module_name& name, ChipContext& context)
    : sc_core::sc_module(name),
      bus("bus"),
      interrupt("interrupt"),
      context_(context),
      access_(context.ledger.declare("register.access")) {
    SC_HAS_PROCESS(RegisterFile);
    bus.register_b_transport(this, &RegisterFile::access);
    SC_METHOD(drive_interrupt);
    sensitive << interrupt_changed_;
    dont_initialize();
    set(Register::id, device_id);
    set(Register::clock_period_fs, static_cast<std::uint32_t>(context.machine.clock_fs()));
}

void RegisterFile::describe(const ChipModel& model) {
    const auto& net = *model.network;
    set(Register::input_lines, static_cast<std::uint32_t>(net.inputs));
    set(Register::target_lines, static_cast<std::uint32_t>(net.output().size));
    set(Register::spins, static_cast<std::uint32_t>(net.spins()));
    set(Register::dac_code_bytes, static_cast<std::uint32_t>(model.dac->format().bytes()));
    set(Register::adc_code_bytes, static_cast<std::uint32_t>(model.adc->format().bytes()));
    set(Register::read_gain, std::bit_cast<std::uint32_t>(static_cast<float>(model.read_gain)));
    set(Register::coupling_code_bytes, static_cast<std::uint32_t>(model.couplings.format().bytes()));
}

void RegisterFile::access(tlm::tlm_generic_payload& transfer, sc_core::sc_time& delay) {
    const auto address = transfer.get_address();
    const auto found = std::ranges::find_if(register_map, [&](const RegisterInfo& info) {
        return static_cast<std::uint64_t>(info.offset) == address;
    });
    if (found == register_map.end()) return transfer.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    if (transfer.get_data_length() != 4) return transfer.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
    const bool denied =
        transfer.is_write() ? found->access == Access::read_only : found->access == Access::write_only;
    if (denied) return transfer.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
    context_.ledger.post(access_, Phase::idle, 1.0);
    if (transfer.is_write()) {
        std::uint32_t value = 0;
        std::memcpy(&value, transfer.get_data_ptr(), 4);
        write(*found, value, delay);
    } else {
        const std::uint32_t value = get(found->offset);
        std::memcpy(transfer.get_data_ptr(), &value, 4);
    }
    transfer.set_response_status(tlm::TLM_OK_RESPONSE);
}

void RegisterFile::write(const RegisterInfo& info, std::uint32_t value, const sc_core::sc_time& delay) {
    if (info.offset == Register::doorbell) {
        if (get(Register::status) & status_busy) {
            set(Register::status, get(Register::status) | status_refused);
            if ((get(Register::status) & status_error) == 0) // the first error counts
                set(Register::error_code, static_cast<std::uint32_t>(DeviceError::doorbell_while_busy));
            return;
        }
        set(Register::status, status_busy);
        set(Register::error_code, 0);
        set(Register::error_command, 0);
        rung_ = true;
        doorbell_.notify(delay);
    } else if (info.access == Access::write_one_to_clear) {
        set(info.offset, get(info.offset) & ~value);
        interrupt_changed_.notify(delay);
    } else {
        set(info.offset, value);
    }
}

void RegisterFile::raise_interrupt() {
    set(Register::interrupt, 1);
    interrupt_changed_.notify(sc_core::SC_ZERO_TIME);
}

void RegisterFile::drive_interrupt() {
    interrupt.write(get(Register::interrupt) != 0);
}

} // namespace isinglass
