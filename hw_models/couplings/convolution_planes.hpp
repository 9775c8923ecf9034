// How the co-activities of a convolution see its activities, and their products.
#pragma once

#include "hw_models/base/aligned.hpp"
#include "hw_models/couplings/convolution.hpp"

#include <algorithm>
#include <array>

namespace isinglass {

// Planes of pre with its padding, one of every sample after another, so that a shift of a tap is an offset.
// With a stride, its rows and columns are dealt out to stride x stride planes, of which those that a window
// reaches are kept, and a tap is a shift on one of them. Activities of the drive lie on planes of the same
// shape, where the window's first tap is.
class ConvolutionPlanes {
  public:
    explicit ConvolutionPlanes(const ConvolutionShape& s)
        : s_(s),
          columns_(dealt(s.columns + 2 * s.padding)),
          plane_(dealt(s.rows + 2 * s.padding) * columns_),
          samples_(std::max<std::size_t>(1, positions_at_once / plane_)),
          last_offset_((s.window_rows - 1) / s.stride * columns_ + (s.window_columns - 1) / s.stride),
          stride_(whole_tiles(samples_ * plane_ + last_offset_)) {}

    // f(first sample, samples): as many at a time as the planes hold.
    template <class F>
    void for_each_chunk(std::size_t rows, F f) const {
        for (std::size_t row = 0; row < rows; row += samples_) f(row, std::min(samples_, rows - row));
    }

    [[nodiscard]] std::size_t positions() const { return samples_ * plane_; }
    [[nodiscard]] std::size_t stride() const { return stride_; } // of a channel
    // Where a tap's activities start.
    [[nodiscard]] std::size_t offset(std::size_t tap) const {
        const std::size_t row = tap / s_.window_columns;
        const std::size_t column = tap % s_.window_columns;
        return dealt_to(row, column) + row / s_.stride * columns_ + column / s_.stride;
    }

    // Numbers of all planes that pre is dealt out to.
    [[nodiscard]] std::size_t pre_numbers() const {
        return kept(s_.window_rows) * kept(s_.window_columns) * s_.in * stride_;
    }

    // One sample's channels, [in][row][column], as sample k of the planes: [plane][channel × stride].
    template <class T>
    void lay_out_pre(const T* from, std::size_t k, T* planes) const {
        for (std::size_t i = 0; i < s_.in; ++i)
            for (std::size_t y = 0; y < s_.rows; ++y, from += s_.columns)
                lay_out_row(from, y + s_.padding, planes + i * stride_ + k * plane_);
    }

    // Of output channels [first, last).
    void lay_out_post(ActivityRows post, std::size_t row, std::size_t n, std::size_t first, std::size_t last,
                      AlignedVector<float>& out) const {
        out.assign((last - first) * stride_, 0.0F);
        for (std::size_t o = first; o < last; ++o)
            for (std::size_t k = 0; k < n; ++k) {
                const std::size_t of_sample = (row + k) * post.stride;
                const std::uint8_t* winners =
                    s_.pool > 1 ? post.winners + (row + k) * s_.post_size() : nullptr;
                std::size_t j = o * s_.post_rows() * s_.post_columns();
                float* plane = out.data() + (o - first) * stride_ + k * plane_;
                for (std::size_t y = 0; y < s_.post_rows(); ++y)
                    for (std::size_t x = 0; x < s_.post_columns(); ++x, ++j) {
                        const std::size_t winner = winners != nullptr ? winners[j] : 0;
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
    static constexpr std::size_t positions_at_once = 1024; // of a product's sum

    [[nodiscard]] std::size_t dealt(std::size_t nodes) const { return (nodes + s_.stride - 1) / s_.stride; }
    // Rows and columns of a matrix unit's tile are at most that many numbers.
    static std::size_t whole_tiles(std::size_t n) { return (n + 31) / 32 * 32; }
    [[nodiscard]] std::size_t kept(std::size_t window) const { return std::min(s_.stride, window); }
    // Where the plane that a node is dealt to starts.
    [[nodiscard]] std::size_t dealt_to(std::size_t row, std::size_t column) const {
        return (row % s_.stride * kept(s_.window_columns) + column % s_.stride) * s_.in * stride_;
    }
    template <class T>
    void lay_out_row(const T* from, std::size_t row, T* planes) const {
        T* to = planes + row / s_.stride * columns_;
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

// Of convolution_co_activity, with operands split in two bfloat16 each.
void split_convolution_co_activity(const ConvolutionShape& shape, std::size_t first, std::size_t last,
                                   std::size_t rows, ActivityRows pre, ActivityRows post, float* out);

} // namespace isinglass
