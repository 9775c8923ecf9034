// The true gradient of the cost, dC/dθ at the free equilibrium, by the adjoint method in double precision.
#pragma once

#include "host/learning/cost.hpp"
#include "hw_models/base/worker_pool.hpp"
#include "sim/study/pair_energy.hpp"

#include <optional>
#include <string>

namespace isinglass {

// Where (∂²E/∂s²) λ = ∂C/∂s on the nodes that can move and λ = 0 on those held at a bound,
//     dC/dθ = −λᵀ ∂²E/∂s∂θ.
// No finite nudge and no relaxation time have a part in it; across a bound the slope is 0.
class TrueGradient {
  public:
    // `theta`: numbers within their programmable range. References must outlive it.
    TrueGradient(const Network& net, const PairEnergy& energy, std::span<const float> theta);

    // One sample: from the state row `start` [state columns], near the equilibrium, which Newton's method
    // then finds to 1e-11. Adds dC/dθ to `gradient` [parameters]; numbers that copies share get a copy's
    // each. False, adding nothing, where it finds no stable equilibrium.
    struct Sample {
        std::span<const float> levels; // of the inputs
        int label = 0;
        std::span<const float> start;
    };
    [[nodiscard]] bool add(const Sample& sample, const EnergyModel& model, const Cost& cost,
                           std::span<double> gradient) const;
    // The equilibrium that add() uses, [state columns]; nothing where there is none.
    [[nodiscard]] std::optional<std::vector<double>> equilibrium(const Sample& sample) const;
    // Whether node i rests at a bound of its layer.
    [[nodiscard]] bool at_bound(std::size_t i, double s) const { return s <= low_[i] || s >= high_[i]; }

  private:
    struct Pair {
        std::uint32_t from, to, number; // columns of a state row, or an input node; index into theta
    };
    struct Point;

    [[nodiscard]] std::optional<Point> rest(const Sample& sample) const;
    void find_slopes(Point& point) const;
    [[nodiscard]] bool solve(const Point& point, std::span<const double> right, std::span<double> x) const;
    void add_mixed(const Point& point, std::span<const double> adjoint, std::span<double> gradient) const;
    template <class F>
    void each_node(F f) const;
    [[nodiscard]] std::vector<double> parameters_of(std::size_t layer, std::size_t node) const;

    const Network& net_;
    const PairEnergy& energy_;
    std::vector<double> theta_;
    std::vector<Pair> inputs_, spins_;
    std::vector<double> low_, high_; // [state columns]; padding is held
};

// Whether that gradient can be computed; otherwise why not, as a clause.
std::optional<std::string> no_true_gradient(const Network& net, const Chosen<EnergyModel>& model);

} // namespace isinglass
