// What a piece of work takes: amounts of the ledger's actions and time, by phase.
#pragma once

#include "hw_models/energy/pricing.hpp"

#include <array>
#include <map>
#include <string>
#include <string_view>

namespace isinglass {

// Whole femtoseconds up to 2^64 are exact, and beyond, which a ledger cannot hold, rounded.
struct CostSheet {
    std::map<std::string, std::array<double, phase_count>, std::less<>> amounts;
    std::array<long double, phase_count> time_fs{};

    void post(std::string_view action, Phase phase, double amount);
    // `times` such pieces one after the other.
    void add(const CostSheet& other, double times = 1.0);
    // Gives `to` half of all that `from` has.
    void halve(Phase from, Phase to);
    [[nodiscard]] double amount(std::string_view action, Phase phase) const;
    [[nodiscard]] double total(std::string_view action) const;
    [[nodiscard]] double time_s(Phase phase) const;
    [[nodiscard]] double time_s() const;
    [[nodiscard]] EnergyReport priced(const ComponentLibrary& library) const;
};

} // namespace isinglass
