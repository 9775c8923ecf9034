// Couplings between two groups of spins: the products that relaxation and learning need.
#pragma once

#include "hw_models/base/fields.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace isinglass {

// Nodes of a group on a plane, row-major; with several channels one plane after the other. Groups that share
// a plane have their nodes at places of it (row · columns + column), one channel only.
struct Grid {
    std::size_t channels = 1;
    std::size_t rows = 1;
    std::size_t columns = 0;
    std::vector<std::size_t> places{}; // empty: the whole plane
    [[nodiscard]] std::size_t nodes() const {
        return places.empty() ? channels * rows * columns : places.size();
    }
};

// The two groups that a coupling joins. A lateral one joins the nodes of one group, each pair once.
struct CouplingEnds {
    Grid pre;
    Grid post;
    bool lateral = false;
};

// A coupling kind bound to one thread and one block of lanes.
// - Operands are matrices of block_rows() rows with the strides given at construction. Rows from block_lanes
//   on, which exist for oneDNN's sake, hold no sample: a kernel may leave them as they are.
// - `values` are the couplings in the kind's own order, as many as Coupling::parameters().
// - Row r of a result depends on row r of the operand and on `values` only.
class CouplingKernel {
  public:
    virtual ~CouplingKernel() = default;
    // From now on only the first `lanes` rows need be computed, and what `values` points to stays as it is
    // until the next begin(). Before the first one all rows are, and values may change with every call.
    virtual void begin(std::size_t /*lanes*/) {}
    // post (+)= pre · W
    virtual void forward(const float* values, const float* pre, float* post, bool accumulate) = 0;
    // pre (+)= post · Wᵀ
    virtual void transposed(const float* values, const float* post, float* pre, bool accumulate) = 0;
    // Of couplings that pool: puts the winners to those at `pre`, through which transposed() un-pools; next
    // to nothing after forward() at the same operands.
    virtual void choose(const float* /*values*/, const float* /*pre*/) {}
    // Of couplings that pool: the winners of the last forward() or choose(), [lanes × post], as
    // ActivityRows::winners.
    virtual void winners(std::uint8_t* /*out*/, std::size_t /*stride*/) const {}
    // out (+)= in · (W + Wᵀ), of couplings within a group.
    virtual void both_ways(const float* values, const float* in, float* out, bool accumulate) {
        forward(values, in, out, accumulate);
        transposed(values, in, out, true);
    }
};

// Activities of many samples whose co-activity an update needs: rows × features, row-major.
struct ActivityRows {
    const float* data = nullptr;
    std::size_t stride = 0;
    // Of couplings that pool, which of the sums that a post node takes the largest of was that: [rows × post
    // nodes] without gaps. Nothing elsewhere.
    const std::uint8_t* winners = nullptr;
};

// Sums of integer products over one coupling, of one lane at a time. Bound to one thread.
class WordKernel {
  public:
    virtual ~WordKernel() = default;
    // sums[post] += Σ code · pre
    virtual void forward(const std::int16_t* codes, const std::int32_t* pre, std::int32_t* sums) = 0;
    // sums[pre] += Σ code · post, un-pooled through the winners of the last forward().
    virtual void transposed(const std::int16_t* codes, const std::int32_t* post, std::int32_t* sums) = 0;
};

enum class Tie { sum, first };

// A coupling kind with its sizes. Stateless: host and chip hold their own values.
class Coupling {
  public:
    virtual ~Coupling() = default;

    [[nodiscard]] virtual std::size_t pre_size() const = 0;
    [[nodiscard]] virtual std::size_t post_size() const = 0;
    // Number of couplings, as they are programmed and learnt.
    [[nodiscard]] virtual std::size_t parameters() const = 0;
    // Products that a pass makes, and cells on an array that has one for each: more than parameters() where
    // one number serves many pairs of nodes. Those of coupling w are first_cell(w) … first_cell(w + 1).
    [[nodiscard]] virtual std::size_t cells() const { return parameters(); }
    [[nodiscard]] virtual std::size_t first_cell(std::size_t w) const { return w; }
    // Nodes of `post` that have all their couplings in common, in runs that follow one another.
    [[nodiscard]] virtual std::size_t nodes_per_channel() const { return 1; }
    // Whether a post node takes the largest of several sums (CouplingKernel::choose, ActivityRows::winners).
    [[nodiscard]] virtual bool pools() const { return false; }
    // Largest number of terms that a sum over its couplings has, either way.
    [[nodiscard]] virtual std::size_t most_terms() const;
    // Whether coupling i · post_size() + j joins i and j, so that the couplings are a matrix of that shape.
    // Others are a list.
    [[nodiscard]] virtual bool is_matrix() const { return false; }
    // Largest number of couplings that meet in one post node (within a group: in one node), which initial
    // values scale with.
    [[nodiscard]] virtual std::size_t fan_in() const = 0;
    // Rows and columns of the rectangle of cells that it takes on a crossbar tile, which grows with the
    // couplings present: of a matrix, a row a pre node and a column a post node; of a list, a column a post
    // node and as many rows as the post node with most couplings has, where every cell has a wire to its own
    // pre node.
    [[nodiscard]] virtual std::size_t array_rows() const = 0;
    [[nodiscard]] virtual std::size_t array_columns() const = 0;
    // Columns where every coupling is stored once, whatever it serves.
    [[nodiscard]] virtual std::size_t stored_columns() const { return array_columns(); }

