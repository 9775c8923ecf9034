#include "hw_models/couplings/coupling.hpp"

#include "hw_models/base/registry.hpp"

namespace isinglass {

namespace {

const Registry<std::unique_ptr<CouplingKind>>& kinds() {
    static const Registry<std::unique_ptr<CouplingKind>> registry("coupling kind",
                                                                  {
                                                                      {"dense", make_dense_kind},
                                                                      {"local", make_local_kind},
                                                                      {"square", make_square_kind},
                                                                      {"triangular", make_triangular_kind},
                                                                      {"king", make_king_kind},
                                                                      {"all-to-all", make_all_to_all_kind},
                                                                      {"sparse", make_sparse_kind},
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
