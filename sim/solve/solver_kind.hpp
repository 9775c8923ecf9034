// The ways of solving: which energy model, on which machine, with which settings.
#pragma once

#include "sim/run/experiment.hpp"
#include "sim/solve/problem.hpp"

#include <span>
#include <string>
#include <vector>

namespace isinglass {

struct SolverKind {
    std::string name;
    std::string model;    // energy model
    std::string nodes;    // what its nodes are
    std::string machine;  // shipped one that it runs on
    std::string dynamics; // on analog arrays
    // Settings that depend on the problem, as --set takes them; `array` is the kind of the machine's array.
    std::vector<std::string> (*settings)(const IsingProblem& problem, const std::string& array);
};

std::span<const SolverKind> solver_kinds();
// Throws UserError for a name that is none of them.
const SolverKind& solver_kind(const std::string& name);

// What `isinglass solve` is asked for.
struct SolveRequest {
    std::string solver = "p-bits";
    std::string machine; // empty: that of the solver
    bool ideal = false;  // the ideal machine, large enough for the problem
    std::vector<std::string> sets;
};

// The machine and the energy model that solve this problem; `sets` come last and override. Errors are
// ConfigError and UserError.
Experiment solver_experiment(const IsingProblem& problem, const SolveRequest& request);

// Steps of a shot where none are asked for: as many as let a few batches of shots fit into `timeout_s` on two
// slow cores, within 500 … 20000.
std::int64_t default_steps(const IsingProblem& problem, double timeout_s);

} // namespace isinglass
