// The sections of a run's report: each turns what is known of a run into the numbers that one part of the
// page draws. A section is one file here and one of its name in page/, and a line in sections.cpp.
#pragma once

#include "sim/report/source.hpp"

#include <span>

namespace isinglass {

struct ReportSection {
    const char* name;                     // key of its numbers in the page's data
    Json (*numbers)(const ReportSource&); // null: it has nothing to show
};
std::span<const ReportSection> report_sections();

Json overview_numbers(const ReportSource& source);
Json learning_numbers(const ReportSource& source);
Json energy_numbers(const ReportSource& source);
Json limits_numbers(const ReportSource& source);
Json gradient_numbers(const ReportSource& source);
Json couplings_numbers(const ReportSource& source);
Json maps_numbers(const ReportSource& source);
Json converters_numbers(const ReportSource& source);
Json mistakes_numbers(const ReportSource& source);
Json waves_numbers(const ReportSource& source);
Json configuration_numbers(const ReportSource& source);

// Energy and time by component and phase: {"phases": […], "components": {name: [J by phase]}, "groups": {…},
// "time_s": […], …}, of any priced ledger.
Json energy_breakdown(const EnergyReport& energy, const std::array<std::uint64_t, phase_count>& time_fs);

} // namespace isinglass
