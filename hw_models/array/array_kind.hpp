// Kinds of spin array: what computes, in analog or digital circuits, how the spins move.
#pragma once

#include "hw_models/array/dynamics.hpp"
#include "hw_models/base/fields.hpp"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace isinglass {

struct MachineSpec;

// What one step of an array costs, beside what flows all the time: amounts of ledger actions.
struct StepCost {
    std::string action;
    double amount = 0.0;
};

// A kind of array with its parameters.
class ArrayKind {
  public:
    virtual ~ArrayKind() = default;
    virtual void fields(Fields&) {}

    // How the spins of this network move on this machine. Throws UserError where this array does not run the
    // energy model, the couplings' form or the relaxation asked for, with the reason.
    [[nodiscard]] virtual std::shared_ptr<const Dynamics> dynamics(const MachineSpec& machine,
                                                                   const Network& net,
                                                                   const EnergyModel& model,
                                                                   std::uint64_t noise_seed) const = 0;
    // Of one step on this network, and of taking new inputs over; nothing for arrays whose cells draw
    // currents instead.
    [[nodiscard]] virtual std::vector<StepCost> step_costs(const MachineSpec&, const Network&,
                                                           const std::string& /*model*/) const {
        return {};
    }
    [[nodiscard]] virtual std::vector<StepCost> clamp_costs(const MachineSpec&, const Network&,
                                                            const std::string& /*model*/) const {
        return {};
    }
    // Clock cycles that the array takes to take new inputs over, once they are there.
    [[nodiscard]] virtual std::uint64_t clamp_cycles(const Network&, const std::string& /*model*/) const {
        return 0;
    }
    // Whether nodes are those of the machine's circuit, with its currents and voltages, or words.
    [[nodiscard]] virtual bool has_voltages() const = 0;
    // Whether sums over couplings are made in digital logic.
    [[nodiscard]] virtual bool sums_digitally() const = 0;
    // Whether a relaxation's length may be given in RC.
    [[nodiscard]] virtual bool has_time_constant() const = 0;
    // Names of the energy models that it runs.
    [[nodiscard]] virtual std::vector<std::string> models() const = 0;
};

std::unique_ptr<ArrayKind> make_array(const std::string& name);
std::span<const std::string> array_kinds();

std::unique_ptr<ArrayKind>
make_analog_array(); // ordinary differential equations, by [machine.array] dynamics
std::unique_ptr<ArrayKind> make_digital_array();  // fixed-point words, multiply-accumulates in a clock
std::unique_ptr<ArrayKind> make_feedback_array(); // analog nodes, digital sums, converters in every round

} // namespace isinglass
