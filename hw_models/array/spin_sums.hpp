// Sums over the couplings between spins, for integrators that keep states in a layout of their own from the
// first step of a phase to the last.
#pragma once

#include "hw_models/array/lane_block.hpp"
#include "hw_models/couplings/byte_product.hpp"

#include <memory>
#include <vector>

namespace isinglass {

// Bound to one thread and one network. A state has one of two layouts, whichever sums faster:
// - by node, [state columns × block_lanes], a node's lanes side by side: where couplings are few;
// - by lane, [block_rows() × state columns], as in a LaneBlock: where they are many.
// Lane r of a sum depends on lane r of the state and on the couplings only.
class SpinSums {
  public:
    enum class Layout { by_node, by_lane };

    // The faster layout: by lane where more than an eighth of all pairs of columns is joined.
    explicit SpinSums(const Network& net);
    SpinSums(const Network& net, Layout layout);

    // Takes programmed values [parameters] over; they stay as they are until the next call.
    void use(const float* values);

    [[nodiscard]] Layout layout() const { return layout_; }
    // Floats of a state.
    [[nodiscard]] std::size_t size() const;
    // Between a LaneBlock's matrix and a state; padding of the matrix is left, that of the state is 0.
    void load(const Matrix& from, std::size_t lanes, float* to) const;
    void store(const float* from, std::size_t lanes, Matrix& to) const;

    // By node: out[lane] = Σ over the couplings of a column of value · x[other end][lane], [block_lanes].
    // Both on cache lines.
    void sum_of(std::size_t column, const float* x, float* out) const;
    // By lane: all sums, of states within their layers' bounds, or where `signs`, of ±1 alone. Where all
    // couplings are whole multiples, up to 127, of the smallest of them or of a 127th of the largest, and the
    // processor multiplies bytes, products are those of bytes: exact for signs, and of other states rounded
    // to two digits, 1/16256 of the bound.
    void sum_all(const float* x, bool signs, float* out);

  private:
    struct Meeting {
        std::uint32_t coupling, column;
    };

    void fill_matrix(const float* values);
    bool fill_bytes();
    void sum_bytes(const float* x, bool signs, float* out);

    const Network& net_;
    Layout layout_;
    std::size_t columns_;
    std::vector<std::uint32_t> first_; // of a column's meetings, and one more at the end
    std::vector<Meeting> meetings_;
    AlignedVector<float> weights_; // of the meetings; by lane, the symmetric matrix of all couplings
    std::unique_ptr<Product> product_;
    // In bytes; none where couplings are no whole multiples.
    std::unique_ptr<ByteProduct> byte_product_;
    float byte_unit_ = 0.0F;
    float bound_ = 0.0F;                    // of states
    AlignedVector<std::int8_t> high_, low_; // digits of a state
    AlignedVector<std::int32_t> high_sums_, low_sums_;
};

} // namespace isinglass
