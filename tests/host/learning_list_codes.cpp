// Codes of couplings that are lists, from the host's buffers into the chip's cells.
#include "host/learning/coupling_codes.hpp"
#include "hw_models/couplings/coupling_store.hpp"
#include "tests/hw_models/coupling_fixtures.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

namespace {

// 1980 couplings within the hidden layer: three rows of 512 codes and one of 444.
Network lattice() {
    const Grid grid{1, 23, 23};
    return make_network(2, {{.name = "hidden", .size = 529, .grid = grid}, {.name = "out", .size = 2}},
                        {{.from = input_layer, .to = 0},
                         {.from = 0, .to = 0, .kind = coupling_kind("kind = 'king'")},
                         {0, 1}});
}
constexpr std::size_t list_block = 2;

void check_cells(const Network& net, const CouplingStore& store, const std::vector<float>& theta) {
    const auto lsb = static_cast<float>(store.format().bits ? store.format().lsb(1.0) : 0.0);
    double magnitude = 0.0;
    bool same = true;
    const auto& block = net.blocks[list_block];
    for (std::size_t i = block.first; i < block.first + block.count(); ++i) {
        const float wanted = store.format().bits ? lsb * std::nearbyint(theta[i] / lsb) : theta[i];
        same = same && std::abs(store.values()[i] - wanted) < 1e-6F;
        magnitude += std::abs(static_cast<double>(wanted));
    }
    CHECK(same);
    CHECK(store.magnitude(list_block) == Approx(magnitude));
}

} // namespace

TEST_CASE("Codes of a list reach the cells, all of them and changed ones, with any number of threads",
          "[learning]") {
    const auto net = lattice();
    const auto& block = net.blocks[list_block];
    const auto drawn = random_floats(net.parameters, 1);
    for (const std::string kind : {"codes", "ideal"})
        for (const std::int64_t bits : {4, 8, 12})
            for (const unsigned threads : {1U, 2U}) {
                const CouplingSpec spec{.kind = kind, .bits = bits, .mismatch = 0.0};
                WorkerPool pool(threads);
                CouplingCodes codes(net, spec.format(), 1);
                CouplingStore store(net, spec, 1);
                std::vector<float> theta(drawn.begin(), drawn.end());
                codes.encode(theta, Rounding::nearest, false, 0, pool);
                CHECK(codes.buffer(list_block, pool).size() == 1980 * spec.format().bytes());
                CHECK(store.program_all(list_block, codes.buffer(list_block, pool), pool).written == 1980);
                check_cells(net, store, theta);
                for (const std::size_t at : {0U, 511U, 512U, 1536U, 1979U}) theta[block.first + at] *= -1.0F;
                codes.encode(theta, Rounding::nearest, true, 1, pool);
                // A count for each of 4 rows, bitmaps of the three that changed, and 5 codes.
                CHECK(codes.buffer(list_block, pool).size() ==
                      4 * 4 + 2 * 64 + 56 + 5 * spec.format().bytes());
                const auto outcome = store.program_changed(list_block, codes.buffer(list_block, pool), pool);
                CHECK(outcome.valid);
                CHECK(outcome.written == 5);
                check_cells(net, store, theta);
            }
}

TEST_CASE("A bit beyond the shorter last row of a list is refused", "[learning]") {
    const auto net = lattice();
    const CouplingSpec spec{.bits = 8};
    WorkerPool pool(1);
    CouplingStore store(net, spec, 1);
    std::vector<std::uint8_t> changes(3 * 4, 0);
    changes.insert(changes.end(), {1, 0, 0, 0});
    std::vector<std::uint8_t> bitmap(56, 0);
    bitmap[443 / 8] = 1U << (443 % 8);
    changes.insert(changes.end(), bitmap.begin(), bitmap.end());
    changes.push_back(5);
    CHECK(store.program_changed(list_block, changes, pool).valid);
    changes[16 + 444 / 8] = 1U << (444 % 8);
    CHECK(!store.program_changed(list_block, changes, pool).valid);
}
