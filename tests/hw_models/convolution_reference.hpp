// A convolution with max-pool by its definition, node by node, in double precision.
#pragma once

#include "hw_models/couplings/convolution.hpp"

#include <vector>

namespace isinglass::test {

struct PlainConvolution {
    ConvolutionShape s;

    // The pre node under tap (ky, kx) of the window of drive (y, x) on channel i; -1 in the padding.
    [[nodiscard]] long under(std::size_t i, std::size_t y, std::size_t x, std::size_t ky,
                             std::size_t kx) const {
        const long row = static_cast<long>(y * s.stride + ky) - static_cast<long>(s.padding);
        const long column = static_cast<long>(x * s.stride + kx) - static_cast<long>(s.padding);
        if (row < 0 || column < 0 || row >= static_cast<long>(s.rows) ||
            column >= static_cast<long>(s.columns))
            return -1;
        return (static_cast<long>(i) * static_cast<long>(s.rows) + row) * static_cast<long>(s.columns) +
               column;
    }

    // f(weight, pre node, post node, which of its pool) for every product.
    template <class F>
    void each(F f) const {
        for (std::size_t o = 0; o < s.out; ++o)
            for (std::size_t y = 0; y < s.post_rows() * s.pool; ++y)
                for (std::size_t x = 0; x < s.post_columns() * s.pool; ++x)
                    for (std::size_t i = 0; i < s.in; ++i)
                        for (std::size_t ky = 0; ky < s.window_rows; ++ky)
                            for (std::size_t kx = 0; kx < s.window_columns; ++kx) {
                                const long at = under(i, y, x, ky, kx);
                                if (at < 0) continue;
                                const std::size_t post =
                                    (o * s.post_rows() + y / s.pool) * s.post_columns() + x / s.pool;
                                f(((o * s.in + i) * s.window_rows + ky) * s.window_columns + kx,
                                  static_cast<std::size_t>(at), post, y % s.pool * s.pool + x % s.pool);
                            }
    }

    // The largest sum of each post node, and which of its pool that is; `cell` counts products in the order
    // of their weights where values are those of cells.
    template <class Value>
    void forward(Value value, const float* pre, std::vector<double>& post,
                 std::vector<std::size_t>& winners) const {
        const std::size_t pools = s.pool * s.pool;
        std::vector<double> sums(s.post_size() * pools, 0.0);
        each([&](std::size_t w, std::size_t i, std::size_t j, std::size_t k) {
            sums[j * pools + k] += value(w, i, j, k) * static_cast<double>(pre[i]);
        });
        post.assign(s.post_size(), 0.0);
        winners.assign(s.post_size(), 0);
        for (std::size_t j = 0; j < s.post_size(); ++j) {
            for (std::size_t k = 1; k < pools; ++k)
                if (sums[j * pools + k] > sums[j * pools + winners[j]]) winners[j] = k;
            post[j] = sums[j * pools + winners[j]];
        }
    }
};

} // namespace isinglass::test
