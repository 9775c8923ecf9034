#include "hw_models/corner.hpp"

#include "hw_models/energy/limits.hpp"

namespace isinglass {

namespace {

constexpr double nominal_supply_v = 0.9;
constexpr double threshold_v = 0.4;
constexpr double threshold_fall_v = 0.11; // a factor of two in temperature
constexpr double mobility_exponent = 1.5;
constexpr double alpha = 1.3;
constexpr double drain_lowering = 0.1;
constexpr double slope_factor = 1.4;
constexpr double elementary_charge_c = 1.602176634e-19; // exact by definition of the SI, 2019

double subthreshold_current(double temperature_k, double supply_v) {
    const double thermal_v = thermal_energy_j(temperature_k) / elementary_charge_c;
    const double threshold = threshold_v - threshold_fall_v * (temperature_k / room_temperature_k - 1.0);
    return thermal_v * thermal_v *
           std::exp(-(threshold - drain_lowering * supply_v) / (slope_factor * thermal_v));
}

} // namespace

void CornerSpec::fields(Fields& f) {
    f.quantity({"temperature", "of the chip; its numbers hold at 300 K"}, temperature_k, Unit::kelvin,
               {200.0, 450.0});
    f.number({"supply", "supply voltage over the nominal one"}, supply, {0.7, 1.3});
    f.flag({"noise", "kT/C noise at that temperature"}, noise);
    f.flag({"speed", "conductance of transistors, and so time constants, at that temperature and supply"},
           speed);
    f.flag({"leakage", "subthreshold leakage at that temperature and supply"}, leakage);
    f.flag({"switching", "CV^2 of what switches and V of bias currents at that supply"}, switching);
}

double conductance_factor(double temperature_k, double supply) {
    const double overdrive = (supply * nominal_supply_v - threshold_v) / (nominal_supply_v - threshold_v);
    return std::pow(temperature_k / room_temperature_k, -mobility_exponent) *
           std::pow(overdrive, alpha - 1.0);
}

double leakage_factor(double temperature_k, double supply) {
    return subthreshold_current(temperature_k, supply * nominal_supply_v) /
           subthreshold_current(room_temperature_k, nominal_supply_v);
}

ComponentLibrary at_corner(ComponentLibrary library, const CornerSpec& corner) {
    const double supply = corner.switching ? corner.supply : 1.0;
    const double leaking =
        corner.leakage ? leakage_factor(corner.temperature_k, corner.supply) * corner.supply : 1.0;
    for (auto& row : library.components) {
        const std::string law = row.supply_law();
        const double active = law == "switching" ? supply * supply : law == "bias" ? supply : 1.0;
        row.energy_j *= row.leakage * leaking + (1.0 - row.leakage) * active;
    }
    return library;
}

} // namespace isinglass
