#include "hw_models/couplings/dense_split.hpp"

#include "hw_models/couplings/product.hpp"
#include "hw_models/couplings/split_product.hpp"
#include "hw_models/couplings/split_words.hpp"

#include <algorithm>
#include <functional>
#include <vector>

namespace isinglass {

namespace {

constexpr std::size_t rows = block_lanes;
// Of the weights that one product takes: what of them a core's cache holds while a block of lanes passes.
constexpr std::size_t block_inner = 512;
constexpr std::size_t block_columns = 1024;

// C [rows × columns] = A · B or C += A · B, in blocks of B.
class BlockedProduct {
  public:
    BlockedProduct(std::size_t inner, std::size_t columns, std::size_t a_stride, std::size_t c_stride)
        : inner_(inner),
          a_stride_(a_stride),
          c_stride_(c_stride),
          high_(rows * inner),
          low_(rows * inner),
          sums_(rows * std::min(block_columns, columns)) {
        for (std::size_t j = 0; j < columns; j += block_columns) {
            ranges_.push_back({j, std::min(block_columns, columns - j), {}});
            for (std::size_t i = 0; i < inner; i += block_inner)
                ranges_.back().blocks.emplace_back(
                    SplitProductShape{.rows = rows,
                                      .inner = std::min(block_inner, inner - i),
                                      .columns = ranges_.back().count});
        }
    }

    // B, its rows `stride` floats apart. Or transposed, [columns × inner].
    void pack(const float* b, std::size_t stride) {
        for_each_block([&](SplitProduct& product, std::size_t i, std::size_t j) {
            product.pack(b + i * stride + j, stride);
        });
    }
    void pack_transposed(const float* b, std::size_t stride) {
        for_each_block([&](SplitProduct& product, std::size_t i, std::size_t j) {
            product.pack_transposed(b + j * stride + i, stride);
        });
    }

    void operator()(const float* a, float* c, bool accumulate) {
        for (std::size_t i = 0; i < inner_; i += block_inner) split(a, i);
        for (auto& range : ranges_) {
            std::size_t i = 0;
            for (auto& product : range.blocks) {
                product(high_.data() + rows * i, low_.data() + rows * i, sums_.data(), i > 0);
                i += block_inner;
            }
            put(range, c, accumulate);
        }
    }

  private:
    // Columns [first, first + count), and the products of each range of inner.
    struct Range {
        std::size_t first, count;
        std::vector<SplitProduct> blocks;
    };

    // f(product, its first row of B, its first column)
    template <class F>
    void for_each_block(F f) {
        for (auto& range : ranges_)
            for (std::size_t k = 0; k < range.blocks.size(); ++k)
                f(range.blocks[k], k * block_inner, range.first);
    }

    // The columns of A from i on that one product takes, next to each other.
    void split(const float* a, std::size_t i) {
        const std::size_t n = std::min(block_inner, inner_ - i);
        for (std::size_t r = 0; r < rows; ++r) {
            const std::size_t to = rows * i + r * n;
            split_words(a + r * a_stride_ + i, n, high_.data() + to, low_.data() + to);
        }
    }

    void put(const Range& range, float* c, bool accumulate) const {
        for (std::size_t r = 0; r < rows; ++r) {
            const float* from = sums_.data() + r * range.count;
            float* to = c + r * c_stride_ + range.first;
            if (accumulate)
                std::transform(from, from + range.count, to, to, std::plus<>{});
            else
                std::copy_n(from, range.count, to);
        }
    }

    std::size_t inner_, a_stride_, c_stride_;
    std::vector<Range> ranges_;
    Words high_, low_;          // of A, [range of inner][row][number]
    AlignedVector<float> sums_; // of one range of columns
};

class SplitDenseKernel final : public CouplingKernel {
  public:
    SplitDenseKernel(std::size_t pre, std::size_t post, std::size_t pre_stride, std::size_t post_stride)
        : post_(post),
          forward_(pre, post, pre_stride, post_stride),
          transposed_(post, pre, post_stride, pre_stride) {}

    void begin(std::size_t) override {
        values_stay_ = true;
        forward_packed_ = transposed_packed_ = false;
    }
    void forward(const float* values, const float* pre, float* post, bool accumulate) override {
        if (!forward_packed_) forward_.pack(values, post_);
        forward_packed_ = values_stay_;
        forward_(pre, post, accumulate);
    }
    void transposed(const float* values, const float* post, float* pre, bool accumulate) override {
        if (!transposed_packed_) transposed_.pack_transposed(values, post_);
        transposed_packed_ = values_stay_;
        transposed_(post, pre, accumulate);
    }

  private:
    std::size_t post_;
    BlockedProduct forward_, transposed_;
    bool values_stay_ = false; // since begin()
    bool forward_packed_ = false, transposed_packed_ = false;
};

} // namespace

bool dense_fills_matrix_units(std::size_t pre, std::size_t post) {
    return has_matrix_units() && std::min(pre, post) >= 256;
}

std::unique_ptr<CouplingKernel> make_split_dense_kernel(std::size_t pre, std::size_t post,
                                                        std::size_t pre_stride, std::size_t post_stride) {
    return std::make_unique<SplitDenseKernel>(pre, post, pre_stride, post_stride);
}

} // namespace isinglass
