// Co-activities of shared weights: for each tap of the window one product of the activities of all channels,
// shifted against each other, over the positions of a few samples at a time.
#include "hw_models/couplings/convolution_planes.hpp"
#include "hw_models/couplings/convolution_product.hpp"
#include "hw_models/couplings/product.hpp"

#include <array>
#include <map>

namespace isinglass {

namespace {

constexpr std::size_t few_channels = 8; // of pre: all taps in one product, whose sides are small

// sums [rows × columns] += a [rows × inner] · b [columns × inner]ᵀ. One product per (thread, shape) is kept.
void add_product(std::size_t rows, std::size_t columns, std::size_t inner, std::size_t stride, const float* a,
                 const float* b, float* sums) {
    thread_local std::map<std::array<std::size_t, 4>, Product> products;
    const std::array<std::size_t, 4> key{rows, columns, inner, stride};
    auto found = products.find(key);
    if (found == products.end())
        found = products
                    .emplace(key, Product({.rows = static_cast<long>(rows),
                                           .inner = static_cast<long>(inner),
                                           .columns = static_cast<long>(columns),
                                           .a_stride = static_cast<long>(stride),
                                           .b_stride = static_cast<long>(stride),
                                           .c_stride = static_cast<long>(columns),
                                           .b_transposed = true,
                                           .accumulate = true}))
                    .first;
    found->second(a, b, sums);
}

void single_co_activity(const ConvolutionShape& s, std::size_t first, std::size_t last, std::size_t rows,
                        ActivityRows pre, ActivityRows post, float* out) {
    thread_local AlignedVector<float> pre_planes, post_planes, stacked, sums;
    const ConvolutionPlanes planes(s);
    const std::size_t channels = last - first;
    const bool together = s.in < few_channels;
    sums.assign(channels * s.in * s.taps(), 0.0F);
    for (std::size_t row = 0; row < rows; row += planes.samples()) {
        const std::size_t n = std::min(planes.samples(), rows - row);
        pre_planes.assign(planes.dealt_planes() * s.in * planes.stride(), 0.0F);
        for (std::size_t k = 0; k < n; ++k)
            planes.lay_out_pre(pre.data + (row + k) * pre.stride, k, pre_planes.data());
        planes.lay_out_post(post, row, n, first, last, post_planes);
        if (together) {
            planes.stack_taps(pre_planes, stacked);
            add_product(channels, s.in * s.taps(), planes.positions(), planes.stride(), post_planes.data(),
                        stacked.data(), sums.data());
        } else {
            for (std::size_t tap = 0; tap < s.taps(); ++tap)
                add_product(channels, s.in, planes.positions(), planes.stride(), post_planes.data(),
                            pre_planes.data() + planes.offset(tap), sums.data() + tap * channels * s.in);
        }
    }
    float* to = out + first * s.in * s.taps();
    if (together) {
        std::ranges::copy(sums, to);
        return;
    }
    for (std::size_t pair = 0; pair < channels * s.in; ++pair)
        for (std::size_t tap = 0; tap < s.taps(); ++tap)
            to[pair * s.taps() + tap] = sums[tap * channels * s.in + pair];
}

} // namespace

void convolution_co_activity(const ConvolutionShape& s, std::size_t first, std::size_t last, std::size_t rows,
                             ActivityRows pre, ActivityRows post, float* out, Operands operands) {
    const auto by =
        operands == Operands::split && fills_matrix_units(s) ? split_co_activity : single_co_activity;
    by(s, first, last, rows, pre, post, out);
}

} // namespace isinglass
