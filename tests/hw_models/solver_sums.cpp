// Sums over couplings in both layouts of integrators, against loops over a matrix.
#include "hw_models/array/spin_sums.hpp"
#include "tests/hw_models/solver_graphs.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

namespace {

constexpr std::size_t spins = 90;

// All sums of `lanes` states, [lane][spin].
std::vector<std::vector<float>> sums_of(const Network& net, SpinSums::Layout layout,
                                        const AlignedVector<float>& values, const Matrix& states,
                                        bool signs) {
    SpinSums sums(net, layout);
    sums.use(values.data());
    AlignedVector<float> x(sums.size()), out(sums.size());
    sums.load(states, LaneBlock::rows(), x.data());
    if (layout == SpinSums::Layout::by_lane)
        sums.sum_all(x.data(), signs, out.data());
    else
        for (std::size_t c = 0; c < net.state_columns; ++c)
            sums.sum_of(c, x.data(), out.data() + c * block_lanes);
    Matrix stored(LaneBlock::rows(), net.state_columns);
    sums.store(out.data(), block_lanes, stored);
    std::vector<std::vector<float>> all;
    for (long lane = 0; lane < block_lanes; ++lane) {
        const auto row = stored.row(static_cast<std::size_t>(lane)).first(spins);
        all.emplace_back(row.begin(), row.end());
    }
    return all;
}

} // namespace

TEST_CASE("Sums over whole couplings are exact for signs, and otherwise as good as two digits", "[solver]") {
    const auto model = make_bifurcation();
    const auto net = random_graph(*model, spins, 0.7);
    const bool signs = GENERATE(true, false);
    const bool whole = GENERATE(true, false);
    AlignedVector<float> values = random_floats(net->parameters, 3, -5.0F, 5.0F);
    for (float& v : values) v = whole ? std::nearbyint(v) / 127.0F : v;
    Matrix states(LaneBlock::rows(), net->state_columns);
    for (long lane = 0; lane < block_lanes; ++lane) {
        const auto drawn = random_floats(spins, 50 + static_cast<std::uint64_t>(lane));
        for (std::size_t i = 0; i < spins; ++i)
            states.row(static_cast<std::size_t>(lane))[i] = !signs            ? drawn[i]
                                                            : drawn[i] < 0.0F ? -1.0F
                                                                              : 1.0F;
    }
    const auto p = plain(*net, values);
    const auto by_node = sums_of(*net, SpinSums::Layout::by_node, values, states, signs);
    const auto by_lane = sums_of(*net, SpinSums::Layout::by_lane, values, states, signs);
    double worst_by_node = 0.0;
    double worst_by_lane = 0.0;
    double strength = 0.0;
    for (std::size_t i = 0; i < spins; ++i) {
        double of_spin = 0.0;
        for (std::size_t j = 0; j < spins; ++j) of_spin += std::abs(p.j[i * spins + j]);
        strength = std::max(strength, of_spin);
        for (std::size_t lane = 0; lane < by_node.size(); ++lane) {
            double exact = 0.0;
            for (std::size_t j = 0; j < spins; ++j)
                exact += p.j[i * spins + j] * static_cast<double>(states.row(lane)[j]);
            worst_by_node = std::max(worst_by_node, std::abs(exact - static_cast<double>(by_node[lane][i])));
            worst_by_lane = std::max(worst_by_lane, std::abs(exact - static_cast<double>(by_lane[lane][i])));
        }
    }
    CHECK(worst_by_node < 1e-6 * strength);
    CHECK(worst_by_lane < (whole && !signs ? 0.5 / 16256.0 : 1e-6) * strength);
}
