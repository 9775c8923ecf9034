// Time and counts of a training run on a machine, in closed form.
#pragma once

#include "sim/estimate/array_work.hpp"
#include "sim/estimate/cost_sheet.hpp"
#include "sim/estimate/job_schedule.hpp"
#include "sim/estimate/mapping.hpp"
#include "sim/run/experiment.hpp"

#include <optional>
#include <string>
#include <vector>

namespace isinglass {

// How many samples a run has.
struct SampleCounts {
    std::size_t train = 0;
    std::size_t validation = 0;
};

// Means of a run, for what a closed form cannot know. Absent ones: their limits.
struct Measured {
    std::optional<double> free_checks, nudged_checks; // of a RELAX until settled
    std::optional<double> written;                    // cells written by an update with changed codes only
    std::optional<double> program_bytes;              // that they took over the link
    std::vector<double> magnitudes;                   // [blocks] Σ|value|; empty: of the initial couplings
};

// What one kind of job takes, and what it says about the machine's resources.
struct JobCost {
    CostSheet sheet;
    JobTimes times;
    std::size_t samples = 0; // presentations
};

struct TrainingCost {
    NetworkWork network;
    Mapping mapping;
    ArrayWork array;
    std::uint64_t free_cycles = 0; // the limit of a free phase
    JobCost sample;                // a training job of one sample without PROGRAM: latency
    JobCost batch;                 // a full batch: frozen nudges' first job and PROGRAM included
    CostSheet update;              // the host's arithmetic for it
    CostSheet epoch;               // all batches, and scoring the validation samples
    CostSheet run;                 // all epochs, and what comes before the first
    bool exact = true;             // whether times and counts (but for currents) are those of the simulation
    std::vector<std::string> assumptions; // why not, one line each
};

// Σ|value| over the cells of every block, of a run's couplings or the initial ones.
std::vector<double> magnitudes_of(const NetworkWork& work, std::span<const float> theta);

// On one of mappings().
TrainingCost training_cost(const Experiment& experiment, const Mapping& mapping, const SampleCounts& samples,
                           const Measured& measured = {});

} // namespace isinglass
