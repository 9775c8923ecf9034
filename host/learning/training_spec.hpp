// How a network is trained, as an experiment states it.
#pragma once

#include "host/data/augmentation.hpp"
#include "host/learning/calibration_spec.hpp"
#include "host/learning/cost.hpp"
#include "host/learning/optimiser.hpp"
#include "host/learning/schedule.hpp"
#include "hw_models/array/energy_model.hpp"
#include "hw_models/base/chosen.hpp"
#include "hw_models/base/fields.hpp"

#include <string>

namespace isinglass {

struct TrainingSpec {
    std::int64_t epochs = 15;
    std::int64_t batch = 64;
    double beta = 0.5;
    std::string estimator = "centred"; // centred, one-sided, random-sign
    std::string nudge = "live";        // live, frozen
    std::string readout = "absolute";  // absolute, differences
    RelaxTime free{.value = 15.0};
    RelaxTime nudged{.value = 5.0};
    bool until_settled = false;       // free and nudged are limits then
    std::string write = "changed";    // changed, all, pulses
    std::string rounding = "nearest"; // nearest, stochastic
    bool master = true;               // keep couplings in full precision on the host
    bool shuffle = true;
    std::int64_t initial_states = 1; // presentations of a sample an update, each after a reset of its own
    std::int64_t test_states = 1;    // the same when scoring; the most frequent prediction counts
    double gain = 1.0;               // of the initial couplings
    double rate = 0.5;               // of couplings that state none themselves
    Chosen<Cost> cost{"squared_error", make_cost, cost_kinds};
    Chosen<Optimiser> optimiser{"sgd", make_optimiser, optimiser_kinds};
    Chosen<Schedule> schedule{"cosine", make_schedule, schedule_kinds};

    Augmentation augment;
    CalibrationSpec calibrate;

    void fields(Fields& f);

    [[nodiscard]] bool centred() const { return estimator == "centred"; }
    [[nodiscard]] int nudged_phases() const { return centred() ? 2 : 1; }
    [[nodiscard]] bool differences() const { return readout == "differences"; } // to the state that is held
    // Whether the free state is held: for the second nudge to start from, or for differences to it.
    [[nodiscard]] bool holds_free() const { return centred() || differences(); }
    // Whether the estimate takes one nudged state alone, since ∂E/∂θ is 0 in the free one.
    [[nodiscard]] bool one_state(const EnergyModel& model) const {
        return !centred() && model.gradient_vanishes_when_free();
    }
    [[nodiscard]] bool reads_free(const EnergyModel& model) const {
        return differences() || (!centred() && !one_state(model));
    }
};

} // namespace isinglass
