#include "hw_models/array/dynamics.hpp"

#include "hw_models/base/registry.hpp"

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
                    });
    return registry;
}

} // namespace

std::unique_ptr<Dynamics> make_dynamics(const std::string& name) {
    return kinds().make(name);
}
std::span<const std::string> dynamics_kinds() {
    return kinds().names();
}

} // namespace isinglass
