// Windows, pairs from files and all pairs, each against its own definition.
#include "hw_models/base/error.hpp"
#include "sim/run/files.hpp"
#include "tests/hw_models/coupling_fixtures.hpp"
#include "tests/traces/temporary_folder.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

namespace {

struct Windows {
    Grid pre;
    std::size_t channels;
    std::size_t rows, columns, stride;

    [[nodiscard]] Grid post() const {
        return {channels, (pre.rows - rows) / stride + 1, (pre.columns - columns) / stride + 1};
    }
    [[nodiscard]] std::unique_ptr<Coupling> build(bool shared = false) const {
        return between(fmt::format("kind = 'local'\nwindow = [{}, {}]\nstride = {}\nshared = {}", rows,
                                   columns, stride, shared),
                       pre, post());
    }
    // Where a node of `pre` lies in the window of a node of `post`, if it does: channel, row, column.
    struct Place {
        std::size_t channel, row, column;
    };
    [[nodiscard]] std::optional<Place> place(std::size_t i, std::size_t j) const {
        const std::size_t channel = i / (pre.rows * pre.columns);
        const std::size_t y = i / pre.columns % pre.rows - j / post().columns % post().rows * stride;
        const std::size_t x = i % pre.columns - j % post().columns * stride;
        if (y >= rows || x >= columns) return std::nullopt; // below 0 wraps to large numbers
        return Place{channel, y, x};
    }
};

const std::vector<Windows> windows{{{1, 5, 6}, 1, 2, 3, 1},  {{2, 7, 5}, 3, 3, 2, 2}, {{1, 9, 9}, 2, 3, 3, 3},
                                   {{3, 4, 4}, 2, 4, 4, 1},  {{1, 1, 8}, 1, 1, 3, 2}, {{2, 6, 6}, 2, 1, 1, 1},
                                   {{1, 28, 28}, 1, 6, 6, 1}};

std::string sparse(const std::filesystem::path& file) {
    return fmt::format("kind = 'sparse'\nfile = '{}'", file.string());
}

} // namespace

TEST_CASE("A window joins each node to the nodes that it covers on every channel", "[coupling]") {
    for (const auto& w : windows) {
        INFO(w.pre.rows << "x" << w.pre.columns << ", windows " << w.rows << "x" << w.columns);
        std::set<Pair> expected;
        for (std::size_t i = 0; i < w.pre.nodes(); ++i)
            for (std::size_t j = 0; j < w.post().nodes(); ++j)
                if (w.place(i, j)) expected.emplace(i, j);
        for (const bool shared : {false, true}) {
            const auto coupling = w.build(shared);
            CHECK(set_of(*coupling, false) == expected);
            CHECK(coupling->fan_in() == w.pre.channels * w.rows * w.columns);
            CHECK(coupling->array_rows() == coupling->fan_in());
            CHECK(coupling->array_columns() == w.post().nodes());
            CHECK(coupling->parameters() == coupling->array_rows() * coupling->array_columns());
        }
    }
}

TEST_CASE("Couplings of windows are numbered by post channel and row, place in the window, post column",
          "[coupling]") {
    for (const auto& w : windows) {
        const auto pairs = pairs_of(*w.build());
        for (std::size_t n = 0; n < pairs.size(); ++n) {
            const auto [i, j] = pairs[n];
            const auto place = w.place(i, j).value();
            const std::size_t row = j / w.post().columns; // of all channels
            const std::size_t in_window = (place.channel * w.rows + place.row) * w.columns + place.column;
            REQUIRE(n == (row * w.pre.channels * w.rows * w.columns + in_window) * w.post().columns +
                             j % w.post().columns);
        }
    }
}

TEST_CASE("Shared windows are tied over all their copies, others not", "[coupling]") {
    for (const auto& w : windows) {
        const auto coupling = w.build(true);
        const auto pairs = pairs_of(*coupling);
        using Weight = std::array<std::size_t, 4>;
        std::map<Weight, double> sums, first;
        const auto numbers = random_floats(pairs.size(), 9);
        const auto weight_of = [&](std::size_t n) {
            const auto place = w.place(pairs[n].first, pairs[n].second).value();
            const std::size_t channel = pairs[n].second / (w.post().rows * w.post().columns);
            return Weight{channel, place.channel, place.row, place.column};
        };
        for (std::size_t n = 0; n < pairs.size(); ++n) {
            sums[weight_of(n)] += static_cast<double>(numbers[n]);
            first.emplace(weight_of(n), numbers[n]);
        }
        CHECK(sums.size() == w.channels * w.pre.channels * w.rows * w.columns);
        auto summed = numbers;
        auto copied = numbers;
        auto apart = numbers;
        coupling->tie(summed, Tie::sum);
        coupling->tie(copied, Tie::first);
        w.build(false)->tie(apart, Tie::sum);
        CHECK(apart == numbers);
        for (std::size_t n = 0; n < pairs.size(); ++n) {
            REQUIRE(summed[n] == Approx(sums[weight_of(n)]).margin(1e-6));
            REQUIRE(static_cast<double>(copied[n]) == first[weight_of(n)]);
        }
    }
}

