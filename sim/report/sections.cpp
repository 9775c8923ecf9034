#include "sim/report/sections.hpp"

namespace isinglass {

std::span<const ReportSection> report_sections() {
    static constexpr ReportSection sections[] = {{"overview", overview_numbers},
                                                 {"learning", learning_numbers},
                                                 {"energy", energy_numbers},
                                                 {"limits", limits_numbers},
                                                 {"converters", converters_numbers},
                                                 {"gradient", gradient_numbers},
                                                 {"couplings", couplings_numbers},
                                                 {"maps", maps_numbers},
                                                 {"mistakes", mistakes_numbers},
                                                 {"waves", waves_numbers},
                                                 {"configuration", configuration_numbers}};
    return sections;
}

} // namespace isinglass
