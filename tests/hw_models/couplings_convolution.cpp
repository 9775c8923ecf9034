// Products of convolutions with padding, stride and max-pool, against their definition.
#include "tests/hw_models/convolution_cases.hpp"
#include "tests/hw_models/convolution_reference.hpp"
#include "tests/hw_models/instruction_levels.hpp"

#include <catch2/catch.hpp>

#include <cstring>

using namespace isinglass;
using namespace isinglass::test;

namespace {

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
    const auto run = [&](const Numbers& numbers, std::size_t n) {
        const auto kernel = split ? coupling->split_kernel(o.pre_stride, o.post_stride)
                                  : coupling->kernel(o.pre_stride, o.post_stride);
        kernel->begin(n);
        return both_products(*kernel, numbers);
    };
    const auto all = run(o, lanes);
    for (const std::size_t shift : {1U, 3U, 6U, 17U}) { // lane r holds what lane r + shift held
        const std::size_t n = shift == 17 ? 3 : lanes - shift;
        Numbers shifted(s);
        shifted.pre = random_floats(o.pre.size(), 100 + shift);
        shifted.post = random_floats(o.post.size(), 200 + shift);
        std::copy_n(o.pre.data() + shift * o.pre_stride, n * o.pre_stride, shifted.pre.data());
        std::copy_n(o.post.data() + shift * o.post_stride, n * o.post_stride, shifted.post.data());
        const auto moved = run(shifted, n);
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
            CHECK(products_in_another_thread(*make(), o) == both_products(*make(), o));
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
