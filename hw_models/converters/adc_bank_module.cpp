#include "hw_models/converters/adc_bank_module.hpp"

#include <fmt/core.h>

#include <cstring>

namespace isinglass {

AdcBankModule::AdcBankModule(const sc_core::sc_module_name& name, ChipContext& context, DmaEngine& dma)
    : ClockedModule(name, context),
      dma_(dma),
      queue_("queue", static_cast<int>(context.machine.control.unit_queue)),
      convert_(context.ledger.declare(context.machine.adc->action())),
      sample_(context.ledger.declare("sample_hold.sample")) {
    SC_HAS_PROCESS(AdcBankModule);
    SC_THREAD(convert_held);
}

void AdcBankModule::declare_signals(WaveSink& sink) {
    const unsigned width = 8 * static_cast<unsigned>(context_.model->adc->format().bytes());
    busy_signal_ = sink.declare_bits("coprocessor/adc/converting", 1, 0);
    code_signals_.clear();
    for (const auto& layer : context_.network().layers)
        for (std::size_t i = 0; i < layer.size; ++i)
            code_signals_.push_back(
                sink.declare_bits(fmt::format("coprocessor/adc/{}/{}/code", layer.name, i), width, 0));
}

void AdcBankModule::read(std::size_t command) {
    wait_converted();
    held_ = true;
    held_runs_ = runs_read(context_.network(), context_.job.commands[command].target);
    if (context_.machine.sample_and_hold) {
        post_samples(Phase::read, static_cast<double>(lines_in(held_runs_)));
        wait_cycles(static_cast<std::uint64_t>(context_.machine.control.sample_cycles));
    }
    queue_.write(command);
}

void AdcBankModule::post_samples(Phase phase, double nodes) {
    if (context_.machine.adc->samples()) post(sample_, phase, nodes);
}

void AdcBankModule::wait_converted() {
    while (held_) wait(released_);
}

std::uint64_t AdcBankModule::conversion_cycles(LayerSet layers) const {
    return cycles_of(runs_read(context_.network(), layers));
}

std::uint64_t AdcBankModule::cycles_of(std::span<const LineRun> runs) const {
    const auto& bank = context_.machine.adc_bank;
    return context_.machine.cycles(static_cast<double>(bank.slots(runs)) / bank.rate_hz);
}

void AdcBankModule::convert_held() {
    for (;;) {
        const std::size_t command = queue_.read();
        if (context_.job.commands[command].opcode == Opcode::read) {
            const auto cycles = cycles_of(held_runs_);
            post(convert_, Phase::read, static_cast<double>(lines_in(held_runs_)), cycles);
            show_busy(true);
            wait_cycles(cycles);
            show_busy(false);
            if (context_.trace.open && context_.traced(command)) show_codes(command);
        }
        dma_.results.write(command);
        if (context_.job.commands[command].opcode != Opcode::read) continue;
        held_ = false;
        released_.notify();
    }
}

void AdcBankModule::post_settle_reads(std::uint32_t checks, Phase phase) {
    const auto nodes = static_cast<double>(context_.network().spins());
    post(convert_, phase, nodes * checks);
    if (context_.machine.sample_and_hold) post_samples(phase, nodes * checks);
}

// Told outside the window too, so that it opens with the truth.
void AdcBankModule::show_busy(bool busy) {
    if (context_.trace.sink != nullptr) context_.trace.sink->bits(now_fs(), busy_signal_, busy ? 1 : 0);
}

void AdcBankModule::show_codes(std::size_t command) {
    const auto& net = context_.network();
    const std::size_t bytes = context_.model->adc->format().bytes();
    const std::uint8_t* code = context_.job.buffer(command).data();
    for (std::size_t l = 0; l < net.layers.size(); ++l) {
        if (((context_.job.commands[command].target >> l) & 1U) == 0) continue;
        for (std::size_t i = 0; i < net.layers[l].size; ++i, code += bytes) {
            std::uint64_t value = 0;
            std::memcpy(&value, code, bytes);
            context_.trace.sink->bits(now_fs(), code_signals_[net.first_node(l) + i], value);
        }
    }
}

} // namespace isinglass
