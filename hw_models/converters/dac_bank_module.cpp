#include "hw_models/converters/dac_bank_module.hpp"

#include "hw_models/couplings/tile_map.hpp"

#include <fmt/core.h>

#include <cstring>

namespace isinglass {

DacBankModule::DacBankModule(const sc_core::sc_module_name& name, ChipContext& context, DmaEngine& dma)
    : ClockedModule(name, context),
      dma_(dma),
      inputs_(static_cast<double>(context.network().inputs)),
      input_drives_(static_cast<double>(
          input_line_drives(context.network(), static_cast<std::size_t>(context.machine.tiles.columns)))),
      convert_(context.ledger.declare(context.machine.dac->action())),
      line_drive_(context.ledger.declare("dac.line_drive")) {
    SC_HAS_PROCESS(DacBankModule);
    SC_THREAD(convert_staged);
}

void DacBankModule::declare_signals(WaveSink& sink) {
    const auto& net = context_.network();
    code_signals_.clear();
    const unsigned width = 8 * static_cast<unsigned>(context_.model->dac->format().bytes());
    busy_signal_ = sink.declare_bits("coprocessor/dac/converting", 1, 0);
    auto group = [&](const char* kind, std::size_t n) {
        for (std::size_t i = 0; i < n; ++i)
            code_signals_.push_back(
                sink.declare_bits(fmt::format("coprocessor/dac/{}/{}/code", kind, i), width, 0));
    };
    group("input", net.inputs);
    group("target", net.output().size);
    group("injected", net.output().size);
}

void DacBankModule::convert_staged() {
    const auto& bank = context_.machine.dac_bank;
    for (;;) {
        const StagedClamp clamp = dma_.staged.read();
        wait_until(clamp.ready_fs);
        while (back_full_) wait(emptied_);
        const std::uint8_t flags = context_.job.commands[clamp.command].flags;
        const auto runs = runs_clamped(context_.network(), flags);
        const auto cycles = context_.machine.cycles(static_cast<double>(bank.slots(runs)) / bank.rate_hz);
        const auto lines = static_cast<double>(lines_in(runs));
        const double more_wires = (flags & clamp_inputs) ? input_drives_ - inputs_ : 0.0;
        post(convert_, Phase::clamp, lines, cycles);
        if (context_.machine.dac->drives_lines()) post(line_drive_, Phase::clamp, lines + more_wires, cycles);
        show_busy(true);
        wait_cycles(cycles);
        show_busy(false);
        dma_.free_staging_slot();
        back_full_ = true;
        filled_.notify();
    }
}

void DacBankModule::swap(std::size_t command) {
    while (!back_full_) wait(filled_);
    wait_cycles(1);
    if (context_.trace.open && context_.traced(command)) show_codes(command);
    back_full_ = false;
    emptied_.notify();
}

// Told outside the window too, so that it opens with the truth.
void DacBankModule::show_busy(bool busy) {
    if (context_.trace.sink != nullptr) context_.trace.sink->bits(now_fs(), busy_signal_, busy ? 1 : 0);
}

void DacBankModule::show_codes(std::size_t command) {
    const auto& net = context_.network();
    const std::size_t bytes = context_.model->dac->format().bytes();
    const std::uint8_t* code = context_.job.buffer(command).data();
    const std::uint8_t flags = context_.job.commands[command].flags;
    auto show = [&](std::size_t first, std::size_t n) {
        for (std::size_t i = 0; i < n; ++i, code += bytes) {
            std::uint64_t value = 0;
            std::memcpy(&value, code, bytes);
            context_.trace.sink->bits(now_fs(), code_signals_[first + i], value);
        }
    };
    if (flags & clamp_inputs) show(0, net.inputs);
    if (flags & clamp_targets) show(net.inputs, net.output().size);
    if (flags & clamp_injected) show(net.inputs + net.output().size, net.output().size);
}

} // namespace isinglass
