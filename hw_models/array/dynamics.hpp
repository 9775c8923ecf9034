// How a machine moves its spins towards equilibrium.
#pragma once

#include "hw_models/array/energy_model.hpp"
#include "hw_models/base/fields.hpp"
#include "hw_models/base/random.hpp"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace isinglass {

// One relaxation: a phase of constant nudge.
struct RelaxPhase {
    Nudge nudge;
    double step_rc = 0.25;    // integration step, in RC
    bool after_reset = false; // a free phase from the reset state: the pump ramps up
    std::uint32_t steps = 0;  // that it takes, the most where it ends when settled; 0: nodes go on while read
    double node_noise = 0.0;  // stationary standard deviation of a node with unit leak, model units; 0: none
    std::uint32_t command = 0; // position of the RELAX within the sample, for the noise's key
    std::span<const std::uint64_t> presentations; // of the lanes, for the noise's key
};

// A dynamics bound to one thread and one network.
// - begin() once a phase, then step() moves every lane by step_rc; nothing is allocated in step().
// - A lane's new state depends on that lane's data alone.
// There is one virtual call a step of a whole block (10 µs of work), and none a lane or spin.
class Integrator {
  public:
    virtual ~Integrator() = default;
    virtual void begin(const RelaxPhase& phase) = 0;
    virtual void step(const float* values, LaneBlock& block, FieldKernel& kernel) = 0;
    // So many steps between which nobody looks at the block; to the same bits.
    virtual void run(const float* values, LaneBlock& block, FieldKernel& kernel, std::uint32_t steps) {
        for (std::uint32_t i = 0; i < steps; ++i) step(values, block, kernel);
    }
};

// Parameters of a dynamics, as a machine file states them.
class Dynamics {
  public:
    virtual ~Dynamics() = default;
    virtual void fields(Fields& f) = 0;

    [[nodiscard]] virtual std::unique_ptr<Integrator> integrator(const Network& net,
                                                                 const RandomStream& noise) const = 0;
    // Integration step, in RC. A relaxation takes as many equal steps of at most this length as fill its
    // time.
    [[nodiscard]] virtual double step_rc() const = 0;
    // Physical time that one such step stands for, in RC: the step itself for an integration of the equations
    // of motion; for an iteration towards the same equilibrium, the measured time that the equations need.
    [[nodiscard]] virtual double physical_rc_per_step() const = 0;
    // True where intermediate states are an iteration's and no voltages: traces must say so.
    [[nodiscard]] virtual bool settled_values_only() const = 0;
    // Capacitive nodes a spin has: 1, or 2 with a conjugate variable.
    [[nodiscard]] virtual int nodes_per_spin() const = 0;
    // False where steps are no time and node noise cannot be a force in every one.
    [[nodiscard]] virtual bool takes_dynamic_noise() const { return true; }
    // What the random numbers of an integrator are for: noise as a force, unless motion is random by itself.
    [[nodiscard]] virtual Purpose draws() const { return Purpose::node_noise; }
    // What an energy model must know for it.
    [[nodiscard]] virtual Relaxation relaxation() const = 0;
};

// The kinds of dynamics by which networks of that energy model can relax.
std::vector<std::string> dynamics_of(const EnergyModel& model);

// Throws UserError where networks of that energy model cannot relax by these dynamics, naming those by which
// they can.
void check_relaxation(const Dynamics& dynamics, const std::string& name, const EnergyModel& model);

std::unique_ptr<Dynamics> make_dynamics(const std::string& name);
std::span<const std::string> dynamics_kinds();

std::unique_ptr<Dynamics> make_dissipative(); // exponential, third order
std::unique_ptr<Dynamics> make_dissipative_fast();
std::unique_ptr<Dynamics> make_dissipative_sweeps();
std::unique_ptr<Dynamics> make_conjugate(); // exponential, third order
std::unique_ptr<Dynamics> make_conjugate_fast();
std::unique_ptr<Dynamics> make_conjugate_sweeps();
std::unique_ptr<Dynamics> make_idealised_passes();  // of predictive networks: forward, then by turns
std::unique_ptr<Dynamics> make_gibbs();             // sampling of two-valued nodes, annealed
std::unique_ptr<Dynamics> make_ballistic();         // simulated bifurcation
std::unique_ptr<Dynamics> make_discrete();          // simulated bifurcation by signs
std::unique_ptr<Dynamics> make_amplitude_control(); // a coherent Ising machine with error variables

} // namespace isinglass
