// Amplitudes that error variables hold at one height, on any array: a coherent Ising machine as a solver
// (Leleu et al., Phys. Rev. Lett. 122, 040607, 2019; Communications Physics 4, 266, 2021).
#pragma once

#include "hw_models/base/fields.hpp"

namespace isinglass {

//     dx/dt = (p − 1 − x²) x + e ξ (Σ J x + h),   de/dt = −κ e (x² − α),   e ≤ 32
struct AmplitudeControl {
    double coupling_gain = 0.5; // ξ
    double height = 0.5;        // α
    double rate = 0.1;          // κ
    static constexpr float largest_error = 32.0F;

    void fields(Fields& f) {
        f.number({"coupling_gain", "strength of the couplings' force against the leak's 1"}, coupling_gain,
                 {1e-6, 1e6});
        f.number({"amplitude", "square of the amplitude that error variables hold"}, height, {1e-3, 2.0});
        f.number({"error_rate", "rate at which error variables follow, in 1/RC"}, rate, {0.0, 10.0});
    }
};

} // namespace isinglass
