// Counter-based random numbers: every draw is a pure function of who asks, so results depend neither on the
// order of evaluation nor on lanes, threads or resume. Philox4x32-10 of Random123 (Salmon et al., SC 2011).
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace isinglass {

// What a draw is for. Numbers are part of the results: never renumber.
enum class Purpose : std::uint32_t {
    dac_mismatch = 1,
    adc_mismatch = 2,
    dac_noise = 3,
    read_noise = 4,
    node_noise = 5,
    coupling_rounding = 6,
    coupling_write = 7,
    initial_couplings = 8,
    sample_order = 9,
    estimator_sign = 10,
    glyph_shape = 11,
    data_split = 12,
    hold_noise = 13,
    initial_state = 14,
    gibbs = 15,
    comparator_noise = 16,
    aperture_jitter = 17,
    cell_write = 18,
    cell_drift = 19,
    cell_stuck = 20,
    cell_direction = 21,
    spin_errors = 22,
    coupling_read = 23,
    readout_weights = 24,
    augmentation = 25,
    pulsed_device = 26,
    pulse_noise = 27,
    test = 99,
};

// Where in a run a draw belongs; together with seed, purpose and index it is the draw's whole identity.
struct DrawKey {
    std::uint64_t presentation =
        0;                   // number of the sample's presentation in the run (or of a chip's component)
    std::uint32_t phase = 0; // position of the command within the sample, below 256
    std::uint32_t step = 0;  // integration step within the command, below 2^24
    bool operator==(const DrawKey&) const = default;
};

class RandomStream {
  public:
    RandomStream(std::uint64_t seed, Purpose purpose);

    // Four independent 32-bit words of counter block `block`.
    [[nodiscard]] std::array<std::uint32_t, 4> words(DrawKey key, std::uint32_t block) const;
    // out[i] = i-th word of this key.
    void words(DrawKey key, std::span<std::uint32_t> out) const;

    // out[i] uniform in (0, 1), i-th of this key.
    void uniforms(DrawKey key, std::span<float> out) const;
    // out[i] standard normal, i-th of this key: inverse of the distribution function (Giles 2010, single
    // precision), exact to 1.1e-6 over all that a word gives, ±5.42.
    void gaussians(DrawKey key, std::span<float> out) const;

    // A uniform integer in [0, bound), bound > 0; bias below bound/2^32.
    [[nodiscard]] std::uint32_t below(DrawKey key, std::uint32_t index, std::uint32_t bound) const;

  private:
    template <class Map>
    void map_words(DrawKey key, std::span<float> out, Map map) const;

    std::array<std::uint32_t, 2> key_;
};

// Standard normal quantile of u = (word >> 8 + ½) / 2^24.
float normal_from_word(std::uint32_t word);

} // namespace isinglass
