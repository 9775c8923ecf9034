#include "hw_models/couplings/coupling.hpp"

#include "hw_models/base/registry.hpp"

namespace isinglass {

namespace {

const Registry<std::unique_ptr<CouplingKind>>& kinds() {
    static const Registry<std::unique_ptr<CouplingKind>> registry("coupling kind",
                                                                  {
                                                                      {"dense", make_dense_kind},
                                                                  });
    return registry;
}

} // namespace

std::unique_ptr<CouplingKind> make_coupling_kind(const std::string& name) {
    return kinds().make(name);
}

std::span<const std::string> coupling_kinds() {
    return kinds().names();
}

} // namespace isinglass
