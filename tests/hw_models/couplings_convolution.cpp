// Convolutions with padding, stride and max-pool, against their definition.
#include "hw_models/base/error.hpp"
#include "hw_models/base/worker_pool.hpp"
#include "hw_models/couplings/convolution_product.hpp"
#include "hw_models/couplings/product.hpp"
#include "tests/hw_models/convolution_reference.hpp"
#include "tests/hw_models/coupling_fixtures.hpp"
#include "tests/hw_models/instruction_levels.hpp"

#include <catch2/catch.hpp>

#include <cstring>
#include <thread>
#include <utility>

using namespace isinglass;
using namespace isinglass::test;

namespace {

constexpr auto lanes = static_cast<std::size_t>(block_lanes);

const std::vector<ConvolutionShape> shapes{
    {.in = 1, .rows = 5, .columns = 6, .out = 1, .window_rows = 2, .window_columns = 3},
    {.in = 2, .rows = 7, .columns = 5, .out = 3, .stride = 2, .padding = 1},
    {.in = 3, .rows = 8, .columns = 8, .out = 20, .padding = 1, .pool = 2},
    {.in = 1, .rows = 28, .columns = 28, .out = 32, .window_rows = 5, .window_columns = 5, .pool = 2},
    {.in = 17, .rows = 9, .columns = 7, .out = 5, .padding = 2, .pool = 2},
    {.in = 64, .rows = 4, .columns = 4, .out = 70, .pool = 2},
    {.in = 8, .rows = 11, .columns = 10, .out = 9, .stride = 2, .padding = 1, .pool = 3},
    {.in = 9, .rows = 12, .columns = 11, .out = 4, .window_columns = 2, .stride = 4, .padding = 1},
    {.in = 4, .rows = 1, .columns = 9, .out = 6, .window_rows = 1, .window_columns = 3, .padding = 0},
    // Taps that lie in the padding at every window.
    {.in = 1, .rows = 1, .columns = 9, .out = 3, .window_rows = 5, .window_columns = 5, .padding = 2},
    {.in = 2, .rows = 3, .columns = 3, .out = 3, .window_rows = 7, .window_columns = 7, .padding = 2},
};

// Wide enough for matrix units, with channels that fill them and that do not.
const std::vector<ConvolutionShape> wide_shapes{
    {.in = 32, .rows = 12, .columns = 12, .out = 64, .window_rows = 5, .window_columns = 5, .pool = 2},
    {.in = 48, .rows = 8, .columns = 8, .out = 20, .padding = 1, .pool = 2},
    {.in = 19, .rows = 11, .columns = 10, .out = 33, .padding = 2, .pool = 3},
    {.in = 24, .rows = 9, .columns = 10, .out = 16, .window_rows = 2, .window_columns = 3, .padding = 1},
    {.in = 16,
     .rows = 9,
     .columns = 12,
     .out = 20,
     .window_rows = 4,
     .window_columns = 4,
     .stride = 2,
     .padding = 1},
    {.in = 33, // taps in two products, 15 and 1
     .rows = 6,
     .columns = 8,
     .out = 18,
     .window_rows = 4,
     .window_columns = 4,
     .stride = 2,
     .padding = 1},
    {.in = 200, .rows = 4, .columns = 4, .out = 200, .padding = 1}, // more weights than a cache holds
    {.in = 600, .rows = 2, .columns = 2, .out = 16, .padding = 1},  // a tap in each product
    {.in = 20, .rows = 10, .columns = 7, .out = 16, .stride = 3, .padding = 2, .pool = 2},
    {.in = 64, .rows = 4, .columns = 4, .out = 70, .pool = 2},
    {.in = 33, .rows = 3, .columns = 3, .out = 16, .padding = 1},
};

std::vector<ConvolutionShape> all_shapes() {
    auto all = shapes;
    all.insert(all.end(), wide_shapes.begin(), wide_shapes.end());
    return all;
}

std::string name(const ConvolutionShape& s) {
    return fmt::format("{}x{}x{} to {}, window {}x{}, stride {}, padding {}, pool {} on {}", s.in, s.rows,
                       s.columns, s.out, s.window_rows, s.window_columns, s.stride, s.padding, s.pool,
                       instruction_level());
}

std::string settings(const ConvolutionShape& s) {
    return fmt::format("kind = 'convolution'\nwindow = [{}, {}]\nstride = {}\npadding = {}\npool = {}",
                       s.window_rows, s.window_columns, s.stride, s.padding, s.pool);
}

std::unique_ptr<Coupling> build(const ConvolutionShape& s) {
    return between(settings(s), {s.in, s.rows, s.columns}, {s.out, s.post_rows(), s.post_columns()});
}

struct Numbers {
    explicit Numbers(const ConvolutionShape& s)
        : pre_stride(padded(s.pre_size()) + 16),
          post_stride(padded(s.post_size()) + 16),
          pre(random_floats(lanes * pre_stride, 1)),
          post(random_floats(lanes * post_stride, 2)),
          values(random_floats(s.weights(), 3)) {}
    std::size_t pre_stride, post_stride;
    AlignedVector<float> pre, post, values;
};

// Each product's cell, numbered weight after weight, rows and columns of the drive in order.
std::vector<std::size_t> cell_numbers(const ConvolutionShape& s, std::size_t weights) {
    std::vector<std::vector<std::size_t>> of_weight(weights);
    std::size_t n = 0;
    PlainConvolution{s}.each(
        [&](std::size_t w, std::size_t, std::size_t, std::size_t) { of_weight[w].push_back(n++); });
    std::vector<std::size_t> numbers(n);
    std::size_t next = 0;
    for (const auto& products : of_weight)
        for (const auto product : products) numbers[product] = next++;
    return numbers;
}

// Both products of a kernel against the definition; `value` of the product counted as PlainConvolution does.
template <class Value>
double worst_error(const ConvolutionShape& s, const Numbers& o, CouplingKernel& kernel, const float* values,
                   Value value) {
    auto post = o.post;
    auto pre = o.pre;
    kernel.forward(values, o.pre.data(), post.data(), true);
    kernel.transposed(values, o.post.data(), pre.data(), true);
    double worst = 0.0;
    for (const std::size_t lane : {std::size_t{0}, std::size_t{5}, lanes - 1}) {
        std::vector<double> sums;
        std::vector<std::size_t> winners;
        std::size_t n = 0;
        PlainConvolution{s}.forward(
            [&](std::size_t w, std::size_t, std::size_t, std::size_t) { return value(w, n++); },
            o.pre.data() + lane * o.pre_stride, sums, winners);
        for (std::size_t j = 0; j < s.post_size(); ++j)
            worst =
                std::max(worst, std::abs(static_cast<double>(post[lane * o.post_stride + j]) -
                                         static_cast<double>(o.post[lane * o.post_stride + j]) - sums[j]));
        std::vector<double> back(s.pre_size(), 0.0);
        n = 0;
        PlainConvolution{s}.each([&](std::size_t w, std::size_t i, std::size_t j, std::size_t k) {
            const double v = value(w, n++);
            if (k == winners[j]) back[i] += v * static_cast<double>(o.post[lane * o.post_stride + j]);
        });
        for (std::size_t i = 0; i < s.pre_size(); ++i)
            worst = std::max(worst, std::abs(static_cast<double>(pre[lane * o.pre_stride + i]) -
                                             static_cast<double>(o.pre[lane * o.pre_stride + i]) - back[i]));
        for (std::size_t j = s.post_size(); j < o.post_stride; ++j)
            REQUIRE(post[lane * o.post_stride + j] == o.post[lane * o.post_stride + j]);
    }
    return worst;
}

// A lane of both products has the same bits wherever it lies and whatever lies beside it.
void check_lanes_apart(const ConvolutionShape& s, bool split) {
    INFO(name(s));
    const Numbers o(s);
    const auto coupling = build(s);
    const auto run = [&](const AlignedVector<float>& pre, const AlignedVector<float>& post, std::size_t n) {
        const auto kernel = split ? coupling->split_kernel(o.pre_stride, o.post_stride)
                                  : coupling->kernel(o.pre_stride, o.post_stride);
        kernel->begin(n);
        std::pair results{post, pre};
        kernel->forward(o.values.data(), pre.data(), results.first.data(), false);
        kernel->transposed(o.values.data(), post.data(), results.second.data(), false);
        return results;
    };
    const auto all = run(o.pre, o.post, lanes);
    for (const std::size_t shift : {1U, 3U, 6U, 17U}) { // lane r holds what lane r + shift held
        const std::size_t n = shift == 17 ? 3 : lanes - shift;
        auto pre = random_floats(o.pre.size(), 100 + shift);
        auto post = random_floats(o.post.size(), 200 + shift);
        std::copy_n(o.pre.data() + shift * o.pre_stride, n * o.pre_stride, pre.data());
        std::copy_n(o.post.data() + shift * o.post_stride, n * o.post_stride, post.data());
        const auto moved = run(pre, post, n);
        for (std::size_t r = 0; r < n; ++r) {
            REQUIRE(std::memcmp(moved.first.data() + r * o.post_stride,
                                all.first.data() + (r + shift) * o.post_stride,
                                s.post_size() * sizeof(float)) == 0);
            REQUIRE(std::memcmp(moved.second.data() + r * o.pre_stride,
                                all.second.data() + (r + shift) * o.pre_stride,
                                s.pre_size() * sizeof(float)) == 0);
        }
    }
}

} // namespace

