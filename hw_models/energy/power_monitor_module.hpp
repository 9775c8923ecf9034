// Power over time, for waveforms: what the units post, spread over the time that it takes.
#pragma once

#include "hw_models/energy/ledger.hpp"
#include "traces/wave_sink.hpp"

#include <map>
#include <string>
#include <systemc>
#include <vector>

namespace isinglass {

// - Signals `coprocessor/power/COMPONENT_W` and `coprocessor/power/total_W` change when a unit starts or
// ends.
// - Costs nothing while no window is open: units ask `watching()` first. Joules of the report come from the
// ledger's
//   counts alone, never from here.
class PowerMonitor : public sc_core::sc_module {
  public:
    PowerMonitor(const sc_core::sc_module_name& name, const Ledger& ledger);

    // Joules per unit of an action ("adc.convert"); actions without a price show no power.
    void set_prices(const std::map<std::string, double>& joules_per_unit);
    void declare_signals(WaveSink& sink);

    // Watches from now on (a window opened), or no more.
    void watch(WaveSink* sink);
    [[nodiscard]] bool watching() const { return sink_ != nullptr; }

    // `amount` of an action is done from now on, evenly over `duration_fs` (more than 0).
    void spend(ActionId action, double amount, std::uint64_t duration_fs);
    // An action goes on at this rate (amount per second) until told otherwise. May be called while not
    // watching.
    void flow(ActionId action, double amount_per_s);

  private:
    struct Pulse {
        std::size_t component;
        double watts;
        std::uint64_t end_fs;
    };

    void show();
    [[nodiscard]] std::size_t component_of(ActionId action) const;
    [[nodiscard]] double price_of(ActionId action) const;

    const Ledger& ledger_;
    WaveSink* sink_ = nullptr;
    std::map<std::string, double> prices_;
    std::vector<std::string> components_;
    std::vector<SignalId> signals_; // one a component, then the total
    std::vector<Pulse> pulses_;
    std::map<ActionId, double> flows_; // watts
    sc_core::sc_event changed_;
};

} // namespace isinglass
