// One dense matrix product of a fixed shape, through oneDNN.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <memory>

namespace isinglass {

// Strides are in floats between rows as stored.
struct ProductShape {
    long rows = 0;    // of A and C
    long inner = 0;   // columns of A, rows of B
    long columns = 0; // of B and C
    long a_stride = 0;
    long b_stride = 0;
    long c_stride = 0;
    bool a_transposed = false; // A is stored [inner × rows]
    bool b_transposed = false; // B is stored [columns × inner]
    bool accumulate = false;   // C += A·B instead of C = A·B
};

// C = A·B (or C += A·B).
// - A row of C depends only on that row of A and on B, bit for bit, when `rows` is block_rows() or
//   product_rows(): what the other rows hold does not matter, nor which row it is, nor how many there are.
// - Not thread-safe: every thread owns its products, whichever thread made them.
class Product {
  public:
    explicit Product(const ProductShape& shape);
    ~Product();
    Product(Product&&) noexcept;
    Product& operator=(Product&&) noexcept;

    void operator()(const float* a, const float* b, float* c);

  private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

// A product of the calling thread, made once for each of what it depends on: an update repeats the same few
// shapes for a whole run.
template <class Product, std::size_t n, class Make>
Product& kept_product(const std::array<std::size_t, n>& key, Make make) {
    thread_local std::map<std::array<std::size_t, n>, Product> kept;
    const auto found = kept.find(key);
    return found != kept.end() ? found->second : kept.emplace(key, make()).first->second;
}

// Samples that one block of lanes holds.
inline constexpr long block_lanes = 32;

// Rows of a block's matrices: block_lanes on AVX-512. oneDNN 2.6's AVX2 code rounds the last rows of a 32-row
// product differently and those of a 48-row product not, so there a block carries 16 rows of zeros.
long block_rows();

// Rows of a product that has this many lanes to compute, at most block_rows(): the next of a few counts that
// all round alike.
long product_rows(std::size_t lanes);

// Whether this processor multiplies matrices of bfloat16 (AMX).
bool has_matrix_units();

// The instruction level at which oneDNN runs here ("avx512_core", "avx2", …): part of what identical bits
// depend on.
const char* instruction_level();

} // namespace isinglass