TEST_CASE("A convolution takes the largest window of each pool and answers to that one alone", "[coupling]") {
    for (const auto& s : shapes) {
        INFO(name(s));
        const Numbers o(s);
        const auto kernel = build(s)->kernel(o.pre_stride, o.post_stride);
        CHECK(worst_error(s, o, *kernel, o.values.data(), [&](std::size_t w, std::size_t) {
                  return static_cast<double>(o.values[w]);
              }) < 2e-4);
    }
}

TEST_CASE("Numbers split into two words make a convolution's sums to 16 bits", "[coupling]") {
    for (const auto& s : all_shapes()) {
        INFO(name(s));
        const Numbers o(s);
        const auto kernel = build(s)->split_kernel(o.pre_stride, o.post_stride);
        const double terms = std::sqrt(static_cast<double>(std::max(s.in, s.out) * s.taps()));
        CHECK(worst_error(s, o, *kernel, o.values.data(), [&](std::size_t w, std::size_t) {
                  return static_cast<double>(o.values[w]);
              }) < 2e-5 * terms + 2e-6);
    }
}

TEST_CASE("The kernel of a convolution may run in another thread than the one that made it", "[coupling]") {
    for (const auto& s : all_shapes()) {
        INFO(name(s));
        const Numbers o(s);
        const auto coupling = build(s);
        for (const bool split : {false, true}) {
            const auto make = [&] {
                return split ? coupling->split_kernel(o.pre_stride, o.post_stride)
                             : coupling->kernel(o.pre_stride, o.post_stride);
            };
            const auto products = [&](CouplingKernel& kernel) {
                std::pair results{o.post, o.pre};
                kernel.forward(o.values.data(), o.pre.data(), results.first.data(), false);
                kernel.transposed(o.values.data(), o.post.data(), results.second.data(), false);
                return results;
            };
            const auto made_here = make();
            auto there = std::pair{o.post, o.pre};
            std::thread([&] {
                const WorkerPool one_thread(1); // OpenMP's count is a thread's own
                there = products(*made_here);
            }).join();
            CHECK(there == products(*make()));
        }
    }
}

