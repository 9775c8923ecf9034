// Oscillator Ising machine: E = −½ Σ_{i≠j} J_ij cos(φi − φj) − Σ h_i cos φi − Σ (S_i / 2) cos 2φi. A clamped
// line of level x is a bias field x W on the oscillators that it reaches, and cos φ is what an oscillator
// shows. A squared error's nudge, β/2 (cos φ − y)², is h += βy and S −= β/2 exactly.
#include "hw_models/array/phase_products.hpp"
#include "hw_models/base/error.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace isinglass {

namespace {

constexpr int bias = 0;            // node parameter h
constexpr int synchronisation = 1; // node parameter S

class OscillatorKernel final : public FieldKernel {
  public:
    explicit OscillatorKernel(const Network& net)
        : net_(net),
          phases_(net),
          bias_(net.state_columns),
          none_(net.state_columns),
          sync_(net.state_columns),
          solved_(net.state_columns),
          synchronised_(net.layers.size()) {}

    void clamp(const float* values, LaneBlock& block) override {
        for (std::size_t l = 0; l < net_.layers.size(); ++l) {
            const auto& layer = net_.layers[l];
            std::copy_n(values + net_.node_block(l, bias).first, layer.size, &bias_[layer.offset]);
            const std::span sync(values + net_.node_block(l, synchronisation).first, layer.size);
            std::ranges::copy(sync, &sync_[layer.offset]);
            synchronised_[l] = std::ranges::any_of(sync, [](float s) { return s != 0.0F; });
        }
        phases_.set_still(values, bias_, none_, block.inputs, nullptr);
    }

    void field(const float* values, const Nudge& nudge, const LaneBlock& block, const Matrix& s,
               LayerSet layers, Matrix& field) override {
        phases_.update(values, s, block.lanes, layers, true);
        for (std::size_t r = 0; r < block.lanes; ++r) {
            const auto at = phases_.row(r);
            float* to = field.row(r).data();
            for_each_stretch(net_, layers, [&](std::size_t l, const Stretch& part) {
                for (std::size_t j = part.first; j < part.end; ++j)
                    to[j] = at.y[j] * at.cosine[j] - (at.x[j] + 2.0F * sync_[j] * at.cosine[j]) * at.sine[j];
                if (!is_nudged(nudge, l)) return;
                const auto targets = block.targets.row(r);
                const auto beta = static_cast<float>(nudge.beta);
                for (std::size_t j = 0; j < targets.size(); ++j)
                    to[part.first + j] +=
                        beta * (at.cosine[part.first + j] - targets[j]) * at.sine[part.first + j];
            });
        }
    }

    double leak(std::size_t, const Nudge&) const override { return 0.0; }

    void solve(const float* values, const Nudge& nudge, LaneBlock& block, const NodeSet& nodes) override {
        phases_.update(values, block.state, block.lanes, nodes.layers, false);
        for (std::size_t r = 0; r < block.lanes; ++r) {
            const auto at = phases_.row(r);
            for_each_stretch(net_, nodes.layers, [&](std::size_t l, const Stretch& part) {
                if (is_nudged(nudge, l)) {
                    const auto targets = block.targets.row(r);
                    const auto beta = static_cast<float>(nudge.beta);
                    for (std::size_t j = 0; j < targets.size(); ++j)
                        at.x[part.first + j] += beta * targets[j];
                    solve_synchronised(part, at, -0.5F * beta);
                } else if (synchronised_[l]) {
                    solve_synchronised(part, at, 0.0F);
                } else {
                    for (std::size_t j = part.first; j < part.end; ++j)
                        solved_[j] = direction(at.y[j], at.x[j]);
                }
                put(nodes, part, solved_.data(), block.state.row(r).data());
            });
        }
    }

  private:
    bool is_nudged(const Nudge& nudge, std::size_t layer) const {
        return nudge.beta != 0.0 && layer + 1 == net_.layers.size();
    }

    // The minimum of −X cos φ − Y sin φ − (S/2) cos 2φ. It lies in the quadrant of (X, Y); there, reflected
    // to A, B ≥ 0, F' = A sin φ − B cos φ + 2S sin φ cos φ has a single root, through which it rises: F'
    // divided by sin φ cos φ is A / cos φ − B / sin φ + 2S.
    void solve_synchronised(const Stretch& part, const PhaseProducts::Row& at, float added_sync) {
        for (std::size_t first = part.first; first < part.end; first += Brackets::size) {
            Brackets angles;
            std::array<float, Brackets::size> a, b, sync;
            for (std::size_t j = 0; j < Brackets::size; ++j) {
                a[j] = std::abs(at.x[first + j]);
                b[j] = std::abs(at.y[first + j]);
                sync[j] = 2.0F * (sync_[first + j] + added_sync);
                angles.low[j] = 0.0F;
                angles.high[j] = 0.5F * half_turn;
                angles.at[j] = direction(b[j], a[j]);
            }
            close_in(angles, [&](std::size_t j, float sine, float cosine) {
                return ValueAndDerivative{(a[j] + sync[j] * cosine) * sine - b[j] * cosine,
                                          a[j] * cosine + b[j] * sine +
                                              sync[j] * (2.0F * cosine * cosine - 1.0F)};
            });
            for (std::size_t j = 0; j < Brackets::size; ++j) {
                const float half = at.x[first + j] < 0.0F ? half_turn - angles.at[j] : angles.at[j];
                solved_[first + j] = std::copysign(half, at.y[first + j]);
            }
        }
    }

