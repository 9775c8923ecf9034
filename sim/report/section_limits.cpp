// The machine beside what physics allows: no circuit does with less.
#include "hw_models/energy/limits.hpp"
#include "sim/report/sections.hpp"
#include "sim/run/table.hpp"

#include <fmt/format.h>

namespace isinglass {

namespace {

Json row(std::string what, std::string limit, const char* unit, double value, double bound) {
    return {{"what", std::move(what)},
            {"limit", std::move(limit)},
            {"unit", unit},
            {"value", value},
            {"bound", bound}};
}

double joules(const ReportSource& source, const std::string& action) {
    const auto& actions = source.energy.by_action_j;
    const auto found = actions.find(action);
    return found == actions.end() ? 0.0 : found->second;
}

} // namespace

Json limits_numbers(const ReportSource& source) {
    const auto& m = source.experiment.machine;
    const auto& t = source.experiment.training;
    const Ledger counts = counts_of(source.summary);
    const double temperature = m.noise_temperature_k();
    Json rows = Json::array();
    const auto adc = m.adc->build(1, m.adc_bank, 0, 0)->format();
    const std::string action(m.adc->action());
    const double conversions = counts.amount(action);
    if (adc.bits && m.adc->samples() && conversions > 0.0)
        rows.push_back(row(fmt::format("energy of {} ADC conversions", format_si(conversions, "")),
                           fmt::format("8 kT SNR of {} bit", *adc.bits), "J", joules(source, action),
                           conversions * minimum_adc_energy_j(*adc.bits, temperature)));
    const double rc = m.circuit->time_constant_s;
    if (adc.bits && m.array->has_time_constant()) {
        const double bound = settling_in_rc(*adc.bits) * rc;
        const double step = relax_step_s(m, *source.network, *source.experiment.network.model.part());
        const std::string limit = fmt::format("½ LSB of {} bit on one RC", *adc.bits);
        rows.push_back(row("free phase", limit, "s", t.free.seconds(rc, step), bound));
        rows.push_back(
            row("nudged phase (starts near its end)", limit, "s", t.nudged.seconds(rc, step), bound));
    }
    if (const auto* cells = dynamic_cast<const TransconductorCircuit*>(m.circuit.part().get());
        cells != nullptr && adc.bits) {
        rows.push_back(row("node capacitance", fmt::format("kT/C noise = LSB²/12 of {} bit", *adc.bits), "F",
                           cells->node_capacitance_f,
                           minimum_capacitance_f(*adc.bits, m.circuit->volts_per_unit, temperature)));
    }
    const double written = joules(source, "coupling.write");
    if (written > 0.0)
        rows.push_back(row("energy of coupling writes", "kT ln 2 a bit erased", "J", written,
                           counts.amount("coupling.write") * static_cast<double>(m.couplings.bits) *
                               landauer_j(temperature)));
    if (rows.empty()) return nullptr;
    return {{"temperature_k", temperature}, {"rows", std::move(rows)}};
}

} // namespace isinglass
