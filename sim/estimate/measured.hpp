// Means of a run, for estimates of what a closed form cannot know.
#pragma once

#include "sim/estimate/training_cost.hpp"
#include "sim/run/run_directory.hpp"

namespace isinglass {

// From a run's counts and its last checkpoint. `samples` are those of the run. Throws UserError for a run
// whose network is not that of `work`.
Measured measured_in(const RunDirectory& run, const NetworkWork& work, const SampleCounts& samples);

} // namespace isinglass
