#include "hw_models/energy/power_monitor_module.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <numeric>

namespace isinglass {

namespace {

std::string component_name(std::string_view action) {
    return std::string(action.substr(0, action.find('.')));
}

} // namespace

PowerMonitor::PowerMonitor(const sc_core::sc_module_name& name, const Ledger& ledger)
    : sc_core::sc_module(name), ledger_(ledger) {
    SC_HAS_PROCESS(PowerMonitor);
    SC_METHOD(show);
    sensitive << changed_;
    dont_initialize();
}

void PowerMonitor::set_prices(const std::map<std::string, double>& joules_per_unit) {
    prices_ = joules_per_unit;
}

void PowerMonitor::declare_signals(WaveSink& sink) {
    components_.clear();
    signals_.clear();
    for (const auto& action : ledger_.actions())
        if (const auto name = component_name(action);
            std::ranges::find(components_, name) == components_.end())
            components_.push_back(name);
    std::ranges::sort(components_);
    for (const auto& name : components_)
        signals_.push_back(sink.declare_real(fmt::format("coprocessor/power/{}_W", name), 0.0));
    signals_.push_back(sink.declare_real("coprocessor/power/total_W", 0.0));
}

void PowerMonitor::watch(WaveSink* sink) {
    sink_ = sink;
    pulses_.clear();
    if (sink_ != nullptr) show();
}

std::size_t PowerMonitor::component_of(ActionId action) const {
    const auto name = component_name(ledger_.actions()[static_cast<std::size_t>(action)]);
    return static_cast<std::size_t>(std::ranges::find(components_, name) - components_.begin());
}

double PowerMonitor::price_of(ActionId action) const {
    const auto found = prices_.find(ledger_.actions()[static_cast<std::size_t>(action)]);
    return found == prices_.end() ? 0.0 : found->second;
}

void PowerMonitor::spend(ActionId action, double amount, std::uint64_t duration_fs) {
    const double watts = amount * price_of(action) / (static_cast<double>(duration_fs) * 1e-15);
    pulses_.push_back({component_of(action), watts, sc_core::sc_time_stamp().value() + duration_fs});
    changed_.notify(sc_core::SC_ZERO_TIME);
}

void PowerMonitor::flow(ActionId action, double amount_per_s) {
    flows_[action] = amount_per_s;
    if (watching()) changed_.notify(sc_core::SC_ZERO_TIME);
}

// Sums are made anew at every change: adding and taking away would leave rounding behind.
void PowerMonitor::show() {
    if (sink_ == nullptr) return;
    const std::uint64_t now = sc_core::sc_time_stamp().value();
    std::erase_if(pulses_, [now](const Pulse& pulse) { return pulse.end_fs <= now; });
    std::vector<double> watts(components_.size(), 0.0);
    for (const auto& [action, rate] : flows_) watts[component_of(action)] += rate * price_of(action);
    std::uint64_t next = ~std::uint64_t{0};
    for (const auto& pulse : pulses_) {
        watts[pulse.component] += pulse.watts;
        next = std::min(next, pulse.end_fs);
    }
    for (std::size_t c = 0; c < watts.size(); ++c) sink_->real(now, signals_[c], watts[c]);
    sink_->real(now, signals_.back(), std::accumulate(watts.begin(), watts.end(), 0.0));
    if (!pulses_.empty()) changed_.notify(sc_core::sc_time::from_value(next - now));
}

} // namespace isinglass
