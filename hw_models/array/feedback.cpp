// The feedback array (measure and feed back, as in coherent Ising machines): analog spins that are read by
// ADCs in every round; sums over couplings are made in digital logic, and DACs feed them back.
//     s ← clip(s + g · (−s + own(s) + DAC[force(ADC[s])]))
// The leak and what a node adds by itself act on the spin as it is, all else on the spin as it was measured.
// The loop has converters of its own, of the machine's kinds, with their errors and noise. With error
// variables e, one a spin and held digitally, the force is e ξ (Σ J x̃ + h), and e follows what was measured:
//     e ← e − g κ e (x̃² − α)
#include "hw_models/array/amplitude_control.hpp"
#include "hw_models/array/array_kind.hpp"
#include "hw_models/array/digital_products.hpp"
#include "hw_models/array/state_loops.hpp"
#include "hw_models/base/error.hpp"
#include "hw_models/machine.hpp"

#include <fmt/ranges.h>

#include <algorithm>

namespace isinglass {

namespace {

struct FeedbackSpec {
    double gain = 0.5;
    double force_range = 4.0;
    std::int64_t adcs = 64, dacs = 64;
    std::int64_t macs = 1024;
    std::int64_t pipeline_cycles = 4;
    std::string correction = "none";
    AmplitudeControl control;

    void fields(Fields& f) {
        static const std::vector<std::string> corrections{"none", "error-variables"};
        f.number({"gain", "part of its force by which a spin moves in a round"}, gain, {1e-3, 1.0});
        f.number({"force_range", "full scale of the force that is fed back, -range to range, model units"},
                 force_range, {1e-3, 1e3});
        f.integer({"loop_adcs", "ADCs of the loop, at the rate of machine.adc"}, adcs, {1, 1 << 20});
        f.integer({"loop_dacs", "DACs of the loop, at the rate of machine.dac"}, dacs, {1, 1 << 20});
        f.integer({"macs", "multiply-accumulates in a clock cycle"}, macs, {1, 1 << 24});
        f.integer({"pipeline", "clock cycles from the last product of a round to its forces"},
                  pipeline_cycles, {0, 1000});
        f.variant({"correction",
                   "what the loop does to its sums: nothing, or error variables that hold amplitudes "
                   "at one height, as solvers need"},
                  correction, corrections, [this](const std::string& word, Fields& g) {
                      if (word != "none") control.fields(g);
                  });
    }
};

// The converters of the loop on one chip; shared by threads.
struct Loop {
    std::shared_ptr<const AdcBank> adc;
    std::shared_ptr<const DacBank> dac;
    float node_noise = 0.0F; // standard deviation sampled with a node, model units
    float gain = 0.5F, force_range = 4.0F;
    std::optional<AmplitudeControl> control;
};

class Rounds final : public Integrator {
  public:
    Rounds(const Loop& loop, const Network& net)
        : loop_(loop),
          net_(net),
          measured_(LaneBlock::rows(), net.state_columns),
          own_(LaneBlock::rows(), net.state_columns),
          errors_(LaneBlock::rows(), net.state_columns),
          codes_(net.state_columns * sizeof(float)),
          levels_(net.state_columns) {}

    void begin(const RelaxPhase& phase) override {
        phase_ = phase;
        round_ = 0;
    }

    void step(const float* values, LaneBlock& block, FieldKernel& kernel) override {
        if (round_ == 0) errors_.fill(1.0F);
        for (std::size_t r = 0; r < block.lanes; ++r) measure(r, block);
        kernel.field(values, phase_.nudge, block, measured_, all_layers, block.field);
        own_.fill(0.0F);
        kernel.add_own(measured_, own_);
        for (std::size_t r = 0; r < block.lanes; ++r) {
            add_rest(r, block, kernel);
            if (loop_.control) correct(r, block);
        }
        own_.fill(0.0F);
        kernel.add_own(block.state, own_);
        for (std::size_t r = 0; r < block.lanes; ++r) feed_back(r, block, kernel);
        ++round_;
    }

