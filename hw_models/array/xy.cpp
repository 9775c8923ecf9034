// E = −½ Σ_{i≠j} W_ij cos(φi − φj) − Σ h_i cos(φi − ψi): coupled phases, each with a bias of strength h in
// direction ψ. A clamped line of level x is the phase π(x − ½). Everything is a product with the features
// cos φ and sin φ: couplings and bias make a field (X, Y) at a node, whose energy is −X cos φ − Y sin φ.
#include "hw_models/array/phase_products.hpp"
#include "hw_models/base/error.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace isinglass {

namespace {

constexpr int strength = 0; // node parameter h
constexpr int heading = 1;  // node parameter ψ

// cos and sin of π(x − ½).
SineCosine of_level(float level) {
    const auto [sine, cosine] = sine_cosine(half_turn * level);
    return {.sine = -cosine, .cosine = sine};
}

class XyKernel final : public FieldKernel {
  public:
    explicit XyKernel(const Network& net)
        : net_(net),
          phases_(net),
          input_cosine_(LaneBlock::rows(), net.input_nodes),
          input_sine_(LaneBlock::rows(), net.input_nodes),
          bias_x_(net.state_columns),
          bias_y_(net.state_columns),
          solved_(net.state_columns) {}

    void clamp(const float* values, LaneBlock& block) override {
        for (std::size_t r = 0; r < block.lanes; ++r) {
            const auto levels = block.inputs.row(r);
            for (std::size_t i = 0; i < levels.size(); ++i) {
                const auto [sine, cosine] = of_level(levels[i]);
                input_cosine_.row(r)[i] = cosine;
                input_sine_.row(r)[i] = sine;
            }
        }
        fill_bias(values);
        phases_.set_still(values, bias_x_, bias_y_, input_cosine_, &input_sine_);
    }

    void field(const float* values, const Nudge& nudge, const LaneBlock& block, const Matrix& s,
               LayerSet layers, Matrix& field) override {
        phases_.update(values, s, block.lanes, layers, true);
        for (std::size_t r = 0; r < block.lanes; ++r) {
            const auto at = phases_.row(r);
            float* to = field.row(r).data();
            for_each_stretch(net_, layers, [&](std::size_t l, const Stretch& part) {
                for (std::size_t j = part.first; j < part.end; ++j)
                    to[j] = at.y[j] * at.cosine[j] - at.x[j] * at.sine[j];
                if (nudge.beta != 0.0 && l + 1 == net_.layers.size())
                    add_nudge(nudge, block, r, s.row(r).data() + part.first, to + part.first);
            });
        }
    }

    double leak(std::size_t, const Nudge&) const override { return 0.0; }

    void solve(const float* values, const Nudge& nudge, LaneBlock& block, const NodeSet& nodes) override {
        phases_.update(values, block.state, block.lanes, nodes.layers, false);
        for (std::size_t r = 0; r < block.lanes; ++r) {
            float* s = block.state.row(r).data();
            for_each_stretch(net_, nodes.layers, [&](std::size_t l, const Stretch& part) {
                if (nudge.beta != 0.0 && l + 1 == net_.layers.size())
                    solve_outputs(nudge, block, r);
                else
                    along_field(r, part);
                put(nodes, part, solved_.data(), s);
            });
        }
    }

  private:
    // Fields of the biases, [state columns].
    void fill_bias(const float* values) {
        for (std::size_t l = 0; l < net_.layers.size(); ++l) {
            const auto& layer = net_.layers[l];
            const float* h = values + net_.node_block(l, strength).first;
            const float* psi = values + net_.node_block(l, heading).first;
            for (std::size_t j = 0; j < layer.size; ++j) {
                const auto [sine, cosine] = sine_cosine(psi[j]);
                bias_x_[layer.offset + j] = h[j] * cosine;
                bias_y_[layer.offset + j] = h[j] * sine;
            }
        }
    }

    void add_nudge(const Nudge& nudge, const LaneBlock& block, std::size_t r, const float* s,
                   float* field) const {
        const auto beta = static_cast<float>(nudge.beta);
        const auto targets = nudge.frozen ? block.injected.row(r) : block.targets.row(r);
        for (std::size_t j = 0; j < targets.size(); ++j) {
            const auto [sine, cosine] = sine_cosine(s[j] - targets[j]);
            if (nudge.frozen)
                field[j] += beta * targets[j];
            else if (nudge.law == NudgeLaw::sine)
                field[j] -= beta * sine;
            else
                field[j] -= beta * sine / (1.0F + tangent_softness + cosine);
        }
    }

