// Figures that follow from a training's cost.
#include "sim/estimate/report.hpp"

#include <algorithm>

namespace isinglass {

namespace {

constexpr double cell_pitch_m = 1e-6; // as the default machine's node capacitance assumes: 1024 cells at 1 um

double price_of(const ComponentLibrary& library, std::string_view action) {
    const auto* row = library.find(action);
    return row == nullptr ? 0.0 : row->energy_j;
}

} // namespace

double backpropagation_flops(const NetworkWork& work, double samples) {
    return 6.0 * static_cast<double>(work.couplings(true) + work.couplings(false)) * samples;
}

std::vector<ResourceUse> resources(const TrainingCost& cost) {
    const auto& times = cost.batch.times;
    const auto n = static_cast<double>(std::max<std::size_t>(1, cost.batch.samples));
    const auto a_sample = [n](double fs) { return fs * 1e-15 / n; };
    double array_fs = 0.0; // clamping, relaxing, holding and being read
    for (std::size_t p = 0; p < phase_count; ++p)
        if (static_cast<Phase>(p) != Phase::idle) array_fs += static_cast<double>(times.phase_fs[p]);
    return {{"array", a_sample(array_fs - static_cast<double>(times.array_waits_fs))},
            {"ADCs", a_sample(static_cast<double>(times.adc_fs))},
            {"DACs", a_sample(static_cast<double>(times.dac_fs))},
            {"link to chip", a_sample(static_cast<double>(times.down_fs))},
            {"link to host", a_sample(static_cast<double>(times.up_fs))},
            {"host update", cost.update.time_s() / n},
            {"host driver", cost.mapping.machine.host.driver_s / n}};
}

PeakPower peak_power(const TrainingCost& cost, const ComponentLibrary& library) {
    const auto& m = cost.mapping.machine;
    const auto rate = [&](std::string_view action, double per_s) {
        return price_of(library, action) * per_s;
    };
    const double chips = static_cast<double>(cost.mapping.chips);
    const double statics = rate("controller.static", chips) + rate("tile.leakage", cost.mapping.tiles_used) +
                           rate("converter.static", static_cast<double>(m.dac_bank.count + m.adc_bank.count));
    const double dacs_per_s = static_cast<double>(m.dac_bank.count) * m.dac_bank.rate_hz;
    const double adcs_per_s = static_cast<double>(m.adc_bank.count) * m.adc_bank.rate_hz;
    const auto lane = [&](double lanes) {
        const double bytes = lanes * m.link.bytes_per_s;
        return rate("link.bit", 8.0 * bytes) + rate("dma.byte", bytes) + rate("staging.byte", 2.0 * bytes);
    };
    PeakPower peak{.relaxing_w = statics + lane(2.0), .programming_w = statics + lane(1.0)};
    peak.relaxing_w += rate(m.dac->action(), dacs_per_s) + rate(m.adc->action(), adcs_per_s);
    if (m.dac->drives_lines()) peak.relaxing_w += rate("dac.line_drive", dacs_per_s);
    if (m.adc->samples() && m.sample_and_hold) peak.relaxing_w += rate("sample_hold.sample", adcs_per_s);
    for (const auto& [action, per_s] : cost.array.flows_per_s) peak.relaxing_w += rate(action, per_s);
    for (const auto& [action, amount] : cost.array.a_step)
        peak.relaxing_w += rate(action, amount / cost.array.step_s);
    const double cycle_s = static_cast<double>(m.clock_fs()) * 1e-15;
    peak.programming_w +=
        rate("coupling.write", 2.0 * static_cast<double>(m.couplings.write_drivers) /
                                   (static_cast<double>(m.couplings.write_cycles) * cycle_s));
    return peak;
}

Area chip_area(const MachineSpec& machine, const ComponentLibrary& library) {
    const auto area = [&](std::string_view action) {
        const auto* row = library.find(action);
        return row == nullptr ? 0.0 : row->area_m2;
    };
    const auto& t = machine.tiles;
    return {.converters_m2 = static_cast<double>(machine.dac_bank.count) * area(machine.dac->action()) +
                             static_cast<double>(machine.adc_bank.count) * area(machine.adc->action()),
            .tiles_m2 = static_cast<double>(t.count) * static_cast<double>(t.rows) *
                        static_cast<double>(t.columns) * cell_pitch_m * cell_pitch_m};
}

double occupied_m2(const TileUse& tiles) {
    return tiles.cells * cell_pitch_m * cell_pitch_m;
}

} // namespace isinglass
