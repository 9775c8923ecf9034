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

namespace {

constexpr std::size_t unit = 16; // rows and columns of a matrix unit

// Nodes next to each other are too few for a matrix unit, or not next to each other in memory, or few against
// couplings that fill a core's cache, which a call of oneDNN's convolution goes through for every few nodes.
bool takes_windows(const ConvolutionShape& s) {
    constexpr std::size_t cached_weights = 350'000; // of three words each, 2 MB
    const bool many_weights = s.weights() > cached_weights;
    return s.stride > 1 || s.drive_rows() * s.drive_columns() < unit ||
           (s.drive_columns() < unit && many_weights);
}

} // namespace

bool fills_matrix_units(const ConvolutionShape& s) {
    return has_matrix_units() && std::min(s.in, s.out) >= unit;
}

std::unique_ptr<ConvolutionProduct> make_convolution_product(const ConvolutionShape& s, Operands operands) {
    const bool split = operands == Operands::split && fills_matrix_units(s);
    if (split && takes_windows(s)) return make_window_convolution(s);
    return make_direct_convolution(s, split);
}

ProductBytes convolution_bytes(const ConvolutionShape& s, Operands operands) {
    const bool split = operands == Operands::split && fills_matrix_units(s);
    return split && takes_windows(s) ? window_bytes(s) : direct_bytes(s, split);
}

} // namespace isinglass
