// Layers that share a plane: lattices across them, against the lattice of the whole plane.
#include "hw_models/base/error.hpp"
#include "hw_models/base/random.hpp"
#include "tests/hw_models/coupling_fixtures.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

namespace {

// The nodes of a plane dealt out to three groups, in a random order within each.
std::vector<Grid> dealt(std::size_t rows, std::size_t columns, std::uint64_t seed) {
    std::vector<Grid> groups(3, Grid{.rows = rows, .columns = columns});
    const RandomStream draws(seed, Purpose::sample_order);
    for (std::uint64_t p = 0; p < rows * columns; ++p) {
        auto& places = groups[p < 3 ? p : draws.below({p}, 0, 3)].places; // none stays empty
        places.insert(places.begin() + draws.below({p}, 1, static_cast<std::uint32_t>(places.size() + 1)), p);
    }
    return groups;
}

// The pairs of `coupling` by their places, the lesser place first.
void add_places(const Coupling& coupling, const Grid& pre, const Grid& post, std::multiset<Pair>& pairs) {
    for (const auto& [i, j] : pairs_of(coupling)) {
        const auto [low, high] = std::minmax(pre.places[i], post.places[j]);
        pairs.emplace(low, high);
    }
}

} // namespace

TEST_CASE("Lattices within and between layers of one plane are together the lattice of that plane",
          "[coupling]") {
    for (const std::string kind : {"square", "triangular", "king"})
        for (const auto& [rows, columns] : std::vector<Pair>{{5, 5}, {4, 7}, {6, 5}})
            for (const int radius : {1, 2})
                for (const bool periodic : {false, true}) {
                    INFO(kind << " " << rows << "x" << columns << ", radius " << radius
                              << (periodic ? ", periodic" : ""));
                    const auto settings =
                        fmt::format("kind = '{}'\nradius = {}\nperiodic = {}", kind, radius, periodic);
                    const auto groups = dealt(rows, columns, rows * 10 + columns);
                    std::multiset<Pair> pairs;
                    for (std::size_t a = 0; a < 3; ++a) {
                        add_places(*lateral(settings, groups[a]), groups[a], groups[a], pairs);
                        for (std::size_t b = a + 1; b < 3; ++b)
                            add_places(*between(settings, groups[a], groups[b]), groups[a], groups[b], pairs);
                    }
                    const auto whole = set_of(*lateral(settings, {1, rows, columns}), true);
                    CHECK(pairs == std::multiset<Pair>(whole.begin(), whole.end()));
                }
}

TEST_CASE("Windows on a layer that fills only part of its plane are refused", "[coupling]") {
    CHECK_THROWS_WITH(between("kind = 'local'\nwindow = [2, 2]", {1, 3, 3, {0, 1, 2}}, {1, 2, 2}),
                      Catch::Contains("everywhere") && Catch::Contains("'square'"));
}
