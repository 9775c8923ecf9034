// Convolutions that tests go through, and numbers for them.
#pragma once

#include "hw_models/couplings/convolution.hpp"
#include "hw_models/couplings/product.hpp"
#include "tests/hw_models/coupling_fixtures.hpp"

namespace isinglass::test {

inline constexpr auto lanes = static_cast<std::size_t>(block_lanes);

inline const std::vector<ConvolutionShape> shapes{
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
inline const std::vector<ConvolutionShape> wide_shapes{
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

inline std::vector<ConvolutionShape> all_shapes() {
    auto all = shapes;
    all.insert(all.end(), wide_shapes.begin(), wide_shapes.end());
    return all;
}

inline std::string name(const ConvolutionShape& s) {
    return fmt::format("{}x{}x{} to {}, window {}x{}, stride {}, padding {}, pool {} on {}", s.in, s.rows,
                       s.columns, s.out, s.window_rows, s.window_columns, s.stride, s.padding, s.pool,
                       instruction_level());
}

inline std::string settings(const ConvolutionShape& s) {
    return fmt::format("kind = 'convolution'\nwindow = [{}, {}]\nstride = {}\npadding = {}\npool = {}",
                       s.window_rows, s.window_columns, s.stride, s.padding, s.pool);
}

inline std::unique_ptr<Coupling> build(const ConvolutionShape& s) {
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

} // namespace isinglass::test
