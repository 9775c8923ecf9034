// Weights of convolutions: the pairs that they join, their sums and their co-activities.
#include "hw_models/couplings/convolution_product.hpp"
#include "tests/hw_models/convolution_cases.hpp"
#include "tests/hw_models/convolution_reference.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

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
