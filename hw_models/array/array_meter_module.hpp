// What a spin array costs while it works: bias currents of analog cells, steps of the others.
#pragma once

#include "hw_models/control/chip_context.hpp"
#include "hw_models/couplings/coupling_store.hpp"

#include <vector>

namespace isinglass {

// Posts to the context's ledger and power monitor.
class ArrayMeter {
  public:
    explicit ArrayMeter(ChipContext& context);

    // After PROGRAM: what flows follows the couplings.
    void programmed(const CouplingStore& store);
    // The context has another machine, or the same anew: all couplings are zero.
    void use_machine();
    // Currents flow from `now_fs` on, for this phase, or are gated off. Counts what has flown since the
    // last call.
    void bias(bool on, Phase phase, std::uint64_t now_fs);
    void show() const;
    // A RELAX of so many clock cycles, and new inputs.
    void relaxed(Phase phase, std::uint64_t cycles);
    void clamped(std::uint64_t cycles);

  private:
    struct Amount {
        ActionId action;
        double amount;
    };
    std::vector<Amount> declared(const std::vector<StepCost>& costs);
    [[nodiscard]] std::vector<Flow> flows_of_circuit() const;

    [[nodiscard]] const ArrayKind& array() const { return *context_.machine.array.part(); }

    ChipContext& context_;
    std::vector<double> magnitudes_; // of every parameter block as programmed
    std::vector<Amount> flows_;      // a second, in the order of Circuit::flows
    std::vector<Amount> a_step_, a_clamp_;
    bool biased_ = false;
    std::uint64_t since_fs_ = 0;
    Phase phase_ = Phase::idle;
};

} // namespace isinglass
