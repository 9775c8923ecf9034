// Co-activities of shared weights: for each tap of the window one product of the activities of all channels,
// shifted against each other, over the positions of a few samples at a time.
#include "hw_models/couplings/convolution_planes.hpp"
#include "hw_models/couplings/convolution_product.hpp"
#include "hw_models/couplings/product.hpp"

namespace isinglass {

namespace {

constexpr std::size_t few_channels = 8; // of pre: all taps in one product, whose sides are small

// sums [rows × columns] += a [rows × inner] · b [columns × inner]ᵀ
void add_product(std::size_t rows, std::size_t columns, std::size_t inner, std::size_t stride, const float* a,
                 const float* b, float* sums) {
    auto& product = kept_product<Product>(std::array{rows, columns, inner, stride}, [&] {
        return Product({.rows = static_cast<long>(rows),
                        .inner = static_cast<long>(inner),
                        .columns = static_cast<long>(columns),
                        .a_stride = static_cast<long>(stride),
                        .b_stride = static_cast<long>(stride),
                        .c_stride = static_cast<long>(columns),
                        .b_transposed = true,
                        .accumulate = true});
    });
    product(a, b, sums);
}

void single_co_activity(const ConvolutionShape& s, std::size_t first, std::size_t last, std::size_t rows,
                        ActivityRows pre, ActivityRows post, float* out) {
    thread_local AlignedVector<float> pre_planes, post_planes, stacked, sums;
    const ConvolutionPlanes planes(s);
    const std::size_t channels = last - first;
    const bool together = s.in < few_channels;
    sums.assign(channels * s.in * s.taps(), 0.0F);
    planes.for_each_chunk(rows, [&](std::size_t row, std::size_t n) {
        pre_planes.assign(planes.pre_numbers(), 0.0F);
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
    });
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
    const auto by = operands == Operands::split && fills_matrix_units(s) ? split_convolution_co_activity
                                                                         : single_co_activity;
    by(s, first, last, rows, pre, post, out);
}

double co_activity_bytes(const ConvolutionShape& s, Operands operands) {
    const ConvolutionPlanes planes(s);
    const auto channels = static_cast<double>(std::min(s.out, slab_channels));
    const auto post = channels * static_cast<double>(planes.stride());
    const bool split = operands == Operands::split && fills_matrix_units(s);
    const double stacked = s.in < few_channels ? static_cast<double>(s.in * s.taps() * planes.stride()) : 0.0;
    // Two words take a float's place in pre's planes; post's are split, and packed, besides.
    const double numbers = static_cast<double>(planes.pre_numbers()) + (split ? 3.0 : 1.0) * post + stacked +
                           channels * static_cast<double>(s.in * s.taps());
    return sizeof(float) * numbers;
}

} // namespace isinglass
