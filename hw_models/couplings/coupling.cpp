#include "hw_models/couplings/coupling.hpp"

#include "hw_models/base/registry.hpp"

namespace isinglass {

namespace {

using Kinds = Registry<std::unique_ptr<Coupling>, std::size_t, std::size_t>;

const Kinds& kinds() {
    static const Kinds registry("coupling kind", {
                                                     {"dense", make_dense_coupling},
                                                 });
    return registry;
}

} // namespace

std::unique_ptr<Coupling> make_coupling(const std::string& kind, std::size_t pre, std::size_t post) {
    return kinds().make(kind, pre, post);
}

std::span<const std::string> coupling_kinds() {
    return kinds().names();
}

} // namespace isinglass
