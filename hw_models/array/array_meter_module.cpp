#include "hw_models/array/array_meter_module.hpp"

#include <cmath>

namespace isinglass {

ArrayMeter::ArrayMeter(ChipContext& context)
    : context_(context),
      array_(*context.machine.array.part()),
      coupling_bias_(context.ledger.declare("coupling.bias")),
      node_bias_(context.ledger.declare("node.bias")),
      a_step_(declared(array_.step_costs(context.machine, context.network()))),
      a_clamp_(declared(array_.clamp_costs(context.machine, context.network()))) {}

std::vector<ArrayMeter::Amount> ArrayMeter::declared(const std::vector<StepCost>& costs) {
    std::vector<Amount> amounts;
    for (const auto& cost : costs) amounts.push_back({context_.ledger.declare(cost.action), cost.amount});
    return amounts;
}

// Sum over transconductors of |W|: both directions between spins, one from the inputs and from a bias.
void ArrayMeter::programmed(const CouplingStore& store) {
    const auto& net = context_.network();
    bias_units_ = 0.0;
    for (std::size_t b = 0; b < net.blocks.size(); ++b) {
        const bool between_spins =
            net.blocks[b].link >= 0 && net.links[net.blocks[b].link].from != input_layer;
        bias_units_ += (between_spins ? 2.0 : 1.0) * store.magnitude(b);
    }
}

double ArrayMeter::biased_nodes() const {
    return static_cast<double>(context_.network().spins()) * context_.model->dynamics->nodes_per_spin();
}

// A command's bias counts up to the next one, as its phase does.
void ArrayMeter::bias(bool on, Phase phase, std::uint64_t now_fs) {
    if (biased_) {
        const double charge_per_unit =
            context_.machine.circuit.bias_a_per_unit() * static_cast<double>(now_fs - since_fs_) * 1e-15;
        if (array_.bias().couplings)
            context_.ledger.post(coupling_bias_, phase_, bias_units_ * charge_per_unit);
        if (array_.bias().nodes) context_.ledger.post(node_bias_, phase_, biased_nodes() * charge_per_unit);
    }
    since_fs_ = now_fs;
    phase_ = phase;
    if (biased_ == on) return;
    biased_ = on;
    show();
}

void ArrayMeter::show() const {
    if (!context_.power.watching()) return;
    const double current_per_unit = biased_ ? context_.machine.circuit.bias_a_per_unit() : 0.0;
    if (array_.bias().couplings) context_.power.flow(coupling_bias_, bias_units_ * current_per_unit);
    if (array_.bias().nodes) context_.power.flow(node_bias_, biased_nodes() * current_per_unit);
}

void ArrayMeter::post(const Amount& cost, Phase phase, double times, std::uint64_t cycles) {
    context_.ledger.post(cost.action, phase, times * cost.amount);
    if (context_.power.watching())
        context_.power.spend(cost.action, times * cost.amount,
                             std::max<std::uint64_t>(1, cycles) * context_.machine.clock_fs());
}

// Steps as the evaluator counts them.
void ArrayMeter::relaxed(Phase phase, std::uint64_t cycles) {
    if (a_step_.empty()) return;
    const double rc = static_cast<double>(cycles) * context_.machine.cycle_rc();
    const double steps = std::ceil(rc / context_.model->dynamics->physical_rc_per_step() - 1e-6);
    for (const auto& cost : a_step_) post(cost, phase, steps, cycles);
}

void ArrayMeter::clamped(std::uint64_t cycles) {
    for (const auto& cost : a_clamp_) post(cost, Phase::clamp, 1.0, cycles);
}

} // namespace isinglass
