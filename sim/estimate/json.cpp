// The estimate for programs: SI units, names as in summary.json.
#include "sim/estimate/report.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace isinglass {

namespace {

using Json = nlohmann::ordered_json;

Json number(double value) {
    constexpr double exact = 9007199254740992.0; // 2^53
    if (value == std::floor(value) && std::abs(value) < exact) return static_cast<std::int64_t>(value);
    return value;
}

Json sheet_json(const CostSheet& sheet, const ComponentLibrary& library) {
    const auto energy = sheet.priced(library);
    Json json{{"time_s", sheet.time_s()}, {"energy_j", energy.total_j}};
    for (const auto& [component, joules] : energy.by_component_j)
        json["energy_by_component_j"][component] = joules;
    for (std::size_t p = 0; p < phase_count; ++p) {
        const auto phase = std::string(phase_name(static_cast<Phase>(p)));
        json["energy_by_phase_j"][phase] = energy.by_phase_j[p];
        json["time_by_phase_s"][phase] = sheet.time_s(static_cast<Phase>(p));
    }
    for (const auto& [action, by_phase] : sheet.amounts) json["counts"][action] = number(sheet.total(action));
    return json;
}

} // namespace

std::string estimate_json(const Estimate& e, const ComponentLibrary& library) {
    const auto area = chip_area(e.experiment.machine, library);
    const auto n = static_cast<double>(std::max<std::size_t>(1, e.cost.batch.samples));
    CostSheet batch = e.cost.batch.sheet;
    batch.add(e.cost.update);
    const auto samples =
        static_cast<double>(e.samples.train) * static_cast<double>(e.experiment.training.epochs);
    const double flops = backpropagation_flops(e.cost.network, samples);
    Json json{{"experiment", e.experiment.name},
              {"machine", e.experiment.machine.name},
              {"mapping", e.cost.mapping.name},
              {"chips", e.cost.mapping.chips},
              {"tiles_needed", e.tiles.needed},
              {"tiles_a_chip", e.tiles.available},
              {"utilisation", e.tiles.utilisation(e.tiles.parts())},
              {"area_converters_m2", area.converters_m2},
              {"area_tiles_m2", area.tiles_m2},
              {"area_occupied_m2", occupied_m2(e.tiles)},
              {"exact", e.cost.exact},
              {"assumptions", e.cost.assumptions},
              {"time_per_sample_s", batch.time_s() / n},
              {"energy_per_sample_j", batch.priced(library).total_j / n},
              {"peak_power_w", peak_power(e.cost, library).largest_w()},
              {"gpu_energy_j", GpuModel{}.joules(flops)},
              {"gpu_time_s", GpuModel{}.seconds(flops)},
              {"profile", library.profile}};
    for (const auto& use : resources(e.cost)) json["busy_s_a_sample"][use.name] = use.busy_s;
    json["update"] = sheet_json(e.cost.update, library);
    json["epoch"] = sheet_json(e.cost.epoch, library);
    json["run"] = sheet_json(e.cost.run, library);
    return json.dump(2) + '\n';
}

} // namespace isinglass
