#include "hw_models/couplings/dense_split.hpp"
#include "tests/hw_models/coupling_fixtures.hpp"

#include <catch2/catch.hpp>
#include <fmt/core.h>

#include <cmath>
#include <cstring>
#include <limits>

using namespace isinglass;
using namespace isinglass::test;

namespace {

struct Size {
    std::size_t pre, post;
};

const std::vector<Size> sizes{{1, 1}, {7, 5}, {20, 33}, {112, 10}, {113, 17}, {250, 3}, {784, 10}};
// Wide enough for split products, of one block of weights and of several.
const std::vector<Size> wide{{256, 256}, {300, 260}, {784, 1100}, {1030, 520}};

struct Operands {
    explicit Operands(Size s)
        : pre_stride(padded(s.pre) + 16),
          post_stride(padded(s.post) + 32),
          values(random_floats(s.pre * s.post, 1)),
          pre(random_floats(static_cast<std::size_t>(block_rows()) * pre_stride, 2)),
          post(random_floats(static_cast<std::size_t>(block_rows()) * post_stride, 3)) {}
    std::size_t pre_stride, post_stride;
    AlignedVector<float> values, pre, post;
};

// Largest deviation of both products of the first and the last row from sums in double precision.
double worst_error(Size size, CouplingKernel& kernel, bool accumulate) {
    const auto [pre, post] = size;
    const auto rows = static_cast<std::size_t>(block_rows());
    const Operands o(size);
    auto forward = o.post;
    auto backward = o.pre;
    kernel.forward(o.values.data(), o.pre.data(), forward.data(), accumulate);
    kernel.transposed(o.values.data(), o.post.data(), backward.data(), accumulate);
    double worst = 0.0;
    const auto number = [](float x) { return static_cast<double>(x); };
    for (const std::size_t r : {std::size_t{0}, rows - 1}) {
        const float* x = o.pre.data() + r * o.pre_stride;
        const float* y = o.post.data() + r * o.post_stride;
        for (std::size_t j = 0; j < post; ++j) {
            double sum = accumulate ? number(y[j]) : 0.0;
            for (std::size_t i = 0; i < pre; ++i) sum += number(x[i]) * number(o.values[i * post + j]);
            worst = std::max(worst, std::abs(sum - number(forward[r * o.post_stride + j])));
        }
        for (std::size_t i = 0; i < pre; ++i) {
            double sum = accumulate ? number(x[i]) : 0.0;
            for (std::size_t j = 0; j < post; ++j) sum += number(y[j]) * number(o.values[i * post + j]);
            worst = std::max(worst, std::abs(sum - number(backward[r * o.pre_stride + i])));
        }
    }
    return worst;
}

} // namespace

TEST_CASE("A dense coupling states its sizes", "[coupling]") {
    const auto coupling = make_dense_coupling(113, 17);
    CHECK(coupling->pre_size() == 113);
    CHECK(coupling->post_size() == 17);
    CHECK(coupling->parameters() == 113 * 17);
    CHECK(coupling->fan_in() == 113);
    CHECK(coupling->array_rows() == 113);
    CHECK(coupling->array_columns() == 17);
}

TEST_CASE("A dense coupling carries activity forwards and backwards through the same values", "[coupling]") {
    const bool accumulate = GENERATE(false, true);
    for (const auto size : sizes) {
        INFO(size.pre << "x" << size.post);
        const Operands o(size);
        const auto kernel = make_dense_coupling(size.pre, size.post)->kernel(o.pre_stride, o.post_stride);
        CHECK(worst_error(size, *kernel, accumulate) < 3e-5);
    }
}

TEST_CASE("Split operands give a dense coupling's sums 16 bits of precision", "[coupling]") {
    const bool accumulate = GENERATE(false, true);
    for (const auto size : wide) {
        INFO(size.pre << "x" << size.post);
        const Operands o(size);
        const auto coupling = make_dense_coupling(size.pre, size.post);
        const auto split = coupling->split_kernel(o.pre_stride, o.post_stride);
        const double terms = std::sqrt(static_cast<double>(std::max(size.pre, size.post)));
        CHECK(worst_error(size, *split, accumulate) < 2e-5 * terms);
        const auto single = coupling->kernel(o.pre_stride, o.post_stride);
        CHECK((both_products(*split, o) != both_products(*single, o)) ==
              dense_fills_matrix_units(size.pre, size.post));
    }
}

