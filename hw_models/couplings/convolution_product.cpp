#include "hw_models/couplings/convolution_product.hpp"

#include "hw_models/couplings/product.hpp"

#include <algorithm>
#include <cstring>

namespace isinglass {

bool ConvolutionProduct::use(const float* weights) {
    const std::size_t bytes = weights_.size() * sizeof(float);
    if (any_ && std::memcmp(weights, weights_.data(), bytes) == 0) return false;
    std::memcpy(weights_.data(), weights, bytes);
    any_ = true;
    forget_packed();
    return true;
}

std::unique_ptr<ConvolutionProduct> make_convolution_product(const ConvolutionShape& s, Operands operands) {
    constexpr std::size_t unit = 16; // rows and columns of a matrix unit
    const bool split = operands == Operands::split && has_matrix_units() && std::min(s.in, s.out) >= unit;
    if (split && (s.stride > 1 || s.drive_rows() * s.drive_columns() < unit))
        return make_window_convolution(s);
    return make_direct_convolution(s, split);
}

} // namespace isinglass