TEST_CASE("The kernel of a convolution may run in another thread at every instruction level of oneDNN",
          "[coupling]") {
    for (const char* level : {"SSE41", "AVX", "AVX2", "AVX512_CORE"}) {
        INFO(level);
        CHECK(passes_at(level,
                        "The kernel of a convolution may run in another thread than the one that made it"));
    }
}

TEST_CASE("A convolution whose cells differ uses the value of each cell", "[coupling]") {
    for (const auto& s : shapes) {
        INFO(name(s));
        const Numbers o(s);
        const auto coupling = build(s);
        const auto cells = cell_numbers(s, s.weights());
        REQUIRE(coupling->cells() == cells.size());
        REQUIRE(coupling->first_cell(s.weights()) == cells.size());
        const auto values = random_floats(cells.size(), 7);
        const auto kernel = coupling->cell_kernel(o.pre_stride, o.post_stride);
        CHECK(worst_error(s, o, *kernel, values.data(), [&](std::size_t, std::size_t product) {
                  return static_cast<double>(values[cells[product]]);
              }) < 2e-4);
    }
}

TEST_CASE("A convolution's winners follow the state and the couplings, not what was computed before",
          "[coupling]") {
    const auto& s = shapes[2];
    Numbers o(s);
    const auto coupling = build(s);
    const auto used = coupling->kernel(o.pre_stride, o.post_stride);
    std::vector<float> scratch(lanes * o.post_stride);
    used->forward(o.values.data(), o.pre.data(), scratch.data(), false); // of other operands
    for (auto& x : o.pre) x = 1.0F - x;
    for (int change = 0; change < 2; ++change) {
        const auto fresh = coupling->kernel(o.pre_stride, o.post_stride);
        auto by_used = o.pre;
        auto by_fresh = o.pre;
        for (auto* kernel : {used.get(), fresh.get()}) {
            kernel->choose(o.values.data(), o.pre.data());
            kernel->transposed(o.values.data(), o.post.data(),
                               kernel == used.get() ? by_used.data() : by_fresh.data(), false);
        }
        CHECK(by_used == by_fresh);
        o.values[40] += 3.0F;
    }
}

