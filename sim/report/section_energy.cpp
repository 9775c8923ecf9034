// Where energy and time went.
#include "sim/report/sections.hpp"

namespace isinglass {

Json energy_breakdown(const EnergyReport& energy, const std::array<std::uint64_t, phase_count>& time_fs) {
    Json json{{"total_j", energy.total_j}, {"library", energy.library}, {"profile", energy.profile}};
    for (std::size_t p = 0; p < phase_count; ++p) {
        json["phases"].push_back(phase_name(static_cast<Phase>(p)));
        json["time_s"].push_back(static_cast<double>(time_fs[p]) * 1e-15);
    }
    json["components"] = energy.by_component_and_phase_j;
    json["groups"] = energy.by_group_j;
    json["marks"] = energy.by_mark_j;
    json["not_included"] = energy.not_included;
    return json;
}

Json energy_numbers(const ReportSource& source) {
    if (source.energy.total_j <= 0.0) return nullptr;
    return energy_breakdown(source.energy, source.summary.ledger.time_fs);
}

} // namespace isinglass