    // The minimum of −X cos φ − Y sin φ.
    void along_field(std::size_t r, const Stretch& part) {
        const auto at = phases_.row(r);
        for (std::size_t j = part.first; j < part.end; ++j) solved_[j] = direction(at.y[j], at.x[j]);
    }

    void solve_outputs(const Nudge& nudge, const LaneBlock& block, std::size_t r) {
        const auto& out = net_.output();
        const auto beta = static_cast<float>(nudge.beta);
        const float* x = phases_.row(r).x + out.offset;
        const float* y = phases_.row(r).y + out.offset;
        float* solved = solved_.data() + out.offset;
        if (nudge.frozen) return solve_pushed(beta, x, y, block.injected.row(r), solved);
        const auto targets = block.targets.row(r);
        if (nudge.law == NudgeLaw::tangent) return solve_tangent(beta, x, y, targets, solved);
        for (std::size_t j = 0; j < targets.size(); ++j) {
            const auto [sine, cosine] = sine_cosine(targets[j]);
            solved[j] = direction(y[j] + beta * sine, x[j] + beta * cosine);
        }
    }

    // Balance of the field with a constant force; one that no angle balances leaves the node at a right angle
    // to the field, where the field resists most.
    static void solve_pushed(float beta, const float* x, const float* y, std::span<const float> force,
                             float* solved) {
        for (std::size_t j = 0; j < force.size(); ++j) {
            const float size =
                std::max(std::sqrt(x[j] * x[j] + y[j] * y[j]), std::numeric_limits<float>::min());
            const float lead = clamped(beta * force[j] / size, -1.0F, 1.0F);
            solved[j] = wrapped(direction(y[j], x[j]) + direction(lead, std::sqrt(1.0F - lead * lead)));
        }
    }

    // With d = φ − y and the field turned by −y, so that it is (A, B) with B ≥ 0 after a reflection, F' =
    // A sin d − B cos d + β sin d / (1 + ε + cos d) rises through a root between the target and the field's
    // direction δ (the minimum, β > 0), or between δ and π (β < 0).
    static void solve_tangent(float beta, const float* x, const float* y, std::span<const float> targets,
                              float* solved) {
        for (std::size_t first = 0; first < targets.size(); first += Brackets::size) {
            const std::size_t n = std::min(Brackets::size, targets.size() - first);
            Brackets angles{};
            std::array<float, Brackets::size> a{}, b{};
            for (std::size_t j = 0; j < n; ++j) {
                const auto [sine, cosine] = sine_cosine(targets[first + j]);
                a[j] = x[first + j] * cosine + y[first + j] * sine;
                b[j] = y[first + j] * cosine - x[first + j] * sine;
                angles.at[j] = std::abs(direction(b[j], a[j]));
                angles.low[j] = beta > 0.0F ? 0.0F : angles.at[j];
                angles.high[j] = beta > 0.0F ? angles.at[j] : half_turn;
            }
            close_in(angles, [&](std::size_t j, float sine, float cosine) {
                const float whole = 1.0F + tangent_softness;
                const float part = 1.0F / (whole + cosine);
                const float side = std::abs(b[j]);
                return ValueAndDerivative{a[j] * sine - side * cosine + beta * sine * part,
                                          a[j] * cosine + side * sine +
                                              beta * (whole * cosine + 1.0F) * part * part};
            });
            for (std::size_t j = 0; j < n; ++j)
                solved[first + j] = wrapped(targets[first + j] + std::copysign(angles.at[j], b[j]));
        }
    }

    const Network& net_;
    PhaseProducts phases_;
    Matrix input_cosine_, input_sine_;
    AlignedVector<float> bias_x_, bias_y_, solved_; // [state columns]
};

// Couplings that meet in the best connected node of each layer.
std::vector<std::size_t> most_neighbours(const Network& net) {
    std::vector<std::size_t> neighbours(net.state_columns, 0);
    for (const auto& link : net.links)
        link.coupling->for_each([&](std::size_t i, std::size_t j, std::size_t) {
            if (link.from != input_layer) ++neighbours[net.layers[link.from].offset + i];
            ++neighbours[net.layers[link.to].offset + j];
        });
    std::vector<std::size_t> most;
    for (const auto& layer : net.layers)
        most.push_back(*std::max_element(&neighbours[layer.offset], &neighbours[layer.offset] + layer.size));
    return most;
}

class Xy final : public EnergyModel {
  public:
    std::string name() const override { return "xy"; }
    std::string circuit() const override { return "oscillators"; }
    std::vector<Activation> activations() const override {
        return {{.name = "phase", .low = -half_turn, .high = half_turn, .domain = Domain::circle}};
    }
    NetworkNeeds needs() const override {
        return {.node_parameters = {{.name = "strength"},
                                    {.name = "direction", .range = static_cast<double>(half_turn)}}};
    }
    std::unique_ptr<FieldKernel> kernel(const Network& net) const override {
        return std::make_unique<XyKernel>(net);
    }
    std::vector<Relaxation> relaxations() const override { return {Relaxation::flow, Relaxation::solve}; }

