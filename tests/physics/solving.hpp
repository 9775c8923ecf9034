// Solving small problems by the array's kernels, without the chip around them.
#pragma once

#include "sim/solve/graph_network.hpp"
#include "sim/solve/solver_kind.hpp"

namespace isinglass::test {

// Spins of ±1 drawn couplings, or weights −3 … 3 on a random graph; ring and chain of J = 1.
IsingProblem sherrington_kirkpatrick(std::size_t spins, std::uint64_t instance);
IsingProblem weighted_graph(std::size_t spins, std::uint64_t instance, bool fields);
IsingProblem ring(std::size_t spins, bool closed);

// The lowest energy of so many shots, rounded up to whole blocks of lanes, on the ideal machine.
double lowest_energy(const IsingProblem& problem, const std::string& solver, std::int64_t steps,
                     std::size_t shots = 32);

// Of all 2^N states.
double enumerated_energy(const IsingProblem& problem);

} // namespace isinglass::test
