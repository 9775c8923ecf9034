#include "sim/estimate/cost_sheet.hpp"

#include <numeric>

namespace isinglass {

void CostSheet::post(std::string_view action, Phase phase, double amount) {
    if (amount == 0.0) return;
    auto found = amounts.find(action);
    if (found == amounts.end()) found = amounts.emplace(action, std::array<double, phase_count>{}).first;
    found->second[static_cast<std::size_t>(phase)] += amount;
}

void CostSheet::add(const CostSheet& other, double times) {
    for (const auto& [action, by_phase] : other.amounts)
        for (std::size_t p = 0; p < phase_count; ++p)
            post(action, static_cast<Phase>(p), times * by_phase[p]);
    for (std::size_t p = 0; p < phase_count; ++p)
        time_fs[p] += static_cast<long double>(times) * other.time_fs[p];
}

void CostSheet::halve(Phase from, Phase to) {
    const auto move_half = [&](auto& by_phase) {
        const auto half = by_phase[static_cast<std::size_t>(from)] / 2;
        by_phase[static_cast<std::size_t>(from)] -= half;
        by_phase[static_cast<std::size_t>(to)] += half;
    };
    for (auto& [action, by_phase] : amounts) move_half(by_phase);
    move_half(time_fs);
}

double CostSheet::amount(std::string_view action, Phase phase) const {
    const auto found = amounts.find(action);
    return found == amounts.end() ? 0.0 : found->second[static_cast<std::size_t>(phase)];
}

double CostSheet::total(std::string_view action) const {
    const auto found = amounts.find(action);
    if (found == amounts.end()) return 0.0;
    return std::accumulate(found->second.begin(), found->second.end(), 0.0);
}

double CostSheet::time_s(Phase phase) const {
    return static_cast<double>(time_fs[static_cast<std::size_t>(phase)]) * 1e-15;
}

double CostSheet::time_s() const {
    double sum = 0.0;
    for (std::size_t p = 0; p < phase_count; ++p) sum += time_s(static_cast<Phase>(p));
    return sum;
}

EnergyReport CostSheet::priced(const ComponentLibrary& library) const {
    Ledger ledger;
    for (const auto& [action, by_phase] : amounts) {
        const auto id = ledger.declare(action);
        for (std::size_t p = 0; p < phase_count; ++p) ledger.post(id, static_cast<Phase>(p), by_phase[p]);
    }
    return price(ledger, library);
}

} // namespace isinglass
