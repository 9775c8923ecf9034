#include "hw_models/array/dynamics.hpp"

#include "hw_models/base/error.hpp"
#include "hw_models/base/registry.hpp"

#include <fmt/ranges.h>

#include <algorithm>

namespace isinglass {

namespace {

const Registry<std::unique_ptr<Dynamics>>& kinds() {
    static const Registry<std::unique_ptr<Dynamics>> registry(
        "dynamics", {
                        {"dissipative", make_dissipative},
                        {"dissipative-fast", make_dissipative_fast},
                        {"dissipative-sweeps", make_dissipative_sweeps},
                        {"conjugate", make_conjugate},
                        {"conjugate-fast", make_conjugate_fast},
                        {"conjugate-sweeps", make_conjugate_sweeps},
                        {"idealised-passes", make_idealised_passes},
                        {"gibbs", make_gibbs},
                        {"ballistic", make_ballistic},
                        {"discrete", make_discrete},
                        {"amplitude-control", make_amplitude_control},
                    });
    return registry;
}

const char* what_is_missing(Relaxation relaxation) {
    switch (relaxation) {
    case Relaxation::flow: return "whose nodes have no gradient flow";
    case Relaxation::pairs: return "whose nodes have no conjugate variable";
    case Relaxation::solve: return "whose nodes have no exact solution";
    case Relaxation::sampling: return "whose nodes are not two-valued";
    case Relaxation::bifurcation: return "whose nodes have no position that bifurcates";
    case Relaxation::error_variables: return "whose nodes have no amplitude";
    case Relaxation::passes: return "whose layers do not predict one another";
    }
    return "";
}

} // namespace

std::unique_ptr<Dynamics> make_dynamics(const std::string& name) {
    return kinds().make(name);
}
std::span<const std::string> dynamics_kinds() {
    return kinds().names();
}

namespace {

bool knows(const EnergyModel& model, const Dynamics& dynamics) {
    const auto known = model.relaxations();
    return std::ranges::find(known, dynamics.relaxation()) != known.end();
}

} // namespace

std::vector<std::string> dynamics_of(const EnergyModel& model) {
    std::vector<std::string> valid;
    for (const auto& name : dynamics_kinds())
        if (knows(model, *make_dynamics(name))) valid.push_back(name);
    return valid;
}

void check_relaxation(const Dynamics& dynamics, const std::string& name, const EnergyModel& model) {
    if (knows(model, dynamics)) return;
    throw UserError(fmt::format(
        "machine.array.dynamics = \"{}\" does not fit network.model = \"{}\", {}; valid is: {}", name,
        model.name(), what_is_missing(dynamics.relaxation()), fmt::join(dynamics_of(model), ", ")));
}

} // namespace isinglass