  private:
    [[nodiscard]] DrawKey key(std::size_t r) const {
        return {phase_.presentations[r], phase_.command, round_};
    }

    // Layers follow one another in the order of the converters; a round has one draw a node.
    void measure(std::size_t r, const LaneBlock& block) {
        for (std::size_t l = 0; l < net_.layers.size(); ++l) {
            const auto& layer = net_.layers[l];
            const NodeGroup group{net_.first_node(l), layer.size, layer.low, layer.high, loop_.node_noise};
            const auto codes = std::span(codes_).first(layer.size * loop_.adc->format().bytes());
            DrawKey layer_key = key(r);
            layer_key.step = round_ * static_cast<std::uint32_t>(most_layers) + static_cast<std::uint32_t>(l);
            loop_.adc->convert(layer_key, group, block.state.row(r).subspan(layer.offset, layer.size), codes);
            loop_.adc->format().decode(codes, layer.low, layer.high,
                                       measured_.row(r).subspan(layer.offset, layer.size));
        }
    }

    // Makes the field the whole force that is computed: with the constant, without what the node does itself.
    void add_rest(std::size_t r, LaneBlock& block, const FieldKernel& kernel) {
        float* force = block.field.row(r).data();
        const float* c = block.constant.row(r).data();
        const float* s = measured_.row(r).data();
        const float* own = own_.row(r).data();
        for_each_stretch(net_, all_layers, [&](std::size_t l, const Stretch& x) {
            const auto nudged = static_cast<float>(kernel.leak(l, phase_.nudge) - kernel.leak(l, {}));
            for (std::size_t j = x.first; j < x.end; ++j) force[j] += c[j] - nudged * s[j] - own[j];
        });
    }

    void correct(std::size_t r, LaneBlock& block) {
        const auto gain = static_cast<float>(loop_.control->coupling_gain);
        const auto height = static_cast<float>(loop_.control->height);
        const float rate = loop_.gain * static_cast<float>(loop_.control->rate);
        const float* s = measured_.row(r).data();
        float* force = block.field.row(r).data();
        float* e = errors_.row(r).data();
        for (std::size_t j = 0; j < measured_.columns(); ++j) {
            force[j] *= gain * e[j];
            e[j] =
                clamped(e[j] - rate * e[j] * (s[j] * s[j] - height), 0.0F, AmplitudeControl::largest_error);
        }
    }

    void feed_back(std::size_t r, LaneBlock& block, const FieldKernel& kernel) {
        const auto& format = loop_.dac->format();
        float* s = block.state.row(r).data();
        const float* own = own_.row(r).data();
        for_each_stretch(net_, all_layers, [&](std::size_t l, const Stretch& x) {
            const std::size_t n = x.nodes_end - x.first;
            const auto codes = std::span(codes_).first(n * format.bytes());
            const auto levels = std::span(levels_).first(n);
            format.encode(block.field.row(r).subspan(x.first, n), -loop_.force_range, loop_.force_range,
                          codes);
            DrawKey stretch_key = key(r);
            stretch_key.step =
                round_ * static_cast<std::uint32_t>(most_layers) + static_cast<std::uint32_t>(l);
            loop_.dac->convert(stretch_key, {net_.first_node(l), n, -loop_.force_range, loop_.force_range},
                               codes, levels);
            const auto leak = static_cast<float>(kernel.leak(l, {}));
            for (std::size_t j = 0; j < n; ++j) {
                float& spin = s[x.first + j];
                spin =
                    clamped(spin + loop_.gain * (levels[j] + own[x.first + j] - leak * spin), x.low, x.high);
            }
        });
    }

