// E = ½Σ g (v_i − v_j)² − Σ b_i v_i over the edges of a network of resistors, current sources b and diodes:
// the power that it turns into heat, halved, less what its sources bring (content and co-content of Millar,
// 1951). Every input drives two lines, a line and its complement, since no conductance is negative.
#include "hw_models/array/state_loops.hpp"
#include "hw_models/base/error.hpp"

#include <fmt/core.h>

namespace isinglass {

namespace {

// Levels x of the lines to the voltages +gain·x and −gain·x of the nodes that couplings start at.
void drive_lines(float gain, std::span<const float> x, std::span<float> v) {
    const std::size_t n = x.size();
    for (std::size_t i = 0; i < n; ++i) v[i] = gain * x[i];
    for (std::size_t i = 0; i < n; ++i) v[n + i] = -v[i];
}

// argmin of ½·conductance·v² − current·v for low ≤ v ≤ high. Where a negative nudge outweighs the
// conductances that is the end towards which the current drives the node.
inline float node_voltage(float conductance, float current, float low, float high, float before) {
    const float middle = 0.5F * conductance * (low + high);
    const float end = current > middle ? high : current < middle ? low : before;
    const float inside = clamped(current / conductance, low, high);
    return conductance > 0.0F ? inside : end;
}

class ResistiveKernel final : public FieldKernel {
  public:
    ResistiveKernel(const Network& net, float input_gain)
        : net_(net),
          products_(net),
          input_gain_(input_gain),
          lines_(LaneBlock::rows(), net.input_nodes),
          conductance_(net.state_columns),
          between_(net.state_columns),
          largest_(net.layers.size()) {}

    void clamp(const float* values, LaneBlock& block) override {
        products_.begin(block.lanes);
        fill_node_parameter(net_, values, 0, block.constant);
        for (std::size_t r = 0; r < block.lanes; ++r)
            drive_lines(input_gain_, block.inputs.row(r), lines_.row(r));
        products_.add_from_inputs(values, lines_, block.constant);
        sum_conductances(values);
    }

    // The current into a node less that of the leak, so that conductances may differ from node to node. A
    // live nudge is a source of the voltage y behind its conductance.
    void field(const float* values, const Nudge& nudge, const LaneBlock& block, const Matrix& s,
               LayerSet layers, Matrix& field) override {
        products_.between_spins(values, s, layers, field);
        for (std::size_t r = 0; r < block.lanes; ++r) {
            const float* v = s.row(r).data();
            float* n = field.row(r).data();
            for_each_stretch(net_, layers, [&](std::size_t l, const Stretch& x) {
                const float leak = static_cast<float>(this->leak(l, nudge)) -
                                   static_cast<float>(nudge_conductance(net_, l, nudge));
                for (std::size_t j = x.first; j < x.end; ++j) n[j] += (leak - conductance_[j]) * v[j];
            });
        }
        add_difference_nudge(net_, nudge, block, layers, field);
    }

    // The largest sum of a node's conductances, those between spins counted twice: no eigenvalue of the
    // equations of motion is larger (Gershgorin), which keeps steps of any length stable, exponential ones
    // and Euler's of at most 1 / leak. A negative conductance is left to the field.
    double leak(std::size_t layer, const Nudge& nudge) const override {
        return largest_[layer] + std::max(0.0, nudge_conductance(net_, layer, nudge));
    }

    void solve(const float* values, const Nudge& nudge, LaneBlock& block, const NodeSet& nodes) override {
        products_.between_spins(values, block.state, nodes.layers, block.field);
        add_difference_nudge(net_, nudge, block, nodes.layers, block.field);
        for (std::size_t r = 0; r < block.lanes; ++r) {
            const float* c = block.constant.row(r).data();
            const float* n = block.field.row(r).data();
            float* v = block.state.row(r).data();
            for_each_stretch(net_, nodes.layers, [&](std::size_t l, const Stretch& x) {
                const auto nudged = static_cast<float>(nudge_conductance(net_, l, nudge));
                const auto voltage = [&](std::size_t j) {
                    return node_voltage(conductance_[j] + nudged, n[j] + c[j], x.low, x.high, v[j]);
                };
                if (nodes.mask.empty())
                    for (std::size_t j = x.first; j < x.end; ++j) v[j] = voltage(j);
                else
                    for (std::size_t j = x.first; j < x.end; ++j) v[j] = nodes.chosen(j, voltage(j), v[j]);
            });
        }
    }

