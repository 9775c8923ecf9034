// Temperature and supply of a chip away from where its numbers hold.
#pragma once

#include "hw_models/base/fields.hpp"
#include "hw_models/energy/component_library.hpp"

namespace isinglass {

// Numbers of machines and component tables hold at 300 K and nominal supply. Each effect can be switched off.
struct CornerSpec {
    double temperature_k = 300.0;
    double supply = 1.0;   // over the nominal one
    bool noise = true;     // kT of nodes, holds and converters' capacitors
    bool speed = true;     // conductance, and so time constant, of nodes and cells made of transistors
    bool leakage = true;   // subthreshold currents
    bool switching = true; // CV² of what switches, V of bias currents

    void fields(Fields& f);
};

// Factors on what holds at 300 K and nominal supply, from transistor laws with these numbers:
// - mobility ∝ T^−1.5, threshold 0.4 V falling by 0.11 V · (T/300 K − 1): defaults of BSIM4 (UTE, KT1);
// - drain current ∝ (V − V_t)^1.3 in short channels (alpha-power law, Sakurai and Newton, JSSC 1990), so that
// a
//   transconductance goes with (V − V_t)^0.3; the threshold's own fall with temperature is left out there;
// - subthreshold current ∝ (kT/q)² exp(−(V_t − 0.1 V)/(1.4 kT/q)) at drain voltage V (drain-induced lowering
// 0.1 V/V
//   and slope factor 1.4: textbook values, an assumption for any one process); nominal supply 0.9 V.
[[nodiscard]] double conductance_factor(double temperature_k, double supply);
[[nodiscard]] double leakage_factor(double temperature_k, double supply); // of the current

// What the table's actions cost at that corner. The host and the link's far end stay where they are.
[[nodiscard]] ComponentLibrary at_corner(ComponentLibrary library, const CornerSpec& corner);

} // namespace isinglass
