// Matrix products of operands split in two bfloat16, through oneDNN, for processors with matrix units.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace isinglass {

// Fastest where B has some 512 x 512 numbers, or twice that with few rows, which stay in a core's cache while
// the rows of A pass: oneDNN is half as fast on thousands by thousands.
struct SplitProductShape {
    std::size_t rows = 0;    // of A and C
    std::size_t inner = 0;   // columns of A, rows of B; an odd number costs a copy of A
    std::size_t columns = 0; // of B and C
};

// C [rows × columns] = A [rows × inner] · B [inner × columns] or C += A · B, summed in single precision:
// first hi·hi of both, then lo of A by hi of B, then hi by lo.
// - A row of C depends only on that row of A and on B, bit for bit.
// - Not thread-safe: every thread owns its products, whichever thread made them.
class SplitProduct {
  public:
    explicit SplitProduct(const SplitProductShape& shape);
    ~SplitProduct();
    SplitProduct(SplitProduct&&) noexcept;
    SplitProduct& operator=(SplitProduct&&) noexcept;

    // B [inner × columns], its rows `stride` floats apart. Or transposed, [columns × inner].
    void pack(const float* b, std::size_t stride);
    void pack_transposed(const float* b, std::size_t stride);
    // A as split_words() makes it.
    void operator()(const std::uint16_t* high, const std::uint16_t* low, float* c, bool accumulate);

  private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

} // namespace isinglass