    const Network& net_;
    PhaseProducts phases_;
    AlignedVector<float> bias_, none_, sync_, solved_; // [state columns]
    std::vector<bool> synchronised_;                   // layers with an S that is not 0
};

class Oscillator final : public EnergyModel {
  public:
    std::string name() const override { return "oscillator"; }
    std::string circuit() const override { return "oscillators"; }

    void fields(Fields& f) override {
        f.number(
            {"sync", "synchronisation S of every oscillator at the start of a run, in units of couplings"},
            sync_, {-1e3, 1e3});
        f.flag({"train_sync", "whether training changes S"}, train_sync_);
    }

    std::vector<Activation> activations() const override {
        return {{.name = "phase", .low = -half_turn, .high = half_turn, .domain = Domain::circle}};
    }
    NetworkNeeds needs() const override { return {.node_parameters = {{.name = "bias"}, {.name = "sync"}}}; }
    std::unique_ptr<FieldKernel> kernel(const Network& net) const override {
        return std::make_unique<OscillatorKernel>(net);
    }
    std::vector<Relaxation> relaxations() const override { return {Relaxation::flow, Relaxation::solve}; }

    void initialise(const Network& net, double gain, const RandomStream& draws,
                    std::span<float> theta) const override {
        EnergyModel::initialise(net, gain, draws, theta);
        for (const auto& block : net.blocks)
            if (block.link < 0 && block.node_parameter == synchronisation)
                std::ranges::fill(theta.subspan(block.first, block.count()), static_cast<float>(sync_));
    }

    // A quarter turn: neither of the two states that couplings and S favour.
    void reset(const Network& net, const RandomStream&, DrawKey, std::span<float> s) const override {
        for (const auto& layer : net.layers) std::fill_n(&s[layer.offset], layer.size, 0.5F * half_turn);
    }

    void check_nudge(const Network& net, const Nudge& nudge) const override {
        if (nudge.frozen)
            throw UserError(fmt::format(
                "a frozen nudge is a constant torque, which turns the outputs '{}' of model 'oscillator' in "
                "circles once it is stronger than their field; the live one, a bias field and a "
                "synchronisation, fits",
                net.output().name));
        refuse_other_laws(nudge, {NudgeLaw::difference}, name()); // bounded, so stable at every beta
    }
    Range target_range(const SpinLayer&) const override { return {-1.0F, 1.0F}; }

    std::vector<LocalTerm> local_terms() const override {
        const auto cosine = [](std::span<const float> s, std::span<float> to) {
            for (std::size_t j = 0; j < s.size(); ++j) to[j] = sine_cosine(s[j]).cosine;
        };
        const auto sine = [](std::span<const float> s, std::span<float> to) {
            for (std::size_t j = 0; j < s.size(); ++j) to[j] = sine_cosine(s[j]).sine;
        };
        return {{.pre = cosine, .post = cosine}, {.pre = sine, .post = sine, .from_inputs = false}};
    }

    void add_node_gradient(const Network& net, std::size_t layer, std::span<const float>,
                           std::span<const float> s, float weight, std::span<float> gradient) const override {
        const auto& h = net.node_block(layer, bias);
        const auto& sync = net.node_block(layer, synchronisation);
        const float* states = s.data() + net.layers[layer].offset;
        for (std::size_t j = 0; j < h.columns; ++j) {
            const float cosine = sine_cosine(states[j]).cosine;
            gradient[h.first + j] -= weight * cosine;
            if (train_sync_) gradient[sync.first + j] -= weight * (cosine * cosine - 0.5F); // ½ cos 2φ
        }
    }

    void observe(std::span<const float> s, std::span<float> o) const override {
        for (std::size_t j = 0; j < s.size(); ++j) o[j] = sine_cosine(s[j]).cosine;
    }

    std::optional<double> mean_abs_sine(const Network& net, std::span<const float> s) const override {
        return mean_abs_sine_of(net, s);
    }

  private:
    double sync_ = 0.0;
    bool train_sync_ = false;
};

} // namespace

std::unique_ptr<EnergyModel> make_oscillator() {
    return std::make_unique<Oscillator>();
}

} // namespace isinglass
