// Costs of a classifier: what nudges the output spins, and what a run reports.
#pragma once

#include "hw_models/array/energy_model.hpp"
#include "hw_models/base/fields.hpp"
#include "hw_models/base/random.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>

namespace isinglass {

// A cost C(o, label) of what the output spins show (EnergyModel::observe), o [outputs], with its parameters.
//
// - Every span has the size of the output layer, a multiple of outputs_per_class(), and label is below the
//   quotient.
// - Const functions allocate nothing and may run in several threads at once.
class Cost {
  public:
    virtual ~Cost() = default;
    virtual void fields(Fields& f) = 0;

    [[nodiscard]] virtual double value(std::span<const float> output, int label) const = 0;

    // −∂C/∂o, what a frozen nudge is β times of.
    virtual void force(std::span<const float> output, int label, std::span<float> force) const = 0;

    // The law by which an array's outputs can nudge by themselves (live), towards y of target(). Nothing:
    // this cost needs the frozen nudge.
    [[nodiscard]] virtual std::optional<NudgeLaw> live_law() const = 0;

    // Outputs that each class has: outputs c, c + classes, … belong to class c.
    [[nodiscard]] virtual std::size_t outputs_per_class() const { return 1; }

    // Classes that so many outputs can tell apart.
    [[nodiscard]] virtual std::size_t most_classes(std::size_t outputs) const {
        return outputs / outputs_per_class();
    }

    // y: the levels that the outputs should have or, of a cost without a law, the probabilities of the
    // classes.
    virtual void target(int label, std::span<float> target) const = 0;

    // --- a read-out of its own, which the host keeps outside the array and trains together with the
    // couplings How many weights it has; by default none.
    [[nodiscard]] virtual std::size_t weights(std::size_t /*outputs*/) const { return 0; }
    [[nodiscard]] virtual double weight_rate() const { return 0.0; } // 0: that of the couplings
    virtual void initialise_weights(const RandomStream&, std::span<float>) const {}
    // The weights that all other functions use from now on. Not while another thread uses them.
    virtual void use_weights(std::span<const float>) {}
    // gradient += scale · ∂C/∂(weights) at that output.
    virtual void add_weight_gradient(std::span<const float> /*output*/, int /*label*/, float /*scale*/,
                                     std::span<float> /*gradient*/) const {}

    // The class that an output says: that of the largest, or of the largest sum over a class's outputs; the
    // first of equals.
    [[nodiscard]] virtual int prediction(std::span<const float> output) const;
};

// Throws UserError for a name that is none of cost_kinds().
std::unique_ptr<Cost> make_cost(const std::string& name);
std::span<const std::string> cost_kinds();

std::unique_ptr<Cost> make_squared_error_cost(); // ½‖o − y‖²; live
std::unique_ptr<Cost> make_cross_entropy_cost(); // of the softmax of gain·o; not live
std::unique_ptr<Cost> make_readout_cost();       // of a trained softmax layer on the outputs; not live
std::unique_ptr<Cost> make_log_cosine_cost();    // −Σ log((1 + cos d) / 2) of angles, softened; live
std::unique_ptr<Cost> make_cosine_cost();        // Σ (1 − cos d) of angles; live

} // namespace isinglass