TEST_CASE("Co-activities of shared windows sum over their positions, through the winners of pools",
          "[coupling]") {
    for (const auto& s : all_shapes()) {
        INFO(name(s));
        const Numbers o(s);
        const auto coupling = build(s);
        const auto kernel = coupling->kernel(o.pre_stride, o.post_stride);
        std::vector<std::uint8_t> winners(lanes * s.post_size());
        kernel->choose(o.values.data(), o.pre.data());
        if (s.pool > 1) kernel->winners(winners.data(), s.post_size());
        const std::size_t rows = 11;
        std::vector<float> sums(s.weights(), -1.0F), split(s.weights(), -1.0F);
        std::size_t covered = 0;
        for (std::size_t slab = 0; slab < coupling->slabs(); ++slab) {
            CHECK(coupling->slab(slab).first == covered);
            covered += coupling->slab(slab).count;
            const ActivityRows pre{o.pre.data(), o.pre_stride};
            const ActivityRows post{o.post.data(), o.post_stride, winners.data()};
            coupling->co_activity(slab, rows, pre, post, sums.data());
            coupling->split_co_activity(slab, rows, pre, post, split.data());
        }
        CHECK(covered == s.weights());
        std::vector<double> exact(s.weights(), 0.0);
        for (std::size_t r = 0; r < rows; ++r) {
            std::vector<double> drive;
            std::vector<std::size_t> chosen;
            const PlainConvolution plain{s};
            plain.forward([&](std::size_t w, std::size_t, std::size_t,
                              std::size_t) { return static_cast<double>(o.values[w]); },
                          o.pre.data() + r * o.pre_stride, drive, chosen);
            plain.each([&](std::size_t w, std::size_t i, std::size_t j, std::size_t k) {
                if (k == chosen[j])
                    exact[w] += static_cast<double>(o.pre[r * o.pre_stride + i]) *
                                static_cast<double>(o.post[r * o.post_stride + j]);
            });
        }
        double worst = 0.0;
        double worst_split = 0.0;
        for (std::size_t w = 0; w < exact.size(); ++w) {
            worst = std::max(worst, std::abs(exact[w] - static_cast<double>(sums[w])));
            worst_split = std::max(worst_split, std::abs(exact[w] - static_cast<double>(split[w])));
        }
        CHECK(worst < 1e-3);
        CHECK(worst_split < 2e-5 * std::sqrt(static_cast<double>(rows * s.post_size() / s.out)) + 2e-6);
        CHECK((split != sums) == fills_matrix_units(s)); // through other products
    }
}

TEST_CASE("A convolution of words is exact", "[coupling]") {
    for (const auto& s : shapes) {
        INFO(name(s));
        std::vector<std::int16_t> codes(s.weights());
        std::vector<std::int32_t> pre(s.pre_size()), post(s.post_size(), 5), out(s.post_size()),
            back(s.pre_size(), 3);
        for (std::size_t w = 0; w < codes.size(); ++w)
            codes[w] = static_cast<std::int16_t>((w * 7919) % 255) - 127;
        for (std::size_t i = 0; i < pre.size(); ++i)
            pre[i] = static_cast<std::int32_t>((i * 104729) % 1001) - 500;
        for (std::size_t j = 0; j < out.size(); ++j)
            out[j] = static_cast<std::int32_t>((j * 31337) % 77) - 38;
        const auto kernel = build(s)->word_kernel();
        kernel->forward(codes.data(), pre.data(), post.data());
        kernel->transposed(codes.data(), out.data(), back.data());
        std::vector<double> sums;
        std::vector<std::size_t> winners;
        const std::vector<float> pre_as_floats(pre.begin(), pre.end());
        const PlainConvolution plain{s};
        plain.forward([&](std::size_t w, std::size_t, std::size_t,
                          std::size_t) { return static_cast<double>(codes[w]); },
                      pre_as_floats.data(), sums, winners);
        std::vector<double> exact(s.pre_size(), 3.0);
        plain.each([&](std::size_t w, std::size_t i, std::size_t j, std::size_t k) {
            if (k == winners[j]) exact[i] += static_cast<double>(codes[w]) * out[j];
        });
        for (std::size_t j = 0; j < post.size(); ++j)
            REQUIRE(post[j] == static_cast<std::int32_t>(sums[j]) + 5);
        for (std::size_t i = 0; i < back.size(); ++i) REQUIRE(back[i] == static_cast<std::int32_t>(exact[i]));
    }
}

