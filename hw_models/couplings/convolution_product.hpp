// Convolutions of a few images at a time, through oneDNN.
#pragma once

#include "hw_models/base/aligned.hpp"
#include "hw_models/couplings/convolution.hpp"

#include <memory>

namespace isinglass {

// Both products of a shape without its pool: drive = pre ∗ w, and back from drive to pre. Images are
// [row][column][channel].
// - An image of a result depends on that image of the operand and on the weights only, bit for bit.
// - Not thread-safe: every thread owns its products.
class ConvolutionProduct {
  public:
    explicit ConvolutionProduct(const ConvolutionShape& shape) : s_(shape), weights_(shape.weights()) {}
    virtual ~ConvolutionProduct() = default;
    ConvolutionProduct(const ConvolutionProduct&) = delete;
    ConvolutionProduct& operator=(const ConvolutionProduct&) = delete;

    // Of every call.
    [[nodiscard]] virtual std::size_t images() const = 0;
    // Takes these weights [out][in][window row][window column]; false where they are those of the last call.
    bool use(const float* weights);
    virtual void forward(const float* pre, float* drive) = 0;
    virtual void backward(const float* drive, float* pre) = 0;

  protected:
    virtual void forget_packed() = 0; // weights_ has changed

    const ConvolutionShape s_;
    AlignedVector<float> weights_;

  private:
    bool any_ = false;
};

// Whether the processor has matrix units and the shape fills them. Split operands (Coupling::split_kernel)
// are used there alone; elsewhere operands are single.
bool fills_matrix_units(const ConvolutionShape& shape);

std::unique_ptr<ConvolutionProduct> make_convolution_product(const ConvolutionShape& shape,
                                                             Operands operands);

// Memory of such a product, bytes: what it keeps, with a kernel's images before and after it, and what it
// takes besides while it packs its weights.
struct ProductBytes {
    double kept = 0.0, packing = 0.0;
};
ProductBytes convolution_bytes(const ConvolutionShape& shape, Operands operands);

// Through oneDNN's convolutions.
std::unique_ptr<ConvolutionProduct> make_direct_convolution(const ConvolutionShape& shape, bool split);
ProductBytes direct_bytes(const ConvolutionShape& shape, bool split);
// Of split operands, as matrix products over all windows of many images: for planes too small to fill a
// matrix unit with nodes next to each other, for windows that a stride sets apart, and for more weights than
// a cache holds.
std::unique_ptr<ConvolutionProduct> make_window_convolution(const ConvolutionShape& shape);
ProductBytes window_bytes(const ConvolutionShape& shape);

} // namespace isinglass
