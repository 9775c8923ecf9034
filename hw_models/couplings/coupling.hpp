// Couplings between two groups of spins: the products that relaxation and learning need.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace isinglass {

// A coupling kind bound to one thread and one block of lanes.
// - Operands are matrices of block_rows() rows with the strides given at construction.
// - `values` are the couplings in the kind's own order, as many as Coupling::parameters().
// - Row r of a result depends on row r of the operand and on `values` only.
class CouplingKernel {
  public:
    virtual ~CouplingKernel() = default;
    // post (+)= pre · W
    virtual void forward(const float* values, const float* pre, float* post, bool accumulate) = 0;
    // pre (+)= post · Wᵀ
    virtual void transposed(const float* values, const float* post, float* pre, bool accumulate) = 0;
};

// Activities of many samples whose co-activity an update needs: rows × features, row-major.
struct ActivityRows {
    const float* data = nullptr;
    std::size_t stride = 0;
};

// A coupling kind with its sizes. Stateless: host and chip hold their own values.
class Coupling {
  public:
    virtual ~Coupling() = default;

    [[nodiscard]] virtual std::size_t pre_size() const = 0;
    [[nodiscard]] virtual std::size_t post_size() const = 0;
    // Number of trainable couplings.
    [[nodiscard]] virtual std::size_t parameters() const = 0;
    // Couplings that meet in one post node: the fan-in that initial values scale with.
    [[nodiscard]] virtual std::size_t fan_in() const = 0;
    // Physical wires: rows and columns of the rectangle that an unrolled copy takes on a crossbar tile.
    [[nodiscard]] virtual std::size_t array_rows() const = 0;
    [[nodiscard]] virtual std::size_t array_columns() const = 0;

    // A kernel of the calling thread. Strides in floats of the matrices that hold pre and post.
    [[nodiscard]] virtual std::unique_ptr<CouplingKernel> kernel(std::size_t pre_stride,
                                                                 std::size_t post_stride) const = 0;

    // Updates run in parallel over slabs of couplings, never over samples: sums stay in one fixed order.
    [[nodiscard]] virtual std::size_t slabs() const = 0;
    // The couplings of slab `s`: [first, first + count).
    struct Range {
        std::size_t first = 0;
        std::size_t count = 0;
    };
    [[nodiscard]] virtual Range slab(std::size_t s) const = 0;
    // out[w] = Σ_rows pre[row, i(w)] · post[row, j(w)] for the couplings w of slab `s`; `out` is the whole
    // vector.
    virtual void co_activity(std::size_t s, std::size_t rows, ActivityRows pre, ActivityRows post,
                             float* out) const = 0;
};

// Makes a coupling kind between groups of `pre` and `post` nodes. Names: see coupling_kinds().
std::unique_ptr<Coupling> make_coupling(const std::string& kind, std::size_t pre, std::size_t post);
std::span<const std::string> coupling_kinds();

// Every coupling between the two groups, [pre × post] row-major.
std::unique_ptr<Coupling> make_dense_coupling(std::size_t pre, std::size_t post);

} // namespace isinglass