TEST_CASE("Pairs, cells and columns of a convolution are those of its products", "[coupling]") {
    for (const auto& s : shapes) {
        INFO(name(s));
        const auto coupling = build(s);
        std::map<std::array<std::size_t, 3>, int> expected;
        std::map<std::size_t, std::size_t> terms;
        PlainConvolution{s}.each([&](std::size_t w, std::size_t i, std::size_t j, std::size_t k) {
            ++expected[{i, j, w}];
            ++terms[j * s.pool * s.pool + k];
        });
        coupling->for_each([&](std::size_t i, std::size_t j, std::size_t w) { --expected[{i, j, w}]; });
        for (const auto& [product, count] : expected) REQUIRE(count == 0);
        CHECK(coupling->parameters() == s.out * s.in * s.window_rows * s.window_columns);
        CHECK(coupling->array_columns() == terms.size());
        CHECK(coupling->stored_columns() == s.out);
        CHECK(coupling->array_rows() == coupling->fan_in());
        std::size_t most = 0;
        for (const auto& [node, count] : terms) most = std::max(most, count);
        CHECK(most <= coupling->fan_in());
    }
}

TEST_CASE("Sums of the couplings that meet at a node are those over the pairs", "[coupling]") {
    for (const auto& shape : shapes) {
        INFO(name(shape));
        const auto coupling = build(shape);
        const auto values = Numbers(shape).values;
        std::vector<float> pre(coupling->pre_size(), 0.5F), post(coupling->post_size(), -0.5F);
        auto pre_by_pairs = pre, post_by_pairs = post;
        coupling->add_sums(values.data(), pre, post);
        coupling->for_each([&](std::size_t i, std::size_t j, std::size_t w) {
            pre_by_pairs[i] += values[w];
            post_by_pairs[j] += values[w];
        });
        for (std::size_t i = 0; i < pre.size(); ++i) CHECK(pre[i] == Approx(pre_by_pairs[i]).margin(1e-4));
        for (std::size_t j = 0; j < post.size(); ++j) CHECK(post[j] == Approx(post_by_pairs[j]).margin(1e-4));
        coupling->add_sums(values.data(), {}, post);
        CHECK(post.front() != Approx(post_by_pairs.front()).margin(1e-6)); // once more
    }
}

TEST_CASE("A lane of a convolution depends on that lane alone", "[coupling]") {
    for (const auto& s : shapes) check_lanes_apart(s, false);
    for (const auto& s : wide_shapes) check_lanes_apart(s, true);
}

TEST_CASE("A lane of a convolution depends on that lane alone at every instruction level of oneDNN",
          "[coupling]") {
    for (const char* level : {"SSE41", "AVX", "AVX2", "AVX512_CORE", "ALL"}) {
        INFO(level);
        CHECK(passes_at(level, "A lane of a convolution depends on that lane alone"));
    }
}

TEST_CASE("Convolutions that do not give the layer's shape are refused with the shape that they give",
          "[coupling]") {
    const std::string five = "kind = 'convolution'\nwindow = [5, 5]\npool = 2";
    CHECK_THROWS_WITH(between(five, {1, 28, 28}, {32, 24, 24}),
                      Catch::Contains("[channels, 12, 12]") && Catch::Contains("24x24"));
    CHECK_THROWS_WITH(between(five + "\npadding = 5", {1, 28, 28}, {32, 17, 17}),
                      Catch::Contains("padding = 5") && Catch::Contains("up to 4"));
    CHECK_THROWS_WITH(between(five, {1, 1, 784}, {32, 12, 12}), Catch::Contains("1x784"));
    CHECK_THROWS_WITH(between(five, {1, 5, 5}, {32, 1, 1}), Catch::Contains("pool"));
    CHECK_THROWS_WITH(lateral(five, {1, 28, 28}), Catch::Contains("two layers"));
    CHECK_THROWS_WITH(coupling_kind("kind = 'convolution'\nwindow = [5]"),
                      Catch::Contains("[rows, columns]"));
}
