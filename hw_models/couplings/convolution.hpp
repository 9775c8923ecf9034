// Convolutions as couplings: weights that many pairs of nodes share, with padding, stride and max-pooling.
#pragma once

#include "hw_models/couplings/coupling.hpp"
#include "hw_models/couplings/run_coupling.hpp"

namespace isinglass {

// Sums of a window are made on a plane of their own, the drive; each node of `post` takes the largest drive
// of its pool × pool nodes. Rows and columns of the drive that fill no pool are left out.
// Weights are numbered [channel of post][channel of pre][window row][window column].
struct ConvolutionShape {
    std::size_t in = 1, rows = 1, columns = 1; // of pre
    std::size_t out = 1;                       // channels of post
    std::size_t window_rows = 3, window_columns = 3;
    std::size_t stride = 1, padding = 0, pool = 1;

    [[nodiscard]] std::size_t drive_rows() const { return (rows + 2 * padding - window_rows) / stride + 1; }
    [[nodiscard]] std::size_t drive_columns() const {
        return (columns + 2 * padding - window_columns) / stride + 1;
    }
    [[nodiscard]] std::size_t post_rows() const { return drive_rows() / pool; }
    [[nodiscard]] std::size_t post_columns() const { return drive_columns() / pool; }
    [[nodiscard]] std::size_t taps() const { return window_rows * window_columns; }
    [[nodiscard]] std::size_t pre_size() const { return in * rows * columns; }
    [[nodiscard]] std::size_t drive_size() const { return out * drive_rows() * drive_columns(); }
    [[nodiscard]] std::size_t post_size() const { return out * post_rows() * post_columns(); }
    [[nodiscard]] std::size_t weights() const { return out * in * taps(); }
};

// What reports know a convolution by.
class Convolving {
  public:
    virtual ~Convolving() = default;
    [[nodiscard]] virtual const ConvolutionShape& shape() const = 0;
};

// Positions of the drive, pooled ones only, that tap (ky, kx) of a window reaches without leaving the plane:
// f(drive row, drive column, row of pre, column of pre).
template <class F>
void for_each_position(const ConvolutionShape& s, std::size_t ky, std::size_t kx, F f) {
    for (std::size_t y = 0; y < s.post_rows() * s.pool; ++y) {
        const std::size_t row = y * s.stride + ky;
        if (row < s.padding || row - s.padding >= s.rows) continue;
        for (std::size_t x = 0; x < s.post_columns() * s.pool; ++x) {
            const std::size_t column = x * s.stride + kx;
            if (column < s.padding || column - s.padding >= s.columns) continue;
            f(y, x, row - s.padding, column - s.padding);
        }
    }
}

// As what the products take their operands: single precision, or two bfloat16 each (Coupling::split_kernel).
enum class Operands { single, split };

// One weight for all its copies.
std::unique_ptr<CouplingKernel> make_convolution_kernel(const ConvolutionShape& shape, std::size_t pre_stride,
                                                        std::size_t post_stride, Operands operands);
// A value for every copy, numbered weight after weight: `copies` joins pre and drive.
std::unique_ptr<CouplingKernel> make_unrolled_kernel(const ConvolutionShape& shape,
                                                     std::shared_ptr<const Coupling> copies,
                                                     std::size_t pre_stride, std::size_t post_stride);
std::unique_ptr<WordKernel> make_convolution_words(const ConvolutionShape& shape);

// Output channels of a slab: rows of its products.
inline constexpr std::size_t slab_channels = 64;

// Co-activities of the weights of output channels [first, last), as Coupling::co_activity has them; post's
// winners choose where each activity of a pooled node goes.
void convolution_co_activity(const ConvolutionShape& shape, std::size_t first, std::size_t last,
                             std::size_t rows, ActivityRows pre, ActivityRows post, float* out,
                             Operands operands);
// What a thread keeps for them, bytes.
double co_activity_bytes(const ConvolutionShape& shape, Operands operands);

} // namespace isinglass
