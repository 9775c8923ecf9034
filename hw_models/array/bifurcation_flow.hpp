// What simulated bifurcation takes, on any array.
#pragma once

#include "hw_models/base/fields.hpp"

namespace isinglass {

struct BifurcationSpec {
    double coupling_gain = 0.5; // ξ

    void fields(Fields& f) {
        f.number({"coupling_gain", "strength of the couplings' force against the pump's 1; 0.7 / (rms of all "
                                   "couplings of a pair, absent ones included, times the root of the spins)"},
                 coupling_gain, {1e-6, 1e6});
    }
};

} // namespace isinglass
