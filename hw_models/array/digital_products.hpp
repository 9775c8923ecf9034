// Sums of integer products over a network's couplings, exact.
#pragma once

#include "hw_models/array/array_kind.hpp"
#include "hw_models/array/network.hpp"
#include "hw_models/base/aligned.hpp"
#include "hw_models/couplings/coupling_store.hpp"

#include <cstdint>
#include <vector>

namespace isinglass {

// Bound to one thread and one network.
class DigitalProducts {
  public:
    DigitalProducts(const Network& net, CouplingFormat format);

    // Takes the codes over that programmed values (code · LSB) stand for; next to nothing where they are
    // those of the last call.
    void use(const float* values);

    // Another number after every use() of other codes.
    [[nodiscard]] std::uint64_t generation() const { return generation_; }

    [[nodiscard]] const std::int16_t* codes(const ParameterBlock& block) const {
        return codes_.data() + block.first;
    }
    // sums[j] += Σ_i code(i, j) · x[i] over a link's couplings; x [pre nodes], sums [post nodes].
    void forward(const ParameterBlock& block, const std::int32_t* x, std::int32_t* sums) const;
    // sums[i] += Σ_j code(i, j) · x[j]; of couplings that pool, through the winners of the last forward().
    void transposed(const ParameterBlock& block, const std::int32_t* x, std::int32_t* sums) const;

  private:
    void turn(const ParameterBlock& block);
    struct Pair {
        std::uint32_t pre, post, coupling;
    };

    const Network& net_;
    CouplingFormat format_;
    AlignedVector<float> values_; // of the last use()
    AlignedVector<std::int16_t> codes_;
    AlignedVector<std::int16_t> upright_; // of matrices; those taller than wide are turned round
    std::uint64_t generation_ = 0;
    std::vector<std::vector<Pair>> pairs_;             // of a link; none where its couplings are a matrix, or
    std::vector<std::unique_ptr<WordKernel>> kernels_; // where they have a kernel
};

// Couplings between spins, each of which a step needs in both directions, and those from inputs.
std::size_t products_a_step(const Network& net);
std::size_t products_a_clamp(const Network& net);

// Clock cycles of that many products, `macs` a cycle, without a pipeline.
std::uint64_t product_cycles(std::size_t products, std::int64_t macs);
// What they cost: every product reads its coupling's word, which is as wide as its code; without codes, as
// the values of 32 bits.
std::vector<StepCost> product_costs(std::size_t products, CouplingFormat format);

} // namespace isinglass
