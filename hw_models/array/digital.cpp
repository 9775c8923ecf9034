// The digital array: spins and couplings are words, P multiply-accumulates happen in a clock cycle.
#include "hw_models/array/array_kind.hpp"
#include "hw_models/array/digital_rule.hpp"
#include "hw_models/base/error.hpp"
#include "hw_models/machine.hpp"

#include <fmt/core.h>

namespace isinglass {

namespace {

class RuleIntegrator final : public Integrator {
  public:
    explicit RuleIntegrator(std::unique_ptr<DigitalRule> rule) : rule_(std::move(rule)) {}
    void begin(const RelaxPhase& phase) override { rule_->begin(phase); }
    void step(const float* values, LaneBlock& block, FieldKernel&) override { rule_->step(values, block); }

  private:
    std::unique_ptr<DigitalRule> rule_;
};

// What some energy models take beside words and rates.
struct DigitalMotion {
    Annealing annealing; // of two-valued nodes
    BifurcationSpec bifurcation;
    std::string kind = "ballistic";

    void fields(Fields& f) {
        static const std::vector<std::string> kinds{"ballistic", "discrete"};
        annealing.fields(f);
        bifurcation.fields(f);
        f.choice({"bifurcation", "what couplings multiply: positions, or their signs"}, kind, kinds);
    }
};

class DigitalDynamics final : public Dynamics {
  public:
    DigitalDynamics(const DigitalSpec& spec, const DigitalMotion& motion, const DigitalModel& model,
                    CouplingFormat couplings, double input_top, double step_rc, std::uint64_t noise_seed)
        : spec_(spec),
          motion_(motion),
          model_(model),
          couplings_(couplings),
          input_top_(input_top),
          step_rc_(step_rc),
          noise_seed_(noise_seed) {}

    void fields(Fields&) override {}
    std::unique_ptr<Integrator> integrator(const Network& net, const RandomStream&) const override {
        return std::make_unique<RuleIntegrator>(
            model_.make({spec_, net, couplings_, input_top_, noise_seed_, motion_.annealing,
                         motion_.bifurcation, motion_.kind == "discrete"}));
    }
    double step_rc() const override { return step_rc_; }
    double physical_rc_per_step() const override { return step_rc_; }
    bool settled_values_only() const override { return false; } // words as they are at every step
    int nodes_per_spin() const override { return model_.words; }
    bool takes_dynamic_noise() const override { return false; }
    Relaxation relaxation() const override {
        return model_.layer_by_layer ? Relaxation::passes : Relaxation::flow;
    }

  private:
    DigitalSpec spec_;
    DigitalMotion motion_;
    const DigitalModel& model_; // of the registry
    CouplingFormat couplings_;
    double input_top_;
    double step_rc_;
    std::uint64_t noise_seed_;
};

// Sums must fit the accumulator whatever the codes are.
void check_accumulator(const DigitalSpec& spec, const Network& net, CouplingFormat couplings,
                       double input_top) {
    const double limit = std::ldexp(1.0, static_cast<int>(spec.accumulator_bits) - 1);
    const double largest_state = std::ldexp(1.0, static_cast<int>(spec.state_bits) - 1);
    for (const auto& block : net.blocks) {
        if (block.link < 0) continue;
        const auto& link = net.links[block.link];
        const double operand = link.from == input_layer ? input_top : largest_state;
        const std::size_t terms = link.coupling->most_terms();
        const double sum = operand * couplings.top_code() * static_cast<double>(terms);
        if (sum < limit) continue;
        throw UserError(
            fmt::format("machine.array.accumulator_bits = {} is too narrow: the couplings {} can sum "
                        "to {:.0f}, and {:.0f} fits; fewer state_bits or a wider accumulator does",
                        spec.accumulator_bits, block.name, sum, limit - 1.0));
    }
}

class Digital final : public ArrayKind {
  public:
    void fields(Fields& f) override {
        spec_.fields(f);
        motion_.fields(f);
    }

    std::shared_ptr<const Dynamics> dynamics(const MachineSpec& machine, const Network& net,
                                             const EnergyModel& model,
                                             std::uint64_t noise_seed) const override {
        const auto& rule = digital_model(model.name());
        const auto format = machine.couplings.format();
        if (!format.bits || machine.couplings.mismatch != 0.0)
            throw UserError(
                "machine.array.kind = \"digital\" multiplies codes of couplings, which are exact; "
                "machine.couplings.kind = \"codes\" with mismatch = 0 fits");
        const auto inputs = machine.dac->build(1, machine.dac_bank, 0, 0)->format();
        const double top = inputs.bits ? inputs.top_code() : 65535.0;
        check_accumulator(spec_, net, format, top);
        const double step_rc = static_cast<double>(step_cycles(net, rule)) * machine.cycle_rc();
        return std::make_shared<DigitalDynamics>(spec_, motion_, rule, format, top, step_rc, noise_seed);
    }

    std::vector<StepCost> step_costs(const MachineSpec& machine, const Network& net,
                                     const std::string& model) const override {
        const auto& rule = digital_model(model);
        const auto nodes = static_cast<double>(net.spins());
        auto costs = product_costs(rule.spin_features * products_a_step(net), machine.couplings.format());
        costs.push_back({"digital.update", nodes * rule.words});
        if (rule.lookups > 0) costs.push_back({"digital.lookup", nodes * static_cast<double>(rule.lookups)});
        return costs;
    }
    std::vector<StepCost> clamp_costs(const MachineSpec& machine, const Network& net,
                                      const std::string& model) const override {
        return product_costs(digital_model(model).input_features * products_a_clamp(net),
                             machine.couplings.format());
    }
    std::uint64_t clamp_cycles(const Network& net, const std::string& model) const override {
        return product_cycles(digital_model(model).input_features * products_a_clamp(net), spec_.macs);
    }
    bool has_voltages() const override { return false; }
    bool sums_digitally() const override { return true; }
    bool has_time_constant() const override { return false; }
    std::vector<std::string> models() const override { return digital_models(); }

  private:
    [[nodiscard]] std::uint64_t step_cycles(const Network& net, const DigitalModel& rule) const {
        const std::uint64_t sets = rule.set_by_set       ? independent_sets(net).size()
                                   : rule.layer_by_layer ? net.layers.size()
                                                         : 1;
        return product_cycles(rule.spin_features * products_a_step(net), spec_.macs) +
               sets * (static_cast<std::uint64_t>(spec_.pipeline_cycles) + 1);
    }

    DigitalSpec spec_;
    DigitalMotion motion_;
};

} // namespace

std::unique_ptr<ArrayKind> make_digital_array() {
    return std::make_unique<Digital>();
}

} // namespace isinglass
