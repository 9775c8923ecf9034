// What iterations towards an equilibrium have in common.
#pragma once

#include "hw_models/base/fields.hpp"

namespace isinglass {

// Declares the value of Dynamics::physical_rc_per_step().
inline void declare_rc_per_step(Fields& f, double& rc_per_step) {
    f.number({"rc_per_step",
              "physical time that one step stands for, in RC: the time in which the equations of "
              "motion reach the same residual, measured by the bench 'residuals'"},
             rc_per_step, {1e-4, 100.0});
}

} // namespace isinglass
