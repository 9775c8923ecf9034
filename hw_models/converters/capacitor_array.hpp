// Arrays of unit capacitors, the elements of SAR ADCs and capacitive DACs.
#pragma once

#include "hw_models/base/fields.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace isinglass {

// One unit capacitor and how well two of them match.
struct UnitCapacitor {
    double capacitance_f = 1e-15;
    // Standard deviation of a 1 fF capacitor, relative, falling with the root of the capacitance: 0.85 % of
    // metal-oxide-metal capacitors (Omran et al., IEEE TCAS-I 63, 763, 2016, as quoted by later papers).
    double matching = 0.0085;

    void fields(Fields& f);
    [[nodiscard]] double sigma() const;
};

// A capacitor array that weighs bits.
// - binary: bit b is 2^b units; a terminating unit makes 2^N in all.
// - split: the `low_bits` lowest bits lie on an array of their own, joined by a bridge of 2^m / (2^m − 1)
// units;
//   far fewer units, but the parasitic capacitance of the bridge's lower node makes their weights too small.
struct CapacitorArray {
    UnitCapacitor unit;
    std::string topology = "binary";
    std::int64_t low_bits = 4;
    double bridge_parasitic = 0.0; // over the capacitance of the low array

    void fields(Fields& f);
    // Weights of the bits, lowest first, in LSB (2^b without mismatch and parasitic): the share of the
    // reference that switching them adds at the comparator. `gaussians` has a standard normal for each of
    // bits + 2 capacitors: bits, terminating unit, bridge. A split array of fewer than low_bits + 1 bits is
    // a binary one.
    [[nodiscard]] std::vector<double> weights(int bits, std::span<const float> gaussians) const;
    // What the comparator's node samples the input on.
    [[nodiscard]] double total_f(int bits) const;

  private:
    [[nodiscard]] bool split(int bits) const { return topology == "split" && bits > low_bits; }
};

} // namespace isinglass
