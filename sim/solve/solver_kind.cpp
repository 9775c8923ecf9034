#include "sim/solve/solver_kind.hpp"

#include "hw_models/array/node_sets.hpp"
#include "hw_models/base/error.hpp"
#include "sim/solve/graph_network.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace isinglass {

namespace {

using Settings = std::vector<std::string>;

std::string set(const char* key, double value) {
    return fmt::format("machine.array.{}={:.6g}", key, value);
}

// Temperatures in units of the largest coupling. From about half of the field among random spins, where spins
// are nearly free, to where even the weakest change of a graph of equal weights is frozen.
Settings pbits(const IsingProblem& problem, const std::string& array) {
    const double start = std::max(0.55 * problem.rms_field() / problem.largest(), 0.75);
    Settings settings{set("start_temperature", start), set("end_temperature", std::min(0.2, start)),
                      "network.field_limit=1"};
    if (array != "analog") return settings;
    // Sets of spins that are not joined are drawn one after another, each given 5 RC as in gibbs.cpp.
    const auto sets = independent_sets(*graph_network(problem, *make_binary()).network).size();
    settings.push_back(set("rc_per_step", std::min(5.0 * static_cast<double>(sets), 1e4)));
    return settings;
}

// 0.7 / (σ_J √N), Goto et al. 2021, in units of the largest coupling.
double bifurcation_gain(const IsingProblem& problem) {
    return 0.7 * problem.largest() / (problem.rms_coupling() * std::sqrt(static_cast<double>(problem.spins)));
}

Settings bifurcation(const IsingProblem& problem, const std::string& array, const char* kind) {
    Settings settings{set("coupling_gain", bifurcation_gain(problem))};
    if (array == "digital") settings.push_back(fmt::format("machine.array.bifurcation={}", kind));
    return settings;
}
Settings ballistic(const IsingProblem& problem, const std::string& array) {
    return bifurcation(problem, array, "ballistic");
}
Settings discrete(const IsingProblem& problem, const std::string& array) {
    return bifurcation(problem, array, "discrete");
}

// Chosen on G1, G22 and G32; the steps of the feedback array are as short as those of the equations.
Settings coherent(const IsingProblem& problem, const std::string& array) {
    Settings settings{"network.pump=0.9"};
    if (array == "feedback") {
        settings.insert(settings.begin(), "machine.array.correction=error-variables");
        settings.push_back(set("gain", 0.1));
    }
    settings.push_back(set("coupling_gain", 0.3 * bifurcation_gain(problem)));
    settings.push_back(set("error_rate", 0.3));
    settings.push_back(set("amplitude", 1.0));
    return settings;
}

// Noise starts the phases, which RESET leaves where no force acts. Euler steps of a node with Σ|J| in all are
// stable up to 2 / Σ|J|.
Settings oscillators(const IsingProblem& problem, const std::string& array) {
    if (array != "analog")
        throw UserError(
            fmt::format("--solver oscillators needs noise in every step to start the phases, which a "
                        "{} array has not; valid is a machine with an analog one",
                        array));
    std::vector<double> strength(problem.spins, 0.0);
    for (const auto& c : problem.couplings) {
        strength[c.i] += std::abs(c.value);
        strength[c.j] += std::abs(c.value);
    }
    const double step = std::min(0.5, 1.5 * problem.largest() / std::ranges::max(strength));
    return {"network.sync=1", "machine.array.node_noise=dynamic", "machine.circuit.phase_noise=0.3",
            set("step", step), set("rc_per_step", step)};
}

const std::vector<SolverKind>& kinds() {
    static const std::vector<SolverKind> all{
        {"p-bits", "binary", "p-bits", "pbit-28nm", "gibbs", pbits},
        {"ballistic", "bifurcation", "positions that bifurcate", "bifurcation-28nm", "ballistic", ballistic},
        {"discrete", "bifurcation", "positions that bifurcate", "bifurcation-28nm", "discrete", discrete},
        {"coherent", "coherent", "amplitudes", "feedback-28nm", "amplitude-control", coherent},
        {"oscillators", "oscillator", "oscillators", "epc1-28nm", "dissipative-fast", oscillators},
    };
    return all;
}

Experiment parse(const SolverKind& kind, const std::string& machine, std::size_t spins,
                 std::span<const std::string> sets) {
    const std::string text =
        fmt::format("name = \"solve\"\nmachine = \"{}\"\n[network]\nmodel = \"{}\"\nlayer = [{{ "
                    "name = \"input\", size = 1 }}, {{ name = \"spins\", size = {} }}]\n",
                    machine, kind.model, spins);
    return parse_experiment(text, "solver " + kind.name, sets);
}

// The crossbar of an ideal machine is as large as the problem.
void add_ideal(const IsingProblem& problem, Settings& sets) {
    sets.push_back("machine.tiles.count=1");
    sets.push_back(fmt::format("machine.tiles.rows={}", std::max<std::size_t>(problem.spins + 4, 1024)));
    sets.push_back(fmt::format("machine.tiles.columns={}", std::max<std::size_t>(problem.spins, 1024)));
}

} // namespace

std::span<const SolverKind> solver_kinds() {
    return kinds();
}

const SolverKind& solver_kind(const std::string& name) {
    const auto found = std::ranges::find(kinds(), name, &SolverKind::name);
    if (found != kinds().end()) return *found;
    std::vector<std::string> names;
    for (const auto& kind : kinds()) names.push_back(kind.name);
    throw UserError(fmt::format("--solver {}: valid is {}", name, fmt::join(names, ", ")));
}

Experiment solver_experiment(const IsingProblem& problem, const SolveRequest& request) {
    const auto& kind = solver_kind(request.solver);
    if (request.ideal && !request.machine.empty())
        throw UserError(
            fmt::format("--ideal and --machine {} name two machines; valid is one of them", request.machine));
    const std::string machine = request.ideal             ? "ideal"
                                : request.machine.empty() ? kind.machine
                                                          : request.machine;
    const auto plain = parse(kind, machine, problem.spins, {}).machine;
    const auto& array = plain.array.name();
    const auto models = plain.array->models();
    if (std::ranges::find(models, kind.model) == models.end())
        throw UserError(
            fmt::format("--solver {} does not run on machine {}: its array is {}, which moves no {}",
                        kind.name, machine, array, kind.nodes));
    Settings sets;
    if (array == "analog") {
        sets.push_back("machine.array.dynamics=" + kind.dynamics);
        sets.push_back("machine.circuit.kind=" + make_energy_model(kind.model)->circuit());
    }
    std::ranges::copy(kind.settings(problem, array), std::back_inserter(sets));
    if (request.ideal) add_ideal(problem, sets);
    std::ranges::copy(request.sets, std::back_inserter(sets));
    return parse(kind, machine, problem.spins, sets);
}

std::int64_t default_steps(const IsingProblem& problem, double timeout_s) {
    constexpr double work_per_s = 5e9; // couplings and spins that two slow cores move a second
    constexpr double own_work = 30.0;  // of a spin, in couplings
    constexpr double shots = 64.0;     // of a batch
    constexpr double batches = 2.0;
    const double work =
        2.0 * static_cast<double>(problem.couplings.size()) + own_work * static_cast<double>(problem.spins);
    return static_cast<std::int64_t>(
        std::clamp(timeout_s * work_per_s / (shots * batches * work), 500.0, 20000.0));
}

} // namespace isinglass
