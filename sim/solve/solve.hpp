// Solving a problem on the machine: batches of shots until something ends them.
#pragma once

#include "hw_models/energy/ledger.hpp"
#include "sim/solve/ising_machine.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace isinglass {

struct SolveLimits {
    std::optional<std::int64_t> shots; // as many at most
    std::optional<double> timeout_s;   // no batch starts that would probably end later
    std::optional<double> target;      // cut
    std::int64_t steps = 1000;         // of a shot
};

struct SolveResult {
    std::vector<double> cuts;       // of each shot
    std::vector<double> energies;   // likewise
    std::size_t best = 0;           // shot of the lowest energy, the first of equals
    std::vector<std::int8_t> state; // its spins
    Ledger programming;             // what writing the couplings took
    Ledger annealing;               // what all shots took
    std::string stopped_because;    // "all shots done", "target reached", "timeout", "interrupted"
    double wall_s = 0.0;            // without elaboration
};

// Shots in a batch, which is one job of the machine: results are the same for any number of lanes and
// threads.
inline constexpr std::size_t batch_shots = 64;

// Called after every batch with what there is so far, `programming`, `annealing` and why it stopped excepted.
using SolveWatcher = std::function<void(const SolveResult& so_far)>;

// Ctrl-C ends it after the batch that runs.
SolveResult solve(IsingMachine& machine, const IsingProblem& problem, const SolveLimits& limits,
                  const SolveWatcher& watch);

} // namespace isinglass