TEST_CASE("A lane of split products has the same bits wherever it lies and however many there are",
          "[coupling]") {
    for (const auto size : wide) {
        INFO(size.pre << "x" << size.post);
        const Operands o(size);
        const auto kernel =
            make_dense_coupling(size.pre, size.post)->split_kernel(o.pre_stride, o.post_stride);
        kernel->begin(block_lanes);
        const auto all = both_products(*kernel, o);
        for (const std::size_t shift : {1U, 15U, 31U}) {
            Operands shifted(size);
            const std::size_t n = static_cast<std::size_t>(block_lanes) - shift;
            shifted.pre = random_floats(o.pre.size(), 100 + shift);
            shifted.post = random_floats(o.post.size(), 200 + shift);
            std::copy_n(o.pre.data() + shift * o.pre_stride, n * o.pre_stride, shifted.pre.data());
            std::copy_n(o.post.data() + shift * o.post_stride, n * o.post_stride, shifted.post.data());
            kernel->begin(n);
            const auto moved = both_products(*kernel, shifted);
            for (std::size_t r = 0; r < n; ++r) {
                REQUIRE(std::memcmp(moved.first.data() + r * o.post_stride,
                                    all.first.data() + (r + shift) * o.post_stride,
                                    size.post * sizeof(float)) == 0);
                REQUIRE(std::memcmp(moved.second.data() + r * o.pre_stride,
                                    all.second.data() + (r + shift) * o.pre_stride,
                                    size.pre * sizeof(float)) == 0);
            }
        }
    }
}

TEST_CASE("Split products take new values after each begin, and at every call before the first",
          "[coupling]") {
    const Size size{300, 260};
    Operands o(size);
    const auto coupling = make_dense_coupling(size.pre, size.post);
    const auto used = coupling->split_kernel(o.pre_stride, o.post_stride);
    const auto same_as_fresh = [&] {
        return both_products(*used, o) ==
               both_products(*coupling->split_kernel(o.pre_stride, o.post_stride), o);
    };
    CHECK(same_as_fresh());
    o.values[40] += 3.0F;
    CHECK(same_as_fresh());
    used->begin(block_lanes);
    CHECK(same_as_fresh());
    o.values[40] += 3.0F;
    used->begin(block_lanes);
    CHECK(same_as_fresh());
}

TEST_CASE("A kernel may run in another thread than the one that made it", "[coupling]") {
    for (const auto size : {Size{784, 10}, Size{784, 1100}}) {
        const Operands o(size);
        const auto coupling = make_dense_coupling(size.pre, size.post);
        const auto kernel = coupling->kernel(o.pre_stride, o.post_stride);
        const auto split = coupling->split_kernel(o.pre_stride, o.post_stride);
        CHECK(products_in_another_thread(*kernel, o) == both_products(*kernel, o));
        CHECK(products_in_another_thread(*split, o) == both_products(*split, o));
    }
}

TEST_CASE("Slabs cut the couplings of a dense coupling without gap or overlap", "[coupling]") {
    for (const auto [pre, post] : sizes) {
        const auto coupling = make_dense_coupling(pre, post);
        std::size_t next = 0;
        for (std::size_t s = 0; s < coupling->slabs(); ++s) {
            const auto [first, count] = coupling->slab(s);
            CHECK(first == next);
            CHECK(count > 0);
            next = first + count;
        }
        CHECK(next == coupling->parameters());
    }
}

TEST_CASE("Co-activity of a slab is the sum of outer products, and no other coupling is written",
          "[coupling]") {
    const WorkerPool one_thread(1);
    for (const auto [pre, post] : sizes)
        for (const std::size_t samples : {1U, 3U, 64U, 65U}) {
            INFO(pre << "x" << post << ", " << samples << " samples");
            const std::size_t pre_stride = padded(pre);
            const std::size_t post_stride = padded(post) + 16;
            const auto x = random_floats(samples * pre_stride, 4);
            const auto y = random_floats(samples * post_stride, 5);
            const auto coupling = make_dense_coupling(pre, post);
            double worst = 0.0;
            bool stayed = true;
            for (std::size_t s = 0; s < coupling->slabs(); ++s) {
                constexpr float untouched = 12345.0F;
                AlignedVector<float> out(pre * post, untouched);
                coupling->co_activity(s, samples, {x.data(), pre_stride}, {y.data(), post_stride},
                                      out.data());
                const auto [first, count] = coupling->slab(s);
                for (std::size_t w = 0; w < out.size(); ++w) {
                    if (w < first || w >= first + count) {
                        stayed = stayed && out[w] == untouched;
                        continue;
                    }
                    double sum = 0.0;
                    for (std::size_t r = 0; r < samples; ++r)
                        sum += static_cast<double>(x[r * pre_stride + w / post]) *
                               static_cast<double>(y[r * post_stride + w % post]);
                    worst = std::max(worst, std::abs(sum - static_cast<double>(out[w])));
                }
            }
            CHECK(worst < 1e-5);
            CHECK(stayed);
        }
}

TEST_CASE("Co-activity has the same bits for any number of threads", "[coupling]") {
    constexpr std::size_t pre = 784, post = 33, samples = 20;
    const auto x = random_floats(samples * pre, 6);
    const auto y = random_floats(samples * padded(post), 7);
    const auto coupling = make_dense_coupling(pre, post);
    std::vector<AlignedVector<float>> results;
    for (const unsigned threads : {1U, 2U, 3U}) {
        WorkerPool pool(threads);
        auto& out = results.emplace_back(pre * post);
        pool.run(coupling->slabs(), [&](std::size_t s, unsigned) {
            coupling->co_activity(s, samples, {x.data(), pre}, {y.data(), padded(post)}, out.data());
        });
    }
    CHECK(results[0] == results[1]);
    CHECK(results[0] == results[2]);
}