    // Couplings that there are on a chip: cells to be written, biased and paid for.
    using Visit = std::function<void(std::size_t pre, std::size_t post, std::size_t coupling)>;
    virtual void for_each(const Visit& visit) const = 0;
    // Adds to every node of `pre` and of `post` [nodes; one span for both where the coupling is lateral] the
    // couplings that meet there. An empty span is left out.
    virtual void add_sums(const float* values, std::span<float> pre, std::span<float> post) const {
        for_each([&](std::size_t i, std::size_t j, std::size_t w) {
            if (!pre.empty()) pre[i] += values[w];
            if (!post.empty()) post[j] += values[w];
        });
    }
    // Where one trained number stands for many couplings (shared weights, unrolled on the chip): gives each
    // of them the sum of their numbers, or the first one's. Does nothing where none are shared.
    virtual void tie(std::span<float>, Tie) const {}

    // A kernel of the calling thread. Strides in floats of the matrices that hold pre and post.
    [[nodiscard]] virtual std::unique_ptr<CouplingKernel> kernel(std::size_t pre_stride,
                                                                 std::size_t post_stride) const = 0;

    // The same where each cell has a value of its own, cells() of them.
    [[nodiscard]] virtual std::unique_ptr<CouplingKernel> cell_kernel(std::size_t pre_stride,
                                                                      std::size_t post_stride) const {
        return kernel(pre_stride, post_stride);
    }
    // The same as kernel() with operands of 16 bits of precision (relative errors of 4e-6 of a sum, root mean
    // square, in place of 4e-7), where that is faster: 1.3 to 3 times where the processor multiplies
    // matrices of bfloat16.
    [[nodiscard]] virtual std::unique_ptr<CouplingKernel> split_kernel(std::size_t pre_stride,
                                                                       std::size_t post_stride) const {
        return kernel(pre_stride, post_stride);
    }
    // Of words; nothing of kinds whose list of pairs, or matrix, is all that it takes.
    [[nodiscard]] virtual std::unique_ptr<WordKernel> word_kernel() const { return nullptr; }

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
    // The same with operands as those of split_kernel(): errors are 4e-6 of the sums that states near each
    // other leave a difference of.
    virtual void split_co_activity(std::size_t s, std::size_t rows, ActivityRows pre, ActivityRows post,
                                   float* out) const {
        co_activity(s, rows, pre, post, out);
    }
};

// A kind of coupling with the parameters that a file states. Immutable once its fields are read.
class CouplingKind {
  public:
    virtual ~CouplingKind() = default;
    virtual void fields(Fields&) {}
    // Throws UserError where this kind cannot join these groups, saying what would be valid.
    [[nodiscard]] virtual std::unique_ptr<Coupling> build(const CouplingEnds& ends) const = 0;
};

// Throws UserError for a name that is none of coupling_kinds().
std::unique_ptr<CouplingKind> make_coupling_kind(const std::string& name);
std::span<const std::string> coupling_kinds();

std::unique_ptr<CouplingKind> make_dense_kind();
std::unique_ptr<CouplingKind> make_local_kind();
std::unique_ptr<CouplingKind> make_convolution_kind();
std::unique_ptr<CouplingKind> make_square_kind();
std::unique_ptr<CouplingKind> make_triangular_kind();
std::unique_ptr<CouplingKind> make_king_kind();
std::unique_ptr<CouplingKind> make_all_to_all_kind();
std::unique_ptr<CouplingKind> make_sparse_kind();

// Every coupling between the two groups, [pre × post] row-major.
std::unique_ptr<Coupling> make_dense_coupling(std::size_t pre, std::size_t post);

} // namespace isinglass
