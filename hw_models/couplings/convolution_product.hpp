// Convolutions of a few images at a time, through oneDNN.
#pragma once

#include "hw_models/couplings/convolution.hpp"

#include <memory>

namespace isinglass {

// Forward and backward-data products of a shape without its pool. Images are [row][column][channel].
// - Split operands are bfloat16: hi + lo for every number, of which hi·hi + lo·hi + hi·lo are summed in
// single
//   precision, as one convolution of three times the channels summed over. They are used where the processor
//   has AMX and the shape gives it something to do; elsewhere operands are single.
// - An image of a result depends on that image of the operand and on the weights only, bit for bit.
// - Not thread-safe: every thread owns its products.
class ConvolutionProduct {
  public:
    static constexpr std::size_t images = 4; // of every call: their activities fit a core's cache

    ConvolutionProduct(const ConvolutionShape& shape, Operands operands);
    ~ConvolutionProduct();
    ConvolutionProduct(const ConvolutionProduct&) = delete;
    ConvolutionProduct& operator=(const ConvolutionProduct&) = delete;

    // Takes these weights [out][in][window row][window column]; next to nothing where they are those of the
    // last call, when it returns false.
    bool use(const float* weights);
    // drive = pre ∗ w; [images] of each.
    void forward(const float* pre, float* drive);
    // pre = the transposed product of drive.
    void backward(const float* drive, float* pre);

  private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

} // namespace isinglass
