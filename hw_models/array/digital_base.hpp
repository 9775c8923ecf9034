// What the rules of the digital array share: sums over couplings as words, and inputs that are taken over
// once.
#pragma once

#include "hw_models/array/digital_rule.hpp"
#include "hw_models/array/digital_words.hpp"
#include "hw_models/array/state_loops.hpp"

#include <vector>

namespace isinglass {

// All sums are words of unit 1 / DigitalSpec::unit(). Subclasses move one lane after another.
class DigitalBase : public DigitalRule {
  public:
    using Words = std::vector<std::int32_t>;

    explicit DigitalBase(const DigitalSite& site);
    void begin(const RelaxPhase& phase) override;
    void step(const float* values, LaneBlock& block) final;

  protected:
    // Sums that stay while spins move, for lane r and its input codes; called when inputs or couplings are
    // new.
    virtual void take_inputs(std::size_t r, const Words& codes) = 0;
    virtual void move(std::size_t r, LaneBlock& block) = 0;

    // words += features times couplings, each link's sum scaled by its LSB times `unit`, what a feature's 1
    // counts in words. Features of the inputs have [input nodes], those of spins and all words [state
    // columns].
    void add_inputs(const Words& features, double unit, Words& words);
    void add_spins(const Words& features, double unit, Words& words);
    // The same one way, over the links from spins into those layers, and back over the links out of them.
    void add_into(const Words& features, LayerSet layers, Words& words);
    void add_back(const Words& features, LayerSet layers, Words& words);
    // words[j] += the node parameter's value.
    void add_node_parameter(int parameter, Words& words);

    [[nodiscard]] std::int32_t word(float value) const {
        return static_cast<std::int32_t>(std::nearbyint(static_cast<double>(value) * spec_.unit()));
    }
    // round(β · word), β as a multiplier of 1/256.
    [[nodiscard]] std::int32_t nudged(std::int64_t word) const {
        return static_cast<std::int32_t>(rounded_shift(beta_ * word, beta_shift));
    }

    static constexpr int beta_shift = 8;

    const DigitalSpec spec_;
    const Network& net_;
    const CouplingFormat format_;
    const double input_top_;
    RelaxPhase phase_;

  private:
    void add_scaled(std::size_t offset, std::size_t n, double factor, Words& words);

    DigitalProducts products_;
    bool begun_ = false;
    std::int64_t beta_ = 0;
    std::vector<Words> taken_;            // of each lane: its input codes, with
    std::vector<std::uint64_t> taken_at_; // these couplings
    Words codes_, sums_;
};

} // namespace isinglass
