// Products of couplings that are few, against matrices.
#include "hw_models/couplings/run_coupling.hpp"
#include "sim/run/files.hpp"
#include "tests/hw_models/coupling_fixtures.hpp"
#include "tests/traces/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace isinglass;
using namespace isinglass::test;

namespace {

constexpr auto lanes = static_cast<std::size_t>(block_lanes);

struct Case {
    std::string name;
    std::unique_ptr<Coupling> coupling;
    bool lateral = false;
    std::vector<std::vector<double>> matrix{}; // [pre × post], of `values`, 0 where nothing is joined
    AlignedVector<float> values{};
};

Case prepared(const std::string& name, std::unique_ptr<Coupling> coupling, bool within) {
    Case c{name, std::move(coupling), within};
    c.values = random_floats(c.coupling->parameters(), 1);
    c.matrix.assign(c.coupling->pre_size(), std::vector<double>(c.coupling->post_size()));
    const auto pairs = pairs_of(*c.coupling);
    for (std::size_t n = 0; n < pairs.size(); ++n)
        c.matrix[pairs[n].first][pairs[n].second] += static_cast<double>(c.values[n]);
    return c;
}

// Every kind; sizes around whole vectors and slabs.
std::vector<Case> cases() {
    const TemporaryFolder folder;
    std::string edges; // of 77 × 45 nodes, unlike any grid
    for (int i = 0; i < 77; ++i)
        for (int k = 0; k < i % 5; ++k) edges += fmt::format("{} {}\n", i, (11 * i + 7 * k) % 45);
    write_atomically(folder / "edges", edges);
    std::vector<Case> all;
    const auto between_layers = [&](const std::string& settings, const Grid& pre, const Grid& post) {
        all.push_back(prepared(settings, between(settings, pre, post), false));
    };
    const auto within = [&](const std::string& settings, const Grid& grid) {
        all.push_back(prepared(settings, lateral(settings, grid), true));
    };
    between_layers("kind = 'local'\nwindow = [6, 6]", {1, 28, 28}, {1, 23, 23});
    between_layers("kind = 'local'\nwindow = [3, 2]\nstride = 2\nshared = true", {2, 9, 8}, {3, 4, 4});
    between_layers("kind = 'king'\nradius = 0", {1, 3, 3}, {1, 3, 3});
    between_layers("kind = 'triangular'\nperiodic = true", {2, 5, 7}, {2, 5, 7});
    between_layers(fmt::format("kind = 'sparse'\nfile = '{}'", (folder / "edges").string()), {1, 1, 77},
                   {1, 1, 45});
    within("kind = 'square'", {1, 23, 23});
    within("kind = 'square'\nperiodic = true", {1, 2, 2});
    within("kind = 'triangular'\nradius = 2", {1, 6, 5});
    within("kind = 'king'\nradius = 2\nperiodic = true", {2, 8, 7});
    within("kind = 'all-to-all'", {1, 1, 150});
    within("kind = 'all-to-all'", {1, 1, 2});
    return all;
}

using Matrix2 = std::vector<std::vector<double>>;

Matrix2 turned(const Matrix2& m) {
    Matrix2 t(m[0].size(), std::vector<double>(m.size()));
    for (std::size_t i = 0; i < m.size(); ++i)
        for (std::size_t j = 0; j < m[0].size(); ++j) t[j][i] = m[i][j];
    return t;
}

// Largest error of y = (before +) x · m over some lanes, the columns after the nodes included, which stay.
double worst_error(const Matrix2& m, const AlignedVector<float>& x, std::size_t x_stride,
                   const AlignedVector<float>& before, const AlignedVector<float>& y, std::size_t y_stride,
                   bool accumulate) {
    double worst = 0.0;
    for (const std::size_t r : {std::size_t{0}, std::size_t{7}, std::size_t{8}, lanes - 1})
        for (std::size_t j = 0; j < y_stride; ++j) {
            double sum = accumulate || j >= m[0].size() ? static_cast<double>(before[r * y_stride + j]) : 0.0;
            if (j < m[0].size())
                for (std::size_t i = 0; i < m.size(); ++i)
                    sum += static_cast<double>(x[r * x_stride + i]) * m[i][j];
            worst = std::max(worst, std::abs(sum - static_cast<double>(y[r * y_stride + j])));
        }
    return worst;
}

} // namespace

TEST_CASE("Couplings of every kind carry activity both ways as their matrices do", "[coupling]") {
    const auto rows = static_cast<std::size_t>(block_rows());
    for (const auto& c : cases())
        for (const bool accumulate : {false, true}) {
            INFO(c.name);
            const std::size_t pre_stride = padded(c.coupling->pre_size()) + 16;
            const std::size_t post_stride = padded(c.coupling->post_size()) + (c.lateral ? 16 : 32);
            const auto x = random_floats(rows * pre_stride, 2);
            const auto y = random_floats(rows * post_stride, 3);
            const auto kernel = c.coupling->kernel(pre_stride, post_stride);
            auto forward = y;
            auto backward = x;
            kernel->forward(c.values.data(), x.data(), forward.data(), accumulate);
            kernel->transposed(c.values.data(), y.data(), backward.data(), accumulate);
            CHECK(worst_error(c.matrix, x, pre_stride, y, forward, post_stride, accumulate) < 3e-5);
            CHECK(worst_error(turned(c.matrix), y, post_stride, x, backward, pre_stride, accumulate) < 3e-5);
            if (!c.lateral) continue;
            auto symmetric = c.matrix;
            for (std::size_t i = 0; i < symmetric.size(); ++i)
                for (std::size_t j = 0; j < symmetric.size(); ++j) symmetric[i][j] += c.matrix[j][i];
            auto both = y;
            kernel->both_ways(c.values.data(), x.data(), both.data(), accumulate);
            CHECK(worst_error(symmetric, x, pre_stride, y, both, post_stride, accumulate) < 3e-5);
        }
}

