#include "host/learning/training_spec.hpp"

namespace isinglass {

namespace {
using Words = std::vector<std::string>;
const Words estimators{"centred", "one-sided", "random-sign"};
const Words nudges{"live", "frozen"};
const Words readouts{"absolute", "differences"};
const Words writes{"changed", "all", "pulses"};
const Words roundings{"nearest", "stochastic"};
} // namespace

void TrainingSpec::fields(Fields& f) {
    f.integer({"epochs", "passes over the training samples"}, epochs, {0, 1e6});
    f.integer({"batch", "samples between two updates of the couplings"}, batch, {1, 1e6});
    f.number({"beta", "strength of the nudge"}, beta, {1e-6, 100.0});
    f.choice(
        {"estimator",
         "EP estimate: centred (two nudged phases), one-sided, or one-sided with a random sign a sample"},
        estimator, estimators);
    f.choice({"nudge", "live: the force beta (y - o) while the spins move; frozen: -beta dC/do at the free "
                       "state, sent by the host"},
             nudge, nudges);
    f.choice({"readout",
              "spins read as they are, or as differences from the held free state through the read gain"},
             readout, readouts);
    f.relax_time({"free", "length of the free phase (the limit, when until_settled)"}, free, {1e-3, 1e6});
    f.relax_time({"nudged", "length of a nudged phase (the limit, when until_settled)"}, nudged, {1e-3, 1e6});
    f.flag({"until_settled", "end a phase when machine.settle says so, at the latest at its limit"},
           until_settled);
    f.choice({"write",
              "program changed codes only, or all; or give pulses, to couplings that hold themselves "
              "(machine.couplings.kind = \"pulsed\")"},
             write, writes);
    f.choice({"rounding", "how couplings become codes"}, rounding, roundings);
    f.flag({"master",
            "keep the couplings in full precision on the host (with pulses: what does not yet make a "
            "whole one); without, only their codes are kept"},
           master);
    f.flag({"shuffle", "present the samples in a new order each epoch"}, shuffle);
    f.integer({"initial_states",
               "times that a sample is presented for an update, each after a reset of its own, "
               "where resets are random; gradients are averaged"},
              initial_states, {1, 1000});
    f.integer(
        {"test_states", "times that a sample is presented when scored; the most frequent prediction counts"},
        test_states, {1, 1000});
    f.number({"gain", "scale of the initial couplings; uniform within gain / sqrt(fan-in), unless the energy "
                      "model says otherwise"},
             gain, {0.0, 100.0});
    f.number({"rate", "learning rate, for couplings that state none"}, rate, {0.0, 1e6});
    f.table({"augment",
             "how training images are changed at each presentation; validation and test show them as "
             "they are"},
            [this](Fields& g) { augment.fields(g); });
    f.table(
        {"calibrate", "what the host measures of the chip and makes up for, at a cost in time and energy"},
        [this](Fields& g) { calibrate.fields(g); });
    f.table({"cost", "what learning lowers"}, [this](Fields& g) {
        cost.fields(g, {"kind", "cost function"});
    });
    f.table({"optimiser", "how a gradient becomes an update"}, [this](Fields& g) {
        optimiser.fields(g, {"kind", "update rule"});
    });
    f.table({"schedule", "how the rate changes over the run"}, [this](Fields& g) {
        schedule.fields(g, {"kind", "factor on the rate"});
    });
}

} // namespace isinglass
