#include "hw_models/energy/technology.hpp"

#include "hw_models/base/error.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <span>

namespace isinglass {
namespace {

struct Point {
    double node_nm;
    double value;
};

struct EnergyFit {
    double node_nm, a, b, c; // energy ∝ a V² + b V + c
};

constexpr std::array<EnergyFit, 10> energy_fits = {{
    {7, .1776, -.09097, .02447},
    {10, .2068, -.09311, .02375},
    {14, .2363, -.09675, .02239},
    {16, .2958, -.1241, .03024},
    {20, .373, -.1582, .04104},
    {32, .9559, -.7823, .471},
    {45, 1.103, -.362, .2767},
    {65, 3.755, -4.398, 1.975},
    {90, 4.762, -4.781, 2.092},
    {130, 7.171, -6.709, 2.904},
}};

constexpr std::array<Point, 3> wire_pf_per_mm = {{{18, .266}, {25, .288}, {50, .345}}};

// Linear between points in rising order of node; `what` names the table in the error.
double interpolate(std::span<const Point> points, double node_m, const char* what) {
    const double node_nm = node_m * 1e9;
    constexpr double rounding_nm = 1e-6;
    for (std::size_t i = 1; i < points.size(); ++i) {
        const auto& low = points[i - 1];
        const auto& high = points[i];
        if (node_nm < low.node_nm - rounding_nm || node_nm > high.node_nm + rounding_nm) continue;
        return std::lerp(low.value, high.value, (node_nm - low.node_nm) / (high.node_nm - low.node_nm));
    }
    throw UserError(fmt::format("{} is known from {} to {} nm, not at {:g} nm", what, points.front().node_nm,
                                points.back().node_nm, node_nm));
}

} // namespace

double energy_scaling(double from_node_m, double to_node_m, double supply_v) {
    if (!(supply_v >= 0.5 && supply_v <= 1.5))
        throw UserError(fmt::format("energy scaling is known from 0.5 to 1.5 V, not at {:g} V", supply_v));
    std::array<Point, energy_fits.size()> energies{};
    for (std::size_t i = 0; i < energies.size(); ++i) {
        const auto& fit = energy_fits[i];
        energies[i] = {fit.node_nm, (fit.a * supply_v + fit.b) * supply_v + fit.c};
    }
    return interpolate(energies, to_node_m, "energy scaling") /
           interpolate(energies, from_node_m, "energy scaling");
}

double wire_capacitance_f(double node_m, double length_m) {
    constexpr double f_per_m = 1e-12 / 1e-3; // from pF/mm
    return interpolate(wire_pf_per_mm, node_m, "wire capacitance") * f_per_m * length_m;
}

} // namespace isinglass
