// Helpers of the tests of coupling kinds: kinds as an experiment states them, and the pairs that they join.
#pragma once

#include "hw_models/base/chosen.hpp"
#include "hw_models/base/worker_pool.hpp"
#include "hw_models/couplings/coupling.hpp"
#include "sim/config/reader.hpp"
#include "tests/hw_models/kernel_fixtures.hpp"

#include <map>
#include <set>
#include <thread>
#include <utility>

namespace isinglass::test {

// `settings` is what a [[network.coupling]] says: kind = "king", radius = 2, a line each.
inline std::shared_ptr<const CouplingKind> coupling_kind(const std::string& settings) {
    Chosen<CouplingKind> kind{"dense", make_coupling_kind, coupling_kinds};
    TomlReader reader(parse_config(settings, "test"));
    kind.fields(reader, {"kind", ""});
    reader.reject_unknown_keys();
    return kind.part();
}

inline std::unique_ptr<Coupling> lateral(const std::string& settings, const Grid& grid) {
    return coupling_kind(settings)->build({.pre = grid, .post = grid, .lateral = true});
}
inline std::unique_ptr<Coupling> between(const std::string& settings, const Grid& pre, const Grid& post) {
    return coupling_kind(settings)->build({.pre = pre, .post = post});
}

// Of `operands.pre` forwards, and of `operands.post` back, into what they held.
template <class Operands>
std::pair<AlignedVector<float>, AlignedVector<float>> both_products(CouplingKernel& kernel,
                                                                    const Operands& operands) {
    std::pair results{operands.post, operands.pre};
    kernel.forward(operands.values.data(), operands.pre.data(), results.first.data(), false);
    kernel.transposed(operands.values.data(), operands.post.data(), results.second.data(), false);
    return results;
}

// The same in a thread that did not make the kernel.
template <class Operands>
std::pair<AlignedVector<float>, AlignedVector<float>> products_in_another_thread(CouplingKernel& kernel,
                                                                                 const Operands& operands) {
    std::pair<AlignedVector<float>, AlignedVector<float>> results;
    std::thread([&] {
        const WorkerPool one_thread(1); // OpenMP's count is a thread's own
        results = both_products(kernel, operands);
    }).join();
    return results;
}

using Pair = std::pair<std::size_t, std::size_t>; // pre, post

// Pairs in the order of their couplings, checked to be numbered from 0 on without gap.
inline std::vector<Pair> pairs_of(const Coupling& coupling) {
    std::map<std::size_t, Pair> by_number;
    coupling.for_each([&](std::size_t pre, std::size_t post, std::size_t number) {
        if (!by_number.emplace(number, Pair{pre, post}).second)
            throw std::logic_error(fmt::format("coupling {} is listed twice", number));
    });
    std::vector<Pair> pairs;
    for (const auto& [number, pair] : by_number) {
        if (number != pairs.size()) throw std::logic_error(fmt::format("no coupling {}", pairs.size()));
        pairs.push_back(pair);
    }
    return pairs;
}

// Each pair once; a lateral one in either order.
inline std::set<Pair> set_of(const Coupling& coupling, bool lateral) {
    std::set<Pair> all;
    for (auto [i, j] : pairs_of(coupling)) {
        if (lateral && i > j) std::swap(i, j);
        if (!all.emplace(i, j).second)
            throw std::logic_error(fmt::format("nodes {} and {} are joined twice", i, j));
    }
    return all;
}

} // namespace isinglass::test
