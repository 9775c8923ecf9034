// The EP gradient, from read-outs alone.
#pragma once

#include "hw_models/array/energy_model.hpp"
#include "hw_models/base/aligned.hpp"
#include "hw_models/base/worker_pool.hpp"

#include <span>
#include <vector>

namespace isinglass {

// Read-outs of a batch, as the host decoded them; a sample a row.
struct BatchReadout {
    Matrix inputs;            // [batch × inputs]: levels that were clamped
    Matrix first;             // [batch × state columns]: s⁺ (centred), sᵝ (one-sided)
    Matrix second;            // s⁻ (centred), s⁰ (one-sided)
    std::vector<float> scale; // a sample: 1 / 2β (centred), 1 / β (one-sided, with β's sign)

    BatchReadout(std::size_t batch, const Network& net)
        : inputs(batch, net.inputs),
          first(batch, net.state_columns),
          second(batch, net.state_columns),
          scale(batch) {}
    [[nodiscard]] std::size_t batch() const { return scale.size(); }
};

// gradient = mean over the batch of scale · [∂E/∂θ(first) − ∂E/∂θ(second)], both evaluated locally: a
// coupling needs its two ends only. Sums run over the batch in one fixed order, in parallel over slabs of
// couplings.
class EpGradient {
  public:
    EpGradient(const Network& net, const EnergyModel& model) : net_(net), terms_(model.local_terms()) {}

    void compute(const BatchReadout& batch, std::span<float> gradient, WorkerPool& pool);

  private:
    void stack(const BatchReadout& batch, const LocalTerm& term);
    void couplings(const BatchReadout& batch, bool add, std::span<float> gradient, WorkerPool& pool);
    void biases(bool add, std::span<float> gradient) const;

    const Network& net_;
    std::vector<LocalTerm> terms_;
    Matrix pre_;      // [2·batch × state columns]: features of first, then of second
    Matrix post_;     // the same, scaled, second with a minus sign
    Matrix contrast_; // [batch × state columns]: post of first minus post of second, for clamped inputs
    std::vector<float> scratch_;
};

} // namespace isinglass
