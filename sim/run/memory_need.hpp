// What memory a training run takes, by stated formulas, before anything of it is made.
#pragma once

#include "sim/run/experiment.hpp"
#include "sim/run/training_run.hpp"

#include <string>
#include <vector>

namespace isinglass {

// A part of it: what, why so much, and how many bytes.
struct MemoryPart {
    std::string name;
    std::string formula;
    double bytes = 0.0;
};

// Of a run of `experiment` with these samples on `network`, as the machine has it. Upper bounds but for the
// allocator's slack; `bench imagenet` prints the peak resident set beside them.
std::vector<MemoryPart> memory_needed(const Experiment& experiment, const Network& network,
                                      const RunData& data);

// What a new process can take without swapping: the system's estimate, or what is left of a container's limit
// where that is less. Infinite where the system says nothing.
double available_memory_bytes();

// Throws UserError where reading samples of a data set of this kind takes more than `available`, bytes.
void check_samples(const std::string& kind, double bytes, double available);

// "about 1.20 GB (samples 47.0 MB, …); 9.80 GB available". Throws UserError, with the parts, where the sum is
// more than `available`.
std::string check_memory(const std::vector<MemoryPart>& parts, double available);

} // namespace isinglass
