#include "hw_models/base/error.hpp"
#include "hw_models/couplings/coupling.hpp"
#include "hw_models/couplings/dense_split.hpp"
#include "hw_models/couplings/product.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>

namespace isinglass {

namespace {

// Products of all row counts that there were lanes for.
class DenseKernel final : public CouplingKernel {
  public:
    DenseKernel(long pre, long post, long pre_stride, long post_stride)
        : pre_(pre), post_(post), pre_stride_(pre_stride), post_stride_(post_stride) {
        begin(block_lanes);
    }

    void begin(std::size_t lanes) override {
        const long rows = product_rows(lanes);
        auto found = products_.find(rows);
        if (found == products_.end())
            found = products_
                        .emplace(rows, Products{{forward(rows, false), forward(rows, true)},
                                                {transposed(rows, false), transposed(rows, true)}})
                        .first;
        used_ = &found->second;
    }
    void forward(const float* values, const float* pre, float* post, bool accumulate) override {
        used_->forward[accumulate](pre, values, post);
    }
    void transposed(const float* values, const float* post, float* pre, bool accumulate) override {
        used_->transposed[accumulate](post, values, pre);
    }

  private:
    struct Products {
        Product forward[2];
        Product transposed[2];
    };

    [[nodiscard]] Product forward(long rows, bool accumulate) const {
        return Product({.rows = rows,
                        .inner = pre_,
                        .columns = post_,
                        .a_stride = pre_stride_,
                        .b_stride = post_,
                        .c_stride = post_stride_,
                        .accumulate = accumulate});
    }
    [[nodiscard]] Product transposed(long rows, bool accumulate) const {
        return Product({.rows = rows,
                        .inner = post_,
                        .columns = pre_,
                        .a_stride = post_stride_,
                        .b_stride = post_,
                        .c_stride = pre_stride_,
                        .b_transposed = true,
                        .accumulate = accumulate});
    }

    long pre_, post_, pre_stride_, post_stride_;
    std::map<long, Products> products_; // by rows
    Products* used_ = nullptr;
};

class DenseCoupling final : public Coupling {
  public:
    DenseCoupling(std::size_t pre, std::size_t post) : pre_(pre), post_(post) {}

    std::size_t pre_size() const override { return pre_; }
    std::size_t post_size() const override { return post_; }
    std::size_t parameters() const override { return pre_ * post_; }
    bool is_matrix() const override { return true; }
    std::size_t fan_in() const override { return pre_; }
    std::size_t array_rows() const override { return pre_; }
    std::size_t array_columns() const override { return post_; }

    void for_each(const Visit& visit) const override {
        for (std::size_t i = 0; i < pre_; ++i)
            for (std::size_t j = 0; j < post_; ++j) visit(i, j, i * post_ + j);
    }

    void add_sums(const float* values, std::span<float> pre, std::span<float> post) const override {
        for (std::size_t i = 0; i < pre_; ++i) {
            const float* row = values + i * post_;
            if (!pre.empty()) pre[i] += std::accumulate(row, row + post_, 0.0F);
            if (!post.empty())
                for (std::size_t j = 0; j < post_; ++j) post[j] += row[j];
        }
    }

    std::unique_ptr<CouplingKernel> kernel(std::size_t pre_stride, std::size_t post_stride) const override {
        return std::make_unique<DenseKernel>(static_cast<long>(pre_), static_cast<long>(post_),
                                             static_cast<long>(pre_stride), static_cast<long>(post_stride));
    }

    std::unique_ptr<CouplingKernel> split_kernel(std::size_t pre_stride,
                                                 std::size_t post_stride) const override {
        return dense_fills_matrix_units(pre_, post_)
                   ? make_split_dense_kernel(pre_, post_, pre_stride, post_stride)
                   : kernel(pre_stride, post_stride);
    }

    std::size_t slabs() const override { return (pre_ + slab_rows - 1) / slab_rows; }

    Range slab(std::size_t s) const override {
        const std::size_t first = s * slab_rows;
        return {first * post_, (std::min(first + slab_rows, pre_) - first) * post_};
    }

    void co_activity(std::size_t s, std::size_t rows, ActivityRows pre, ActivityRows post,
                     float* out) const override {
        const Range range = slab(s);
        const std::size_t pre_rows = range.count / post_;
        auto& product =
            kept_product<Product>(std::array{pre_rows, post_, rows, pre.stride, post.stride}, [&] {
                return Product({.rows = static_cast<long>(pre_rows),
                                .inner = static_cast<long>(rows),
                                .columns = static_cast<long>(post_),
                                .a_stride = static_cast<long>(pre.stride),
                                .b_stride = static_cast<long>(post.stride),
                                .c_stride = static_cast<long>(post_),
                                .a_transposed = true});
            });
        product(pre.data + s * slab_rows, post.data, out + range.first);
    }

  private:
    static constexpr std::size_t slab_rows =
        112; // 7 slabs of 784 rows; a slab of 512 columns fits the L2 cache

    std::size_t pre_;
    std::size_t post_;
};

class DenseKind final : public CouplingKind {
  public:
    std::unique_ptr<Coupling> build(const CouplingEnds& ends) const override {
        if (ends.lateral)
            throw UserError("kind 'dense' joins two layers; within one, 'all-to-all' joins every pair "
                            "of nodes once");
        return make_dense_coupling(ends.pre.nodes(), ends.post.nodes());
    }
};

} // namespace

std::unique_ptr<CouplingKind> make_dense_kind() {
    return std::make_unique<DenseKind>();
}

std::unique_ptr<Coupling> make_dense_coupling(std::size_t pre, std::size_t post) {
    return std::make_unique<DenseCoupling>(pre, post);
}

} // namespace isinglass