    const Loop loop_;
    const Network& net_;
    Matrix measured_, own_;
    Matrix errors_; // 1 when a phase starts
    std::vector<std::uint8_t> codes_;
    AlignedVector<float> levels_;
    RelaxPhase phase_;
    std::uint32_t round_ = 0;
};

class FeedbackDynamics final : public Dynamics {
  public:
    FeedbackDynamics(Loop loop, double round_rc) : loop_(std::move(loop)), round_rc_(round_rc) {}
    void fields(Fields&) override {}
    std::unique_ptr<Integrator> integrator(const Network& net, const RandomStream&) const override {
        return std::make_unique<Rounds>(loop_, net);
    }
    double step_rc() const override { return round_rc_; }
    double physical_rc_per_step() const override { return round_rc_; }
    bool settled_values_only() const override { return false; } // a spin keeps its value between rounds
    int nodes_per_spin() const override { return 1; }
    bool takes_dynamic_noise() const override { return false; }
    Relaxation relaxation() const override { return Relaxation::flow; }

  private:
    Loop loop_;
    double round_rc_;
};

class Feedback final : public ArrayKind {
  public:
    void fields(Fields& f) override { spec_.fields(f); }

    std::shared_ptr<const Dynamics> dynamics(const MachineSpec& machine, const Network& net,
                                             const EnergyModel& model,
                                             std::uint64_t noise_seed) const override {
        const auto known = models();
        if (std::ranges::find(known, model.name()) == known.end())
            throw UserError(
                fmt::format("machine.array.kind = \"feedback\" does not run network.model = \"{}\": it "
                            "adds forces to nodes that leak by themselves; it runs: {}",
                            model.name(), fmt::join(known, ", ")));
        const auto seed = static_cast<std::uint64_t>(machine.chip_seed);
        Loop loop{
            .adc = machine.adc->build(net.spins(), bank(spec_.adcs, machine.adc_bank), seed, noise_seed),
            .dac = machine.dac->build(net.spins(), bank(spec_.dacs, machine.dac_bank), seed, noise_seed),
            .node_noise =
                machine.node_noise == "off"
                    ? 0.0F
                    : static_cast<float>(machine.circuit->noise_units(machine.noise_temperature_k())),
            .gain = static_cast<float>(spec_.gain),
            .force_range = static_cast<float>(spec_.force_range),
            .control = spec_.correction == "none" ? std::nullopt : std::optional(spec_.control)};
        return std::make_shared<FeedbackDynamics>(
            std::move(loop), static_cast<double>(round_cycles(machine, net)) * machine.cycle_rc());
    }

    std::vector<StepCost> step_costs(const MachineSpec& machine, const Network& net,
                                     const std::string&) const override {
        const auto spins = static_cast<double>(net.spins());
        auto costs = product_costs(products_a_step(net), machine.couplings.format());
        costs.push_back({std::string(machine.adc->action()), spins});
        costs.push_back({std::string(machine.dac->action()), spins});
        return costs;
    }
    std::vector<StepCost> clamp_costs(const MachineSpec& machine, const Network& net,
                                      const std::string&) const override {
        return product_costs(products_a_clamp(net), machine.couplings.format());
    }
    std::uint64_t clamp_cycles(const Network& net, const std::string&) const override {
        return product_cycles(products_a_clamp(net), spec_.macs);
    }
    bool has_voltages() const override { return true; }
    bool sums_digitally() const override { return true; }
    bool has_time_constant() const override { return false; }
    std::vector<std::string> models() const override { return {"hopfield", "coherent", "predictive"}; }

  private:
    static ConverterBankSpec bank(std::int64_t count, ConverterBankSpec spec) {
        spec.count = count;
        return spec;
    }
    // Read all spins, sum, feed back: one after the other.
    [[nodiscard]] std::uint64_t round_cycles(const MachineSpec& machine, const Network& net) const {
        const auto adc = bank(spec_.adcs, machine.adc_bank);
        const auto dac = bank(spec_.dacs, machine.dac_bank);
        return machine.cycles(static_cast<double>(adc.slots(net.spins())) / adc.rate_hz) +
               product_cycles(products_a_step(net), spec_.macs) +
               static_cast<std::uint64_t>(spec_.pipeline_cycles) +
               machine.cycles(static_cast<double>(dac.slots(net.spins())) / dac.rate_hz);
    }

    FeedbackSpec spec_;
};

} // namespace

std::unique_ptr<ArrayKind> make_feedback_array() {
    return std::make_unique<Feedback>();
}

} // namespace isinglass
