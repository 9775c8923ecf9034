#include "hw_models/array/spin_errors.hpp"

#include "hw_models/array/state_loops.hpp"
#include "hw_models/base/random.hpp"

namespace isinglass {

void SpinSpec::fields(Fields& f) {
    f.quantity(
        {"offset", "standard deviation between nodes of the voltage that one settles at without input"},
        offset_v, Unit::volt, {0.0, 10.0});
    f.number({"gain_error", "standard deviation of what other cells see of a node, relative"}, gain_error,
             {0.0, 1.0});
    f.number({"time_constant_error", "standard deviation of the nodes' time constants, relative"},
             time_constant_error, {0.0, 0.5});
    f.number({"dead", "share of nodes that never leave their reset state"}, dead, {0.0, 1.0});
    f.quantity({"hold_droop", "loss of a held voltage in a microsecond, until it is converted or restored"},
               droop_v_per_us, Unit::volt, {0.0, 1e3});
}

SpinErrors draw_spin_errors(const Network& net, const SpinSpec& spec, double volts_per_unit,
                            std::uint64_t chip_seed) {
    const RandomStream stream(chip_seed, Purpose::spin_errors);
    const std::size_t n = net.state_columns;
    SpinErrors errors{AlignedVector<float>(n), AlignedVector<float>(n), AlignedVector<float>(n)};
    AlignedVector<float> lots(n);
    stream.gaussians({.presentation = 0}, errors.offset);
    stream.gaussians({.presentation = 1}, errors.gain);
    stream.gaussians({.presentation = 2}, errors.rate);
    stream.uniforms({.presentation = 3}, lots);
    for (std::size_t j = 0; j < n; ++j) {
        errors.offset[j] *= static_cast<float>(spec.offset_v / volts_per_unit);
        errors.gain[j] = 1.0F + static_cast<float>(spec.gain_error) * errors.gain[j];
        const float slower = 1.0F + static_cast<float>(spec.time_constant_error) * errors.rate[j];
        errors.rate[j] = lots[j] < static_cast<float>(spec.dead) ? 0.0F : 1.0F / std::max(0.1F, slower);
    }
    std::vector<bool> node(n, false); // padding stays 0
    for (const auto& layer : net.layers)
        std::fill_n(node.begin() + static_cast<std::ptrdiff_t>(layer.offset), layer.size, true);
    for (std::size_t j = 0; j < n; ++j)
        if (!node[j]) errors.offset[j] = 0.0F;
    return errors;
}

namespace {

class Erring final : public FieldKernel {
  public:
    Erring(std::unique_ptr<FieldKernel> ideal, const Network& net, const SpinErrors& errors)
        : ideal_(std::move(ideal)),
          net_(net),
          errors_(errors),
          seen_(LaneBlock::rows(), net.state_columns),
          before_(LaneBlock::rows(), net.state_columns) {}

    void clamp(const float* values, LaneBlock& block) override {
        ideal_->clamp(values, block);
        for (std::size_t r = 0; r < LaneBlock::rows(); ++r) {
            float* constant = block.constant.row(r).data();
            for (std::size_t j = 0; j < net_.state_columns; ++j) constant[j] += errors_.offset[j];
        }
    }

    // What integrators add to −leak·s + constant must make `rate` times the whole of it.
    void field(const float* values, const Nudge& nudge, const LaneBlock& block, const Matrix& s,
               LayerSet layers, Matrix& field) override {
        see(s);
        ideal_->field(values, nudge, block, seen_, layers, field);
        const float* rate = errors_.rate.data();
        for (std::size_t l = 0; l < net_.layers.size(); ++l) {
            if (((layers >> l) & 1U) == 0) continue;
            const auto leak = static_cast<float>(ideal_->leak(l, nudge));
            const auto& layer = net_.layers[l];
            for (std::size_t r = 0; r < block.lanes; ++r) {
                float* f = field.row(r).data();
                const float* c = block.constant.row(r).data();
                const float* own = s.row(r).data();
                for (std::size_t j = layer.offset; j < layer.offset + layer.size; ++j)
                    f[j] = rate[j] * f[j] + (rate[j] - 1.0F) * (c[j] - leak * own[j]);
            }
        }
    }

    double leak(std::size_t layer, const Nudge& nudge) const override { return ideal_->leak(layer, nudge); }
    void add_own(const Matrix& s, Matrix& field) const override { ideal_->add_own(s, field); }

    // Solved among neighbours as they are seen; a dead node and all others keep their own state.
    void solve(const float* values, const Nudge& nudge, LaneBlock& block, const NodeSet& nodes) override {
        before_ = block.state;
        see(before_);
        block.state = seen_;
        ideal_->solve(values, nudge, block, nodes);
        for (std::size_t l = 0; l < net_.layers.size(); ++l) {
            const auto& layer = net_.layers[l];
            const bool in_set = ((nodes.layers >> l) & 1U) != 0;
            for (std::size_t r = 0; r < block.lanes; ++r) {
                float* s = block.state.row(r).data();
                const float* old = before_.row(r).data();
                for (std::size_t j = layer.offset; j < layer.offset + layer.size; ++j) {
                    const bool solved = in_set && errors_.rate[j] != 0.0F;
                    s[j] = solved ? nodes.chosen(j, s[j], old[j]) : old[j];
                }
            }
        }
    }

  private:
    void see(const Matrix& s) {
        for (std::size_t r = 0; r < LaneBlock::rows(); ++r) {
            const float* own = s.row(r).data();
            float* seen = seen_.row(r).data();
            for (std::size_t j = 0; j < net_.state_columns; ++j) seen[j] = errors_.gain[j] * own[j];
        }
    }

    std::unique_ptr<FieldKernel> ideal_;
    const Network& net_;
    const SpinErrors& errors_;
    Matrix seen_;   // states as other cells see them
    Matrix before_; // states before a solution
};

} // namespace

std::unique_ptr<FieldKernel> with_spin_errors(std::unique_ptr<FieldKernel> ideal, const Network& net,
                                              const SpinErrors& errors) {
    return std::make_unique<Erring>(std::move(ideal), net, errors);
}

} // namespace isinglass
