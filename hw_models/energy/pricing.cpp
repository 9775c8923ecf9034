#include "hw_models/energy/pricing.hpp"

#include "hw_models/base/error.hpp"

#include <fmt/format.h>

namespace isinglass {
namespace {

void add(EnergyReport& report, const ComponentRow& row, std::size_t phase, double energy_j) {
    report.total_j += energy_j;
    report.by_phase_j[phase] += energy_j;
    report.by_component_and_phase_j[row.component][phase] += energy_j;
    report.by_component_j[row.component] += energy_j;
    report.by_action_j[row.name()] += energy_j;
    report.by_group_j[row.group] += energy_j;
    report.by_mark_j[row.mark] += energy_j;
}

} // namespace

EnergyReport price(const Ledger& ledger, const ComponentLibrary& library) {
    EnergyReport report;
    report.library = library.name;
    report.profile = library.profile;
    report.not_included = library.not_included;
    for (const auto& group : component_groups()) report.by_group_j[group] = 0.0;

    for (std::size_t i = 0; i < ledger.actions().size(); ++i) {
        const auto& action = ledger.actions()[i];
        if (ledger.amount(action) == 0.0) continue;
        const auto* row = library.find(action);
        if (row == nullptr)
            throw UserError(fmt::format("component library '{}' has no cost of '{}' in profile '{}': add a "
                                        "[[component]] row for it",
                                        library.name, action, library.profile));
        for (std::size_t p = 0; p < phase_count; ++p)
            add(report, *row, p,
                ledger.amount(static_cast<ActionId>(i), static_cast<Phase>(p)) * row->energy_j);
    }
    return report;
}

} // namespace isinglass