    // N(0, gain²/N) where N is the number of nodes that meet: the best connected node of the two layers and
    // all that it is coupled to, clamped ones too, so that fields are of order `gain`; all nodes of an
    // all-to-all network. h = 0, ψ uniform.
    void initialise(const Network& net, double gain, const RandomStream& draws,
                    std::span<float> theta) const override {
        const auto neighbours = most_neighbours(net);
        for (std::size_t b = 0; b < net.blocks.size(); ++b) {
            const auto& block = net.blocks[b];
            const auto values = theta.subspan(block.first, block.count());
            if (block.link < 0) {
                if (block.node_parameter != heading) continue;
                draws.uniforms({b}, values);
                for (auto& psi : values) psi = half_turn * (2.0F * psi - 1.0F);
                continue;
            }
            const auto& link = net.links[block.link];
            std::size_t most = neighbours[link.to];
            if (link.from != input_layer) most = std::max(most, neighbours[link.from]);
            draws.gaussians({b}, values);
            const auto deviation = static_cast<float>(gain / std::sqrt(static_cast<double>(most + 1)));
            for (auto& w : values) w *= deviation;
        }
    }

    void confine(const Network& net, std::size_t block, std::span<float> theta) const override {
        if (net.blocks[block].link >= 0 || net.blocks[block].node_parameter != heading) return;
        for (auto& psi : theta) psi = wrapped(psi);
    }

    // Uniform over the circle.
    void reset(const Network& net, const RandomStream& draws, DrawKey key,
               std::span<float> s) const override {
        draws.uniforms(key, s);
        for_each_stretch(net, all_layers, [&](std::size_t, const Stretch& part) {
            for (std::size_t j = part.first; j < part.end; ++j) s[j] = half_turn * (2.0F * s[j] - 1.0F);
        });
    }

    // Both laws and their costs are bounded, so that there is a minimum at every beta; so are the torques of
    // a frozen nudge.
    void check_nudge(const Network&, const Nudge& nudge) const override {
        if (!nudge.frozen) refuse_other_laws(nudge, {NudgeLaw::sine, NudgeLaw::tangent}, name());
    }

    std::vector<LocalTerm> local_terms() const override {
        const auto each = [](auto feature) {
            return [feature](std::span<const float> from, std::span<float> to) {
                for (std::size_t j = 0; j < from.size(); ++j) to[j] = feature(from[j]);
            };
        };
        const auto cosine = each([](float s) { return sine_cosine(s).cosine; });
        const auto sine = each([](float s) { return sine_cosine(s).sine; });
        return {{.pre = cosine, .post = cosine, .input = each([](float x) { return of_level(x).cosine; })},
                {.pre = sine, .post = sine, .input = each([](float x) { return of_level(x).sine; })}};
    }

    void add_node_gradient(const Network& net, std::size_t layer, std::span<const float> theta,
                           std::span<const float> s, float weight, std::span<float> gradient) const override {
        const auto& h = net.node_block(layer, strength);
        const auto& psi = net.node_block(layer, heading);
        const float* states = s.data() + net.layers[layer].offset;
        for (std::size_t j = 0; j < h.columns; ++j) {
            const auto [sine, cosine] = sine_cosine(states[j] - theta[psi.first + j]);
            gradient[h.first + j] -= weight * cosine;
            gradient[psi.first + j] -= weight * theta[h.first + j] * sine;
        }
    }

    std::optional<double> mean_abs_sine(const Network& net, std::span<const float> s) const override {
        return mean_abs_sine_of(net, s);
    }
};

} // namespace

std::unique_ptr<EnergyModel> make_xy() {
    return std::make_unique<Xy>();
}

} // namespace isinglass