TEST_CASE("Windows that do not give the layer's shape are refused with the shape that they give",
          "[coupling]") {
    const std::string six = "kind = 'local'\nwindow = [6, 6]";
    CHECK_THROWS_WITH(between(six, {1, 28, 28}, {1, 23, 24}),
                      Catch::Contains("[23, 23]") && Catch::Contains("23x24"));
    CHECK_THROWS_WITH(between(six + "\nstride = 2", {1, 28, 28}, {1, 23, 23}), Catch::Contains("[12, 12]"));
    CHECK_THROWS_WITH(between(six, {1, 1, 784}, {1, 23, 23}),
                      Catch::Contains("6x6") && Catch::Contains("1x784") && Catch::Contains("shape"));
    CHECK_THROWS_WITH(lateral(six, {1, 28, 28}), Catch::Contains("square"));
    CHECK_THROWS_WITH(coupling_kind("kind = 'local'\nwindow = [6]"), Catch::Contains("[rows, columns]"));
}

TEST_CASE("All-to-all joins every pair of a layer once and fills its rectangle of cells", "[coupling]") {
    for (const std::size_t n : {2U, 3U, 6U, 11U, 64U}) {
        const auto coupling = lateral("kind = 'all-to-all'", {1, 1, n});
        std::set<Pair> expected;
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = i + 1; j < n; ++j) expected.emplace(i, j);
        CHECK(set_of(*coupling, true) == expected);
        CHECK(coupling->fan_in() == n - 1);
        CHECK(coupling->array_rows() == n / 2);
        const auto pairs = pairs_of(*coupling);
        for (std::size_t k = 0; k < n * (n - 1) / 2; ++k) // by distance around the ring, then by the pre node
            REQUIRE(pairs[k] == Pair{k % n, (k % n + 1 + k / n) % n});
    }
    CHECK_THROWS_WITH(lateral("kind = 'all-to-all'", {1, 1, 1}), Catch::Contains("joined"));
    CHECK_THROWS_WITH(between("kind = 'all-to-all'", {1, 1, 4}, {1, 1, 4}), Catch::Contains("dense"));
    CHECK_THROWS_WITH(lateral("kind = 'dense'", {1, 1, 4}), Catch::Contains("all-to-all"));
}

TEST_CASE("Pairs of a file are joined in its order, comments and blank lines aside", "[coupling]") {
    const TemporaryFolder folder;
    write_atomically(folder / "edges", "# from to\n2 0\r\n\n 0\t3 # the far one\n1 1\n2 1");
    const auto coupling = between(sparse(folder / "edges"), {1, 1, 3}, {1, 1, 4});
    CHECK(pairs_of(*coupling) == std::vector<Pair>{{2, 0}, {0, 3}, {1, 1}, {2, 1}});
    CHECK(coupling->fan_in() == 2);
    CHECK(coupling->array_rows() == 2);
    CHECK(coupling->array_columns() == 4);
    CHECK(coupling->pre_size() == 3);
}

TEST_CASE("A wrong file of pairs is refused with file, line and what is valid", "[coupling]") {
    const TemporaryFolder folder;
    const auto check = [&](const std::string& text, bool within, const std::vector<std::string>& words) {
        write_atomically(folder / "edges", text);
        INFO(text);
        std::string said;
        try {
            const Grid pre{1, 1, 3}, post{1, 1, 4};
            (void)(within ? lateral(sparse(folder / "edges"), post)
                          : between(sparse(folder / "edges"), pre, post));
        } catch (const UserError& error) {
            said = error.what();
        }
        for (const auto& word : words) CHECK_THAT(said, Catch::Contains(word));
        CHECK(said.find('\n') == std::string::npos);
    };
    check("0 1\n3 0\n", false, {"edges:2", "'3'", "'from'", "0 to 2"});
    check("0 1\n0 4\n", false, {"edges:2", "'4'", "'to'", "0 to 3"});
    check("0 -1\n", false, {"edges:1", "'-1'"});
    check("0 1.5\n", false, {"edges:1", "'1.5'"});
    check("0 99999999999999999999999\n", false, {"edges:1", "0 to 3"});
    check("# head\n0\n", false, {"edges:2", "'i j'"});
    check("0 1 0.5\n", false, {"edges:1", "'i j'"});
    check("0 1\n1 0\n0 1\n", false, {"edges:3", "0 and 1", "line 1"});
    check("0 1\n1 0\n", true, {"edges:2", "1 and 0", "line 1"});
    check("0 1\n2 2\n", true, {"edges:2", "node 2", "itself"});
    check("# nothing\n", true, {"edges", "no coupling"});
    CHECK_THROWS_WITH(lateral(sparse(folder / "nowhere"), {1, 1, 4}), Catch::Contains("nowhere"));
    CHECK_THROWS_WITH(coupling_kind("kind = 'sparse'"), Catch::Contains("file"));
}
