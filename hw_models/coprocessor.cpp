#include "hw_models/coprocessor.hpp"

#include <stdexcept>

namespace isinglass {

Coprocessor::Coprocessor(const sc_core::sc_module_name& name, const MachineSpec& machine,
                         std::shared_ptr<const ChipModel> model, const SimulationOptions& options)
    : sc_core::sc_module(name),
      context_{.machine = at_corner(machine), .model = std::move(model)},
      link("link", context_),
      registers_("registers", context_),
      dma_("dma", context_, registers_),
      dac_("dac", context_, dma_),
      adc_("adc", context_, dma_),
      array_("array", context_, dma_, dac_, adc_, registers_, *options.pool, options.lanes),
      sequencer_("sequencer", context_, registers_, dma_, array_),
      interrupt_("interrupt") {
    if (sc_core::sc_get_time_resolution() != sc_core::sc_time(1, sc_core::SC_FS))
        throw std::logic_error("the coprocessor needs sc_set_time_resolution(1, SC_FS) before elaboration");
    link.to_registers.bind(registers_.bus);
    dma_.bus.bind(link.from_dma);
    registers_.interrupt.bind(interrupt_);
    link.interrupt_in.bind(interrupt_);
    registers_.describe(*context_.model);
}

void Coprocessor::use_model(const MachineSpec& machine, std::shared_ptr<const ChipModel> model) {
    context_.machine = at_corner(machine);
    context_.model = std::move(model);
    registers_.describe(*context_.model);
    array_.use_model();
}

void Coprocessor::declare_signals(WaveSink& sink) {
    array_.declare_signals(sink);
    context_.power.declare_signals(sink);
    dac_.declare_signals(sink);
    adc_.declare_signals(sink);
    dma_.declare_signals(sink);
    link.declare_signals(sink);
}

void Coprocessor::trace(WaveSink& sink, SampleTrigger& trigger, bool continuous, std::uint64_t before_fs) {
    auto& trace = context_.trace;
    trace.sink = &sink;
    trace.trigger = &trigger;
    trace.continuous = trace.open = continuous;
    trace.before_fs = continuous ? before_fs : 0;
    if (!continuous) return;
    context_.power.watch(&sink);
    trace.opened.notify(sc_core::SC_ZERO_TIME);
}

void Coprocessor::stop_trace() {
    auto& trace = context_.trace;
    context_.close_all_windows();
    context_.power.watch(nullptr);
    trace.sink = nullptr;
    trace.trigger = nullptr;
    trace.continuous = trace.open = false;
}

namespace {

// Actions whose amount is time, and how much of it passes a second.
std::array<std::pair<const char*, double>, 4> static_actions(const MachineSpec& machine,
                                                             std::size_t tiles_used) {
    const auto converters = static_cast<double>(machine.dac_bank.count + machine.adc_bank.count);
    return {{{"controller.static", 1.0},
             {"converter.static", converters},
             {"tile.leakage", static_cast<double>(tiles_used)},
             {"host.static", 1.0}}};
}

} // namespace

void Coprocessor::price_power(const std::map<std::string, double>& joules_per_unit, std::size_t tiles_used) {
    context_.power.set_prices(joules_per_unit);
    for (const auto& [action, rate] : static_actions(context_.machine, tiles_used))
        if (std::string_view(action) != "host.static") // the file shows the coprocessor
            context_.power.flow(context_.ledger.declare(action), rate);
}

void post_static_powers(Ledger& ledger, const MachineSpec& machine, std::size_t tiles_used) {
    for (const auto& [name, rate] : static_actions(machine, tiles_used)) {
        const ActionId action = ledger.declare(name);
        for (std::size_t p = 0; p < phase_count; ++p) {
            const auto phase = static_cast<Phase>(p);
            ledger.post(action, phase, rate * static_cast<double>(ledger.time_fs(phase)) * 1e-15);
        }
    }
}

} // namespace isinglass
