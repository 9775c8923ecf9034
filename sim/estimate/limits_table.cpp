// The physical limits beside each figure: no circuit does the same work with less.
#include "sim/estimate/limits_table.hpp"

#include "hw_models/energy/adc_fit.hpp"
#include "hw_models/energy/limits.hpp"
#include "sim/estimate/parameters.hpp"
#include "sim/run/table.hpp"

#include <fmt/core.h>

#include <cmath>

namespace isinglass {

namespace {

// Bits that a converter's codes have, or of ideal ones the 24 of a single-precision number.
double bits_of(const CodeFormat& format) {
    return format.bits.value_or(24);
}

// Charging the least capacitance that holds N bits at any voltage: C_min V² = 12 kT 4^N.
double sampling_j(double bits) {
    return minimum_capacitance_f(bits, 1.0);
}

struct Row {
    std::string work;
    std::string action;
    double limit_j = 0.0; // of one
    std::string law;
};

std::vector<Row> rows_of(const MachineSpec& m) {
    const double adc_bits = bits_of(m.adc->build(1, m.adc_bank, 0, 0)->format());
    const double dac_bits = bits_of(m.dac->build(1, m.dac_bank, 0, 0)->format());
    const double code_bits = m.couplings.kind != "codes" ? 24.0 : static_cast<double>(m.couplings.bits);
    std::vector<Row> rows;
    if (m.dac->action() == "dac.convert")
        rows.push_back({"DAC conversion", "dac.convert", sampling_j(dac_bits), "12 kT 4^N: C_min V^2"});
    if (m.adc->action() == "adc.convert") {
        rows.push_back({"ADC conversion", "adc.convert", minimum_adc_energy_j(adc_bits), "8 kT 1.5 4^N"});
        rows.push_back(
            {"sample and hold", "sample_hold.sample", sampling_j(adc_bits), "12 kT 4^N: C_min V^2"});
    }
    rows.push_back({"coupling written", "coupling.write", code_bits * landauer_j(), "kT ln2 a bit"});
    rows.push_back({"bit over the link", "link.bit", landauer_j(), "kT ln2 a bit"});
    rows.push_back({"byte staged", "staging.byte", 8.0 * landauer_j(), "kT ln2 a bit"});
    rows.push_back({"host flop", "host.flop", 32.0 * landauer_j(), "kT ln2 a bit, 32 bits"});
    return rows;
}

std::string times_of(double factor) {
    return factor > 0.0 && std::isfinite(factor) ? fmt::format("{:.2g}", factor) : "-";
}

} // namespace

std::string energy_limits(const CostSheet& epoch, const MachineSpec& machine, ComponentLibrary library) {
    Table table(
        {"energy an epoch", "count", "each", "typical", "optimistic", "limit", "typical / limit", "law"});
    const auto each = [&](const char* profile, const std::string& action) {
        library.profile = profile;
        const auto* row = library.find(action);
        return row == nullptr ? 0.0 : row->energy_j;
    };
    for (const auto& row : rows_of(machine)) {
        const double n = epoch.total(row.action);
        if (n == 0.0) continue;
        const double typical = each("typical", row.action);
        table.row({row.work, format_si(n, ""), format_si(typical, "J"), format_si(n * typical, "J"),
                   format_si(n * each("optimistic", row.action), "J"), format_si(n * row.limit_j, "J"),
                   times_of(typical / row.limit_j), row.law});
    }
    return table.text();
}

std::string settling_limits(const TrainingCost& cost) {
    const auto& m = cost.mapping.machine;
    if (!m.array->has_time_constant()) return {};
    const double rc_s = m.circuit->time_constant_s;
    const double bits = bits_of(m.adc->build(1, m.adc_bank, 0, 0)->format());
    const double free_s = static_cast<double>(cost.free_cycles * m.clock_fs()) * 1e-15;
    std::string text = fmt::format(
        "free phase {}, one RC node settles to 1/2 LSB of {} bits in {} ({:.2f} RC)\n",
        format_si(free_s, "s"), bits, format_si(settling_in_rc(bits) * rc_s, "s"), settling_in_rc(bits));
    Parameters circuit;
    m.circuit.part()->fields(circuit);
    if (circuit.has("node_capacitance") && circuit.has("volts_per_unit")) {
        const double c = circuit.number("node_capacitance");
        const double v = circuit.number("volts_per_unit");
        text += fmt::format("node capacitance {}, kT/C noise {}; {} bits over {} need {}\n",
                            format_si(c, "F"), format_si(node_noise_v(c), "V"), bits, format_si(v, "V"),
                            format_si(minimum_capacitance_f(bits, v), "F"));
    }
    return text;
}

} // namespace isinglass
