// P-bits on the digital array: every node has a shift register of random bits, which the controller seeds
// when a RELAX starts. A node is +1 where a word of them is below the tabulated probability
//     1 / (1 + exp(−2 I / T)),
// I being the sums of couplings, bias and inputs as a word. Nodes that no coupling joins are decided
// together.
#include "hw_models/array/digital_base.hpp"

namespace isinglass {

namespace {

constexpr int random_bits = 16;
constexpr int table_span_bits = 4; // the table covers 2I/T from −8 to 8

class DigitalPbits final : public DigitalBase {
  public:
    explicit DigitalPbits(const DigitalSite& site)
        : DigitalBase(site),
          annealing_(site.annealing),
          seeds_(site.noise_seed, Purpose::gibbs),
          sets_(independent_sets(net_)),
          registers_(LaneBlock::rows(), std::vector<std::uint32_t>(net_.state_columns)),
          constants_(LaneBlock::rows(), Words(net_.state_columns)),
          state_(net_.state_columns),
          table_(std::size_t{1} << site.spec.lut_address_bits) {
        const double entries = static_cast<double>(table_.size());
        for (std::size_t i = 0; i < table_.size(); ++i) {
            const double z = (static_cast<double>(i) / entries - 0.5) * (1 << table_span_bits);
            table_[i] = static_cast<std::uint32_t>(std::nearbyint((1 << random_bits) / (1.0 + std::exp(-z))));
        }
    }

    void begin(const RelaxPhase& phase) override {
        DigitalBase::begin(phase);
        step_ = 0;
        for (std::size_t r = 0; r < phase.presentations.size(); ++r) {
            seeds_.words({phase.presentations[r], phase.command}, registers_[r]);
            for (auto& seed : registers_[r]) seed |= 1U; // a register of zeros would stay so
        }
    }

  protected:
    // The field of inputs and bias saturates at the range of the bias.
    void take_inputs(std::size_t r, const Words& codes) override {
        std::ranges::fill(constants_[r], 0);
        add_inputs(codes, spec_.unit() / input_top_, constants_[r]);
        add_node_parameter(0, constants_[r]);
        for (std::size_t l = 0; l < net_.layers.size(); ++l) {
            const std::int32_t limit = word(static_cast<float>(net_.node_block(l).range));
            const auto& layer = net_.layers[l];
            for (std::size_t j = layer.offset; j < layer.offset + layer.size; ++j)
                constants_[r][j] = std::clamp(constants_[r][j], -limit, limit);
        }
    }

    void move(std::size_t r, LaneBlock& block) override {
        float* s = block.state.row(r).data();
        const std::int64_t coldness = multiplier(2.0 / annealing_.temperature(phase_, step_));
        for (const auto& nodes : sets_) {
            for (std::size_t j = 0; j < state_.size(); ++j) state_[j] = static_cast<std::int32_t>(s[j]);
            field_ = constants_[r];
            add_spins(state_, spec_.unit(), field_);
            if (phase_.nudge.beta != 0.0) add_nudge(r, block);
            decide(nodes, coldness, r, s);
        }
        if (r + 1 == block.lanes) ++step_;
    }

  private:
    void add_nudge(std::size_t r, const LaneBlock& block) {
        const auto& out = net_.output();
        const float* from = (phase_.nudge.frozen ? block.injected : block.targets).row(r).data();
        for (std::size_t j = 0; j < out.size; ++j) field_[out.offset + j] += nudged(word(from[j]));
    }

    void decide(const NodeSet& nodes, std::int64_t coldness, std::size_t r, float* s) {
        for_each_stretch(net_, nodes.layers, [&](std::size_t, const Stretch& x) {
            for (std::size_t j = x.first; j < x.nodes_end; ++j) {
                if (!nodes.mask.empty() && nodes.mask[j] == 0.0F) continue;
                Lfsr bits{registers_[r][j]};
                const std::uint32_t u = bits.word(random_bits);
                registers_[r][j] = bits.state;
                s[j] = u < probability(multiplied(field_[j], coldness)) ? x.high : x.low;
            }
        });
    }

    // Of a word z = 2I/T.
    [[nodiscard]] std::uint32_t probability(std::int64_t z) const {
        const int dropped = static_cast<int>(spec_.fraction_bits) + table_span_bits -
                            static_cast<int>(spec_.lut_address_bits);
        const auto entries = static_cast<std::int64_t>(table_.size());
        const std::int64_t address =
            (dropped >= 0 ? rounded_shift(z, dropped) : z * (std::int64_t{1} << -dropped)) + entries / 2;
        return table_[static_cast<std::size_t>(std::clamp<std::int64_t>(address, 0, entries - 1))];
    }

    const Annealing annealing_;
    RandomStream seeds_;
    std::vector<NodeSet> sets_;
    std::vector<std::vector<std::uint32_t>> registers_; // of each lane
    std::vector<Words> constants_;
    Words state_, field_;
    std::vector<std::uint32_t> table_;
    std::uint32_t step_ = 0;
};

} // namespace

std::unique_ptr<DigitalRule> make_digital_pbits(const DigitalSite& site) {
    return std::make_unique<DigitalPbits>(site);
}

} // namespace isinglass