  private:
    // Per clamp, since couplings may be others by then: one pass over them, little beside the inputs'
    // product.
    void sum_conductances(const float* values) {
        std::ranges::fill(conductance_, 0.0F);
        std::ranges::fill(between_, 0.0F);
        for (const auto& part : net_.blocks) {
            if (part.link < 0) continue;
            const auto& link = net_.links[part.link];
            if (link.from == input_layer)
                link.coupling->add_sums(values + part.first, {}, nodes_of(conductance_, link.to));
            else
                link.coupling->add_sums(values + part.first, nodes_of(between_, link.from),
                                        nodes_of(between_, link.to));
        }
        for (std::size_t j = 0; j < conductance_.size(); ++j) conductance_[j] += between_[j];
        for (std::size_t l = 0; l < net_.layers.size(); ++l) {
            float largest = 0.0F;
            const auto& layer = net_.layers[l];
            for (std::size_t j = layer.offset; j < layer.offset + layer.size; ++j)
                largest = std::max(largest, conductance_[j] + between_[j]);
            largest_[l] = largest;
        }
    }

    std::span<float> nodes_of(AlignedVector<float>& row, int layer) const {
        return std::span<float>(row).subspan(net_.layers[layer].offset, net_.layers[layer].size);
    }

    const Network& net_;
    LinkProducts products_;
    float input_gain_;
    Matrix lines_;                     // voltages of the lines and their complements
    AlignedVector<float> conductance_; // of all couplings of a node
    AlignedVector<float> between_;     // of those to other spins
    std::vector<double> largest_;      // of conductance_ + between_ in each layer
};

class Resistive final : public EnergyModel {
  public:
    void fields(Fields& f) override {
        f.number({"input_gain",
                  "voltage of an input line at full level, model units; its complement has minus "
                  "that"},
                 input_gain_, {1e-3, 1e6});
        f.number({"hidden_range", "largest magnitude of the states of 'diodes', model units"}, hidden_range_,
                 {1e-3, 1e6});
    }
    std::string name() const override { return "resistive"; }
    std::string circuit() const override { return "crossbar"; }

    std::vector<Activation> activations() const override {
        const auto range = static_cast<float>(hidden_range_);
        return {{.name = "diodes", .low = -range, .high = range, .domain = Domain::diodes},
                {.name = "linear", .low = -1.0F, .high = 2.0F}};
    }
    NetworkNeeds needs() const override { return {.nodes_per_input = 2}; }

    // The half of the draws that would be negative is 0.
    void initialise(const Network& net, double gain, const RandomStream& draws,
                    std::span<float> theta) const override {
        EnergyModel::initialise(net, gain, draws, theta);
        for (std::size_t b = 0; b < net.blocks.size(); ++b)
            confine(net, b, theta.subspan(net.blocks[b].first, net.blocks[b].count()));
    }
    void confine(const Network& net, std::size_t block, std::span<float> values) const override {
        if (net.blocks[block].link < 0) return; // currents have a sign
        for (auto& g : values) g = std::max(g, 0.0F);
    }

    std::unique_ptr<FieldKernel> kernel(const Network& net) const override {
        return std::make_unique<ResistiveKernel>(net, static_cast<float>(input_gain_));
    }
    std::vector<Relaxation> relaxations() const override { return {Relaxation::flow, Relaxation::solve}; }

    // ½(v_i − v_j)²; of an input line, ½v_i² is the same in every phase.
    std::vector<LocalTerm> local_terms() const override {
        const auto drive = [gain = static_cast<float>(input_gain_)](
                               std::span<const float> x, std::span<float> v) { drive_lines(gain, x, v); };
        const auto square = [](std::span<const float> v, std::span<float> squares) {
            for (std::size_t j = 0; j < v.size(); ++j) squares[j] = v[j] * v[j];
        };
        return {{.coefficient = -1.0, .input = drive},
                {.coefficient = 0.5, .pre = square, .post_is_one = true},
                {.coefficient = 0.5, .post = square, .pre_is_one = true}};
    }

    // What is programmed is not known yet; what could be is. Outputs whose conductances turn out to be less
    // than −β go to the end of their range that the rest drives them to, in a kernel's solve() and field().
    void check_nudge(const Network& net, const Nudge& nudge) const override {
        if (nudge.frozen) return;
        refuse_other_laws(nudge, {NudgeLaw::difference}, name());
        const double most = most_conductance(net);
        if (nudge.beta > -most) return;
        throw UserError(
            fmt::format("a live nudge of beta = {} is a negative conductance that outweighs all "
                        "{:.6g} that the couplings to an output of '{}' can have; valid is beta > "
                        "-{:.6g}",
                        nudge.beta, most, net.output().name, most));
    }

  private:
    static double most_conductance(const Network& net) {
        const auto out = static_cast<int>(net.layers.size()) - 1;
        double sum = 0.0;
        for (const auto& block : net.blocks) {
            if (block.link < 0) continue;
            const auto& link = net.links[block.link];
            if (link.to == out) sum += block.range * static_cast<double>(link.coupling->fan_in());
            if (link.from == out) sum += block.range * static_cast<double>(link.coupling->post_size());
        }
        return sum;
    }

    double input_gain_ = 100.0;
    double hidden_range_ = 16.0;
};

} // namespace

std::unique_ptr<EnergyModel> make_resistive() {
    return std::make_unique<Resistive>();
}

} // namespace isinglass
