// From wanted changes of couplings to pulses for devices that hold the couplings themselves.
#pragma once

#include "host/learning/coupling_codes.hpp"

namespace isinglass {

// Keeps what updates ask for until it makes a whole pulse, and writes buffers of PULSE commands.
// - The host knows the devices' nominal step and nothing of their states.
class PulseCounts {
  public:
    // `step` is that of a pulse over the programmable range.
    PulseCounts(const Network& net, double step, std::uint64_t seed);

    // Changes wanted and not yet sent [Network::parameters], model units; updates add to it.
    [[nodiscard]] std::span<float> wanted() { return wanted_; }
    // Takes whole pulses out of wanted(), at most 127 a coupling: with `keep`, as many as fit, and what is
    // left stays; without, rounded (at random, with draws of `update`, where so asked), and what is left is
    // lost.
    void decide(Rounding rounding, bool keep, std::uint64_t update, WorkerPool& pool);
    // Takes over counts that were decided before, for resuming.
    void reissue(std::span<const std::uint8_t> counts);

    // What PULSE of this block takes, and the number of the update that it is of.
    [[nodiscard]] std::span<const std::uint8_t> buffer(std::size_t block) const { return buffers_[block]; }
    [[nodiscard]] std::uint64_t update() const { return update_; }
    void set_update(std::uint64_t update) { update_ = update; }
    // Counts decided last, a signed byte each [Network::parameters].
    [[nodiscard]] std::span<const std::uint8_t> counts() const { return counts_; }

  private:
    void decide_row(std::size_t block, std::size_t row, Rounding rounding, bool keep);
    void fill(std::size_t block);

    const Network& net_;
    double step_;
    RandomStream draws_;
    std::vector<float> wanted_;
    std::vector<std::uint8_t> counts_;
    std::vector<std::vector<std::uint8_t>> buffers_; // a block
    std::uint64_t update_ = 0;
};

} // namespace isinglass