TEST_CASE("A lane's products have the same bits in any lane and beside any others", "[coupling]") {
    for (const auto& c : cases()) {
        INFO(c.name);
        const std::size_t pre = padded(c.coupling->pre_size());
        const std::size_t post = padded(c.coupling->post_size());
        const auto rows = static_cast<std::size_t>(block_rows());
        const auto x = random_floats(rows * pre, 4);
        // Reversed lanes, two of them not numbers.
        AlignedVector<float> other(rows * pre, 0.0F);
        for (std::size_t r = 0; r < lanes; ++r)
            std::copy_n(x.data() + r * pre, pre, other.data() + (lanes - 1 - r) * pre);
        for (const std::size_t bad : {3U, 20U})
            std::fill_n(other.data() + bad * pre, pre, std::numeric_limits<float>::quiet_NaN());
        const auto kernel = c.coupling->kernel(pre, post);
        const auto again = c.coupling->kernel(pre, post);
        AlignedVector<float> a(rows * post), b(rows * post);
        kernel->forward(c.values.data(), x.data(), a.data(), false);
        again->forward(c.values.data(), other.data(), b.data(), false);
        for (std::size_t r = 0; r < lanes; ++r) {
            const std::size_t mirrored = lanes - 1 - r;
            if (mirrored == 3 || mirrored == 20) continue;
            REQUIRE(std::equal(a.data() + r * post, a.data() + r * post + c.coupling->post_size(),
                               b.data() + mirrored * post));
        }
    }
}

TEST_CASE("Slabs of couplings are cut without gap or overlap, and each writes its own co-activities only",
          "[coupling]") {
    for (const auto& c : cases())
        for (const std::size_t samples : {1U, 3U, 32U, 71U}) {
            INFO(c.name << ", " << samples << " samples");
            const auto& coupling = *c.coupling;
            const std::size_t pre_stride = padded(coupling.pre_size()) + 16;
            const std::size_t post_stride = padded(coupling.post_size());
            const auto x = random_floats(samples * pre_stride, 5);
            const auto y = random_floats(samples * post_stride, 6);
            const auto pairs = pairs_of(coupling);
            std::size_t next = 0;
            double worst = 0.0;
            for (std::size_t s = 0; s < coupling.slabs(); ++s) {
                const auto [first, count] = coupling.slab(s);
                CHECK(first == next);
                CHECK(count > 0);
                next = first + count;
                constexpr float untouched = 12345.0F;
                AlignedVector<float> out(pairs.size(), untouched);
                coupling.co_activity(s, samples, {x.data(), pre_stride}, {y.data(), post_stride}, out.data());
                for (std::size_t n = 0; n < out.size(); ++n) {
                    double expected = n < first || n >= next ? static_cast<double>(untouched) : 0.0;
                    if (n >= first && n < next)
                        for (std::size_t r = 0; r < samples; ++r)
                            expected += static_cast<double>(x[r * pre_stride + pairs[n].first]) *
                                        static_cast<double>(y[r * post_stride + pairs[n].second]);
                    worst = std::max(worst, std::abs(expected - static_cast<double>(out[n])));
                }
            }
            CHECK(next == pairs.size());
            CHECK(worst < 1e-5);
        }
}

TEST_CASE("Co-activity of few couplings has the same bits for any number of threads", "[coupling]") {
    const auto coupling = lateral("kind = 'all-to-all'", {1, 1, 300});
    REQUIRE(coupling->slabs() > 3);
    constexpr std::size_t samples = 45;
    const std::size_t stride = padded(300);
    const auto x = random_floats(samples * stride, 7);
    const auto y = random_floats(samples * stride, 8);
    std::vector<AlignedVector<float>> results;
    for (const unsigned threads : {1U, 2U, 3U}) {
        WorkerPool pool(threads);
        auto& out = results.emplace_back(coupling->parameters());
        pool.run(coupling->slabs(), [&](std::size_t s, unsigned) {
            coupling->co_activity(s, samples, {x.data(), stride}, {y.data(), stride}, out.data());
        });
    }
    CHECK(results[0] == results[1]);
    CHECK(results[0] == results[2]);
}

TEST_CASE("Runs that go on where the one before ends are one", "[coupling]") {
    RunList list;
    list.add(0, 4, 3);
    list.add(3, 7, 2); // goes on
    list.add(5, 0, 2);
    list.add(7, 2, 1, 2); // another step
    list.add(8, 3, 0);    // nothing
    list.add(8, 3, 1, 1, 0);
    REQUIRE(list.runs().size() == 4);
    CHECK(list.runs()[0].length == 5);
    CHECK(list.runs()[1].coupling == 5);
    CHECK(list.couplings() == 9);
}
