#include "hw_models/array/array_meter_module.hpp"

#include <cmath>

namespace isinglass {

ArrayMeter::ArrayMeter(ChipContext& context) : context_(context) {
    use_machine();
}

std::vector<ArrayMeter::Amount> ArrayMeter::declared(const std::vector<StepCost>& costs) {
    std::vector<Amount> amounts;
    for (const auto& cost : costs) amounts.push_back({context_.ledger.declare(cost.action), cost.amount});
    return amounts;
}

std::vector<Flow> ArrayMeter::flows_of_circuit() const {
    return context_.machine.circuit->flows(
        {context_.network(), magnitudes_, context_.model->dynamics->nodes_per_spin()});
}

void ArrayMeter::use_machine() {
    const std::string model = context_.model->energy->name();
    a_step_ = declared(array().step_costs(context_.machine, context_.network(), model));
    a_clamp_ = declared(array().clamp_costs(context_.machine, context_.network(), model));
    magnitudes_.assign(context_.network().blocks.size(), 0.0);
    flows_.clear();
    if (!array().has_voltages()) return;
    for (const auto& flow : flows_of_circuit())
        flows_.push_back({context_.ledger.declare(flow.action), flow.per_s});
}

// Where sums are made in digital logic, no currents flow in couplings.
void ArrayMeter::programmed(const CouplingStore& store) {
    if (array().sums_digitally()) return;
    for (std::size_t b = 0; b < magnitudes_.size(); ++b) magnitudes_[b] = store.magnitude(b);
    const auto flows = flows_of_circuit();
    for (std::size_t i = 0; i < flows_.size(); ++i) flows_[i].amount = flows[i].per_s;
}

// A command's flows count up to the next one, as its phase does.
void ArrayMeter::bias(bool on, Phase phase, std::uint64_t now_fs) {
    if (biased_)
        for (const auto& [action, per_s] : flows_)
            context_.ledger.post(action, phase_, per_s * static_cast<double>(now_fs - since_fs_) * 1e-15);
    since_fs_ = now_fs;
    phase_ = phase;
    if (biased_ == on) return;
    biased_ = on;
    show();
}

void ArrayMeter::show() const {
    if (!context_.power.watching()) return;
    for (const auto& [action, per_s] : flows_) context_.power.flow(action, biased_ ? per_s : 0.0);
}

// Steps as the evaluator counts them.
void ArrayMeter::relaxed(Phase phase, std::uint64_t cycles) {
    if (a_step_.empty()) return;
    const double rc = static_cast<double>(cycles) * context_.machine.cycle_rc();
    const double steps = std::ceil(rc / context_.model->dynamics->physical_rc_per_step() - 1e-6);
    for (const auto& [action, amount] : a_step_) context_.post(action, phase, steps * amount, cycles);
}

void ArrayMeter::clamped(std::uint64_t cycles) {
    for (const auto& [action, amount] : a_clamp_) context_.post(action, Phase::clamp, amount, cycles);
}

} // namespace isinglass
