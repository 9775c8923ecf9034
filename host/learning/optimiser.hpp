// Optimisers: how an estimate of a gradient changes the master copy of the couplings.
#pragma once

#include "hw_models/base/fields.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace isinglass {

// An optimiser kind with its parameters and the state of a run.
//
// - fields() first, then begin(); for each update one advance(), then step() for every range of
//   parameters, in any order.
// - step() may run in several threads at once on ranges that do not overlap. Its arithmetic is elementwise
//   and rounds alike at every place of a range: the same bits however the vector is cut.
class Optimiser {
  public:
    // One vector of the state: an element a parameter, in their order. Views stay valid until begin() or
    // destruction.
    struct State {
        std::string name; // unique within an optimiser
        std::span<float> values;
    };

    virtual ~Optimiser() = default;
    virtual void fields(Fields& f) = 0;

    // Starts a run of `parameters` parameters: zero state, no updates made.
    void begin(std::size_t parameters) {
        updates_ = 0;
        allocate(parameters);
    }

    // Starts the next update.
    void advance() { ++updates_; }

    // Moves `theta` against `gradient` (∂C/∂θ) by `rate`, both the range [first, first + theta.size()) of all
    // parameters and of one size.
    virtual void step(std::size_t first, std::span<const float> gradient, std::span<float> theta,
                      float rate) = 0;

    // The whole state of a run is updates() and state(): writing a checkpoint's numbers back through
    // set_updates() and the views, after begin() with the same parameters, resumes it.
    [[nodiscard]] virtual std::vector<State> state() = 0;
    [[nodiscard]] std::int64_t updates() const { return updates_; }
    void set_updates(std::int64_t updates) { updates_ = updates; }

    // What step() costs a parameter on the host: floating-point operations (a fused multiply-add counts two),
    // and bytes of state read and written. θ and the gradient themselves are not included.
    [[nodiscard]] virtual double flops_per_parameter() const = 0;
    [[nodiscard]] virtual double bytes_per_parameter() const = 0;

  private:
    // Makes the state of `parameters` parameters, all zero.
    virtual void allocate(std::size_t parameters) = 0;

    std::int64_t updates_ = 0;
};

// Throws UserError for a name that is none of optimiser_kinds().
std::unique_ptr<Optimiser> make_optimiser(const std::string& name);
std::span<const std::string> optimiser_kinds();

std::unique_ptr<Optimiser> make_sgd();  // stochastic gradient descent, with momentum
std::unique_ptr<Optimiser> make_adam(); // with decoupled weight decay (AdamW)

} // namespace isinglass
