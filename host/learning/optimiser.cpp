// The optimisers there are.
#include "host/learning/optimiser.hpp"

#include "hw_models/base/registry.hpp"

namespace isinglass {

namespace {

const Registry<std::unique_ptr<Optimiser>>& optimisers() {
    static const Registry<std::unique_ptr<Optimiser>> registry("optimiser", {
                                                                                {"sgd", make_sgd},
                                                                                {"adam", make_adam},
                                                                            });
    return registry;
}

} // namespace

std::unique_ptr<Optimiser> make_optimiser(const std::string& name) {
    return optimisers().make(name);
}
std::span<const std::string> optimiser_kinds() {
    return optimisers().names();
}

} // namespace isinglass
