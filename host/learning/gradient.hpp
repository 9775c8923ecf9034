// The EP gradient, from read-outs alone.
#pragma once

#include "hw_models/array/energy_model.hpp"
#include "hw_models/base/aligned.hpp"
#include "hw_models/base/worker_pool.hpp"

#include <map>
#include <span>
#include <vector>

namespace isinglass {

// Read-outs of a batch, as the host decoded them; a sample a row.
struct BatchReadout {
    Matrix inputs;            // [batch × inputs]: levels that were clamped
    Matrix first;             // [batch × state columns]: s⁺ (centred), sᵝ (one-sided)
    Matrix second;            // s⁻ (centred), s⁰ (one-sided)
    std::vector<float> scale; // a sample: 1 / 2β (centred), 1 / β (one-sided, with β's sign)
    Matrix free_outputs{};    // [batch × outputs]: of frozen nudges
    bool one_state = false;   // `second` is not read, since ∂E/∂θ is 0 there

    BatchReadout(std::size_t batch, const Network& net)
        : inputs(batch, net.inputs),
          first(batch, net.state_columns),
          second(batch, net.state_columns),
          scale(batch) {}
    [[nodiscard]] std::size_t batch() const { return scale.size(); }
};

// What features are of: the two states of a batch, or their errors; [batch × state columns] each.
struct StatePair {
    const Matrix& first;
    const Matrix& second;
};

// gradient = mean over the batch of scale · [∂E/∂θ(first) − ∂E/∂θ(second)], both evaluated locally: a
// coupling needs its two ends only. Sums run over the batch in one fixed order, in parallel over slabs of
// couplings.
class EpGradient {
  public:
    EpGradient(const Network& net, const EnergyModel& model);

    // `theta`: the host's parameters, which local terms of node parameters may need.
    void compute(const BatchReadout& batch, std::span<const float> theta, std::span<float> gradient,
                 WorkerPool& pool);

  private:
    // Rows whose outer products, summed, are the gradient of a link.
    struct Factors {
        Matrix pre, post;
        std::size_t rows = 0;
        void begin(std::size_t rows, std::size_t pre_columns, std::size_t post_columns);
    };

    [[nodiscard]] StatePair learnt_from(const BatchReadout& batch) const;
    void find_errors(const BatchReadout& batch, std::span<const float> theta, WorkerPool& pool);
    void add_between_spins(const BatchReadout& batch, const LocalTerm& term, WorkerPool& pool);
    void add_from_inputs(const BatchReadout& batch, const LocalTerm& term, WorkerPool& pool);
    void choose_winners(std::span<const float> theta, WorkerPool& pool);
    void sum(const BatchReadout& batch, std::span<const float> theta, std::span<float> gradient,
             WorkerPool& pool);
    void couplings(const ParameterBlock& block, std::size_t slab, std::span<float> gradient) const;
    void node_parameters(const BatchReadout& batch, std::size_t layer, std::span<const float> theta,
                         std::span<float> gradient) const;

    const Network& net_;
    const EnergyModel& model_;
    std::vector<LocalTerm> terms_;
    Factors spins_;                       // [… × state columns] both
    Factors inputs_;                      // [… × input nodes] and [… × state columns]
    Matrix first_errors_, second_errors_; // of models that learn from them, [batch × state columns]
    // A thread's kernel for them.
    struct Evaluator {
        std::unique_ptr<FieldKernel> kernel;
        std::unique_ptr<LaneBlock> block;
        Matrix errors;
    };
    std::vector<Evaluator> evaluators_;
    // Of links that pool: [rows × post nodes], and the kernels of each thread.
    std::map<std::size_t, std::vector<std::uint8_t>> winners_;
    std::map<std::pair<std::size_t, unsigned>, std::unique_ptr<CouplingKernel>> choosers_;
};

} // namespace isinglass
