#include "hw_models/couplings/coupling.hpp"

#include "hw_models/base/registry.hpp"

namespace isinglass {

namespace {

const Registry<std::unique_ptr<CouplingKind>>& kinds() {
    static const Registry<std::unique_ptr<CouplingKind>> registry("coupling kind",
                                                                  {
                                                                      {"dense", make_dense_kind},
                                                                      {"local", make_local_kind},
                                                                      {"convolution", make_convolution_kind},
                                                                      {"square", make_square_kind},
                                                                      {"triangular", make_triangular_kind},
                                                                      {"king", make_king_kind},
                                                                      {"all-to-all", make_all_to_all_kind},
                                                                      {"sparse", make_sparse_kind},
                                                                  });
    return registry;
}

} // namespace

std::size_t Coupling::most_terms() const {
    if (is_matrix()) return std::max(pre_size(), post_size());
    std::vector<std::size_t> pre(pre_size(), 0), post(post_size(), 0);
    for_each([&](std::size_t i, std::size_t j, std::size_t) {
        ++pre[i];
        ++post[j];
    });
    return std::max(std::ranges::max(pre), std::ranges::max(post));
}

std::unique_ptr<CouplingKind> make_coupling_kind(const std::string& name) {
    return kinds().make(name);
}

std::span<const std::string> coupling_kinds() {
    return kinds().names();
}

} // namespace isinglass
