// Codes that the converters used, and how soon nodes settled.
#include "sim/report/sections.hpp"

namespace isinglass {

Json converters_numbers(const ReportSource& source) {
    if (!source.observations) return nullptr;
    const auto json = Json::parse(source.observations->to_json());
    return {{"codes", json.at("codes")},
            {"settled_by", json.at("settled_by")},
            {"free_phase_s", json.at("free_phase_s")},
            {"rc_s", source.experiment.machine.circuit->time_constant_s},
            {"has_rc", source.experiment.machine.array->has_time_constant()},
            {"until_settled", source.experiment.training.until_settled},
            {"not_settled", source.summary.not_settled},
            {"adc_clipped", source.summary.adc_clipped}};
}

} // namespace isinglass
