#include "hw_models/converters/capacitor_array.hpp"

#include <cmath>

namespace isinglass {

namespace {

const std::vector<std::string> topologies{"binary", "split"};

double sum(std::span<const double> x) {
    double total = 0.0;
    for (const double v : x) total += v;
    return total;
}

} // namespace

void UnitCapacitor::fields(Fields& f) {
    f.quantity({"unit_capacitance", "capacitance of one unit element"}, capacitance_f, Unit::farad,
               {1e-17, 1e-9});
    f.number({"matching",
              "standard deviation of a unit element of 1 fF, relative; falls with the root of the "
              "capacitance"},
             matching, {0.0, 0.5});
}

double UnitCapacitor::sigma() const {
    return matching / std::sqrt(capacitance_f * 1e15);
}

void CapacitorArray::fields(Fields& f) {
    unit.fields(f);
    f.variant({"array", "capacitors of the bits: binary-weighted, or split by a bridge"}, topology,
              topologies, [this](const std::string& word, Fields& g) {
                  if (word != "split") return;
                  g.integer({"low_bits", "bits behind the bridge"}, low_bits, {1, 13});
                  g.number({"bridge_parasitic",
                            "parasitic capacitance behind the bridge, over that of the array there"},
                           bridge_parasitic, {0.0, 1.0});
              });
}

std::vector<double> CapacitorArray::weights(int bits, std::span<const float> gaussians) const {
    const auto n = static_cast<std::size_t>(bits);
    const std::size_t low = split(bits) ? static_cast<std::size_t>(low_bits) : n;
    const double sigma = unit.sigma();
    std::vector<double> c(n); // in units; k units in parallel vary by √k of one
    for (std::size_t b = 0; b < n; ++b) {
        const double units = std::ldexp(1.0, static_cast<int>(b < low ? b : b - low));
        c[b] = units + sigma * std::sqrt(units) * static_cast<double>(gaussians[b]);
    }
    const double terminating = 1.0 + sigma * static_cast<double>(gaussians[n]);
    const double scale = std::ldexp(1.0, bits);
    const double low_total = sum(std::span(c).first(low)) + terminating;
    if (low == n) {
        for (auto& w : c) w *= scale / low_total;
        return c;
    }
    // Charge balance at the bridge's two nodes: (C_low + C_bridge) V_low = C_bridge V + Σ C_b V_b, and the
    // same the other way round.
    const double low_units = std::ldexp(1.0, static_cast<int>(low));
    const double nominal_bridge = low_units / (low_units - 1.0);
    const double bridge =
        nominal_bridge + sigma * std::sqrt(nominal_bridge) * static_cast<double>(gaussians[n + 1]);
    const double behind = low_total * (1.0 + bridge_parasitic) + bridge;
    const double coupled = bridge / behind;
    const double total = sum(std::span(c).subspan(low)) + bridge - bridge * coupled;
    for (std::size_t b = 0; b < n; ++b) c[b] *= scale / total * (b < low ? coupled : 1.0);
    return c;
}

double CapacitorArray::total_f(int bits) const {
    const double bits_here = static_cast<double>(bits) - (split(bits) ? static_cast<double>(low_bits) : 0.0);
    return std::exp2(bits_here) * unit.capacitance_f;
}

} // namespace isinglass
