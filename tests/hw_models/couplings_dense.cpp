#include "tests/hw_models/kernel_fixtures.hpp"

#include <catch2/catch.hpp>
#include <fmt/core.h>

#include <limits>

using namespace isinglass;
using namespace isinglass::test;

namespace {

struct Size {
    std::size_t pre, post;
};

const std::vector<Size> sizes{{1, 1}, {7, 5}, {20, 33}, {112, 10}, {113, 17}, {250, 3}, {784, 10}};

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
    const WorkerPool one_thread(1);
    const auto rows = static_cast<std::size_t>(block_rows());
    const bool accumulate = GENERATE(false, true);
    for (const auto [pre, post] : sizes) {
        INFO(pre << "x" << post);
        const std::size_t pre_stride = padded(pre) + 16;
        const std::size_t post_stride = padded(post) + 32;
        const auto w = random_floats(pre * post, 1);
        const auto x = random_floats(rows * pre_stride, 2);
        const auto y = random_floats(rows * post_stride, 3);
        const auto kernel = make_dense_coupling(pre, post)->kernel(pre_stride, post_stride);
        auto forward = y;
        auto backward = x;
        kernel->forward(w.data(), x.data(), forward.data(), accumulate);
        kernel->transposed(w.data(), y.data(), backward.data(), accumulate);
        double worst = 0.0;
        for (const std::size_t r : {std::size_t{0}, rows - 1}) {
            for (std::size_t j = 0; j < post; ++j) {
                double sum = accumulate ? static_cast<double>(y[r * post_stride + j]) : 0.0;
                for (std::size_t i = 0; i < pre; ++i)
                    sum += static_cast<double>(x[r * pre_stride + i]) * static_cast<double>(w[i * post + j]);
                worst = std::max(worst, std::abs(sum - static_cast<double>(forward[r * post_stride + j])));
            }
            for (std::size_t i = 0; i < pre; ++i) {
                double sum = accumulate ? static_cast<double>(x[r * pre_stride + i]) : 0.0;
                for (std::size_t j = 0; j < post; ++j)
                    sum += static_cast<double>(y[r * post_stride + j]) * static_cast<double>(w[i * post + j]);
                worst = std::max(worst, std::abs(sum - static_cast<double>(backward[r * pre_stride + i])));
            }
        }
        CHECK(worst < 3e-5);
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
