#include "hw_models/array/energy_model.hpp"
#include "hw_models/base/error.hpp"

#include <fmt/core.h>

#include <cmath>

namespace isinglass {

namespace {

class HopfieldKernel final : public FieldKernel {
  public:
    explicit HopfieldKernel(const Network& net) : net_(net) {
        for (const auto& link : net_.links) {
            const std::size_t pre_stride =
                link.from == input_layer ? padded(net_.inputs) : net_.state_columns;
            kernels_.push_back(link.coupling->kernel(pre_stride, net_.state_columns));
        }
    }

    void clamp(const float* values, LaneBlock& block) override {
        set_biases(values, block);
        for (const auto& part : net_.blocks) {
            if (part.link < 0 || net_.links[part.link].from != input_layer) continue;
            kernels_[part.link]->forward(values + part.first, block.inputs.data(),
                                         block.constant.data() + net_.layers[part.layer].offset, true);
        }
    }

    void field(const float* values, const Nudge& nudge, const LaneBlock& block, const Matrix& s,
               LayerSet layers, Matrix& field) override {
        LayerSet written = 0;
        auto first_write = [&](int layer) {
            const LayerSet bit = LayerSet{1} << layer;
            const bool first = (written & bit) == 0;
            written |= bit;
            return first;
        };
        for (const auto& part : net_.blocks) {
            if (part.link < 0 || net_.links[part.link].from == input_layer) continue;
            const auto& link = net_.links[part.link];
            const std::size_t from = net_.layers[link.from].offset;
            const std::size_t to = net_.layers[link.to].offset;
            if ((layers >> link.to) & 1U)
                kernels_[part.link]->forward(values + part.first, s.data() + from, field.data() + to,
                                             !first_write(link.to));
            if ((layers >> link.from) & 1U)
                kernels_[part.link]->transposed(values + part.first, s.data() + to, field.data() + from,
                                                !first_write(link.from));
        }
        for (std::size_t l = 0; l < net_.layers.size(); ++l)
            if (((layers & ~written) >> l) & 1U) clear(net_.layers[l], field);
        if ((layers >> (net_.layers.size() - 1)) & 1U) add_nudge(nudge, block, field);
    }

    double leak(std::size_t layer, const Nudge& nudge) const override {
        const bool nudged = layer + 1 == net_.layers.size() && !nudge.frozen;
        return nudged ? 1.0 + nudge.beta : 1.0;
    }

  private:
    void set_biases(const float* values, LaneBlock& block) const {
        for (std::size_t l = 0; l < net_.layers.size(); ++l) {
            const auto& layer = net_.layers[l];
            const float* bias = values + net_.bias(l).first;
            for (std::size_t r = 0; r < block.constant.rows(); ++r)
                std::copy_n(bias, layer.size, block.constant.row(r).data() + layer.offset);
        }
    }

    static void clear(const SpinLayer& layer, Matrix& field) {
        for (std::size_t r = 0; r < field.rows(); ++r)
            std::fill_n(field.row(r).data() + layer.offset, layer.size, 0.0F);
    }

    // A live nudge is the current β(y − o): βy here, −βo as leak. A frozen one is β times the injected lines.
    void add_nudge(const Nudge& nudge, const LaneBlock& block, Matrix& field) const {
        if (nudge.beta == 0.0) return;
        const auto& out = net_.output();
        const Matrix& source = nudge.frozen ? block.injected : block.targets;
        const auto gain = static_cast<float>(nudge.beta);
        for (std::size_t r = 0; r < block.lanes; ++r) {
            const float* from = source.row(r).data();
            float* to = field.row(r).data() + out.offset;
            for (std::size_t j = 0; j < out.size; ++j) to[j] += gain * from[j];
        }
    }

    const Network& net_;
    std::vector<std::unique_ptr<CouplingKernel>> kernels_;
};

class Hopfield final : public EnergyModel {
  public:
    std::unique_ptr<FieldKernel> kernel(const Network& net) const override {
        return std::make_unique<HopfieldKernel>(net);
    }
    float reset_value(const SpinLayer&) const override { return 0.0F; }
    std::vector<LocalTerm> local_terms() const override { return {LocalTerm{}}; }

    void check_nudge(const Network& net, double beta) const override {
        const auto& out = net.output();
        if (1.0 + beta > 0.0) return;
        throw UserError(
            fmt::format("a live nudge of beta = {} makes the leak of the outputs '{}' negative (1 + beta = "
                        "{}); valid is beta > -1",
                        beta, out.name, 1.0 + beta));
    }
};

} // namespace

std::unique_ptr<EnergyModel> make_hopfield() {
    return std::make_unique<Hopfield>();
}

} // namespace isinglass
