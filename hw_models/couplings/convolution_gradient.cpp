// Co-activities of shared weights: for each tap of the window one product of the activities of all channels,
// shifted against each other, over the positions of a few samples at a time.
#include "hw_models/base/aligned.hpp"
#include "hw_models/couplings/convolution.hpp"
#include "hw_models/couplings/product.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace isinglass {

namespace {

constexpr std::size_t positions_at_once = 1024; // of a product's sum
constexpr std::size_t few_channels = 8;         // of pre: all taps in one product, whose sides are small

// Planes of pre with its padding, one of every sample after another, so that a shift of a tap is an offset.
// With a stride, its rows and columns are dealt out to stride x stride planes, of which those that a window
// reaches are kept, and a tap is a shift on one of them. Activities of the drive lie on planes of the same
// shape, where the window's first tap is.
class Planes {
  public:
    explicit Planes(const ConvolutionShape& s)
        : s_(s),
          columns_(dealt(s.columns + 2 * s.padding)),
          plane_(dealt(s.rows + 2 * s.padding) * columns_),
          samples_(std::max<std::size_t>(1, positions_at_once / plane_)),
          last_offset_((s.window_rows - 1) / s.stride * columns_ + (s.window_columns - 1) / s.stride),
          stride_(padded(samples_ * plane_ + last_offset_)) {}

    [[nodiscard]] std::size_t samples() const { return samples_; }
    [[nodiscard]] std::size_t positions() const { return samples_ * plane_; }
    [[nodiscard]] std::size_t stride() const { return stride_; } // of a channel
    [[nodiscard]] std::size_t offset(std::size_t tap) const {
        const std::size_t row = tap / s_.window_columns;
        const std::size_t column = tap % s_.window_columns;
        return dealt_to(row, column) + row / s_.stride * columns_ + column / s_.stride;
    }

    // [plane of those dealt out][channel × stride]
    void lay_out_pre(ActivityRows pre, std::size_t row, std::size_t n, AlignedVector<float>& out) const {
        out.assign(kept(s_.window_rows) * kept(s_.window_columns) * s_.in * stride_, 0.0F);
        for (std::size_t i = 0; i < s_.in; ++i)
            for (std::size_t k = 0; k < n; ++k)
                for (std::size_t y = 0; y < s_.rows; ++y)
                    lay_out_row(pre.data + (row + k) * pre.stride + (i * s_.rows + y) * s_.columns,
                                y + s_.padding, out.data() + i * stride_ + k * plane_);
    }

    // Of output channels [first, last).
    void lay_out_post(ActivityRows post, std::size_t row, std::size_t n, std::size_t first, std::size_t last,
                      AlignedVector<float>& out) const {
        out.assign((last - first) * stride_, 0.0F);
        for (std::size_t o = first; o < last; ++o)
            for (std::size_t k = 0; k < n; ++k) {
                const std::size_t of_sample = (row + k) * post.stride;
                std::size_t j = o * s_.post_rows() * s_.post_columns();
                float* plane = out.data() + (o - first) * stride_ + k * plane_;
                for (std::size_t y = 0; y < s_.post_rows(); ++y)
                    for (std::size_t x = 0; x < s_.post_columns(); ++x, ++j) {
                        const std::size_t winner = s_.pool > 1 ? post.winners[of_sample + j] : 0;
                        const std::size_t drive_row = y * s_.pool + winner / s_.pool;
                        const std::size_t drive_column = x * s_.pool + winner % s_.pool;
                        plane[drive_row * columns_ + drive_column] = post.data[of_sample + j];
                    }
            }
    }

    // All taps of all channels one below the other: [in · taps × stride].
    void stack_taps(const AlignedVector<float>& pre, AlignedVector<float>& out) const {
        out.resize(s_.in * s_.taps() * stride_);
        for (std::size_t i = 0; i < s_.in; ++i)
            for (std::size_t tap = 0; tap < s_.taps(); ++tap)
                std::copy_n(pre.data() + i * stride_ + offset(tap), positions(),
                            out.data() + (i * s_.taps() + tap) * stride_);
    }

  private:
    [[nodiscard]] std::size_t dealt(std::size_t nodes) const { return (nodes + s_.stride - 1) / s_.stride; }
    [[nodiscard]] std::size_t kept(std::size_t window) const { return std::min(s_.stride, window); }
    // Where the plane that a node is dealt to starts.
    [[nodiscard]] std::size_t dealt_to(std::size_t row, std::size_t column) const {
        return (row % s_.stride * kept(s_.window_columns) + column % s_.stride) * s_.in * stride_;
    }
    void lay_out_row(const float* from, std::size_t row, float* planes) const {
        float* to = planes + row / s_.stride * columns_;
        if (s_.stride == 1) {
            std::copy_n(from, s_.columns, to + s_.padding);
            return;
        }
        if (row % s_.stride >= s_.window_rows) return; // between two windows
        for (std::size_t x = s_.padding; x < s_.padding + s_.columns; ++x, ++from)
            if (x % s_.stride < s_.window_columns) to[dealt_to(row, x) + x / s_.stride] = *from;
    }

    ConvolutionShape s_;
    std::size_t columns_, plane_, samples_, last_offset_, stride_;
};

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

} // namespace

void convolution_co_activity(const ConvolutionShape& s, std::size_t first, std::size_t last, std::size_t rows,
                             ActivityRows pre, ActivityRows post, float* out) {
    thread_local AlignedVector<float> pre_planes, post_planes, stacked, sums;
    const Planes planes(s);
    const std::size_t channels = last - first;
    const bool together = s.in < few_channels;
    sums.assign(channels * s.in * s.taps(), 0.0F);
    for (std::size_t row = 0; row < rows; row += planes.samples()) {
        const std::size_t n = std::min(planes.samples(), rows - row);
        planes.lay_out_pre(pre, row, n, pre_planes);
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

} // namespace isinglass
