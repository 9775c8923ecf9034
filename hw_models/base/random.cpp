#include "hw_models/base/random.hpp"

#include <Random123/philox.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>

namespace isinglass {

namespace {

constexpr float two_to_minus_23 = 1.1920928955078125e-7F;

// Natural logarithm by exponent extraction and the polynomial of Cephes' logf (Moshier), error below 2e-7
// relative. Written out because a call of std::log does not vectorise and would cost more than the rest of a
// draw.
inline float log_of(float x) {
    const auto bits = std::bit_cast<std::int32_t>(x);
    const std::int32_t exponent = (bits - 0x3f3504f3) >> 23; // mantissa in [√½, √2)
    const float f = std::bit_cast<float>(bits - (exponent << 23)) - 1.0F;
    float p = 7.0376836292e-2F;
    p = p * f - 1.1514610310e-1F;
    p = p * f + 1.1676998740e-1F;
    p = p * f - 1.2420140846e-1F;
    p = p * f + 1.4249322787e-1F;
    p = p * f - 1.6668057665e-1F;
    p = p * f + 2.0000714765e-1F;
    p = p * f - 2.4999993993e-1F;
    p = p * f + 3.3333331174e-1F;
    const float f2 = f * f;
    return f - 0.5F * f2 + p * f * f2 + static_cast<float>(exponent) * 0.693147180559945F;
}

// Both branches of Giles' approximation are evaluated and one is selected, so that the loop vectorises.
inline float normal_quantile(std::uint32_t word) {
    // 2u − 1, centred before the ½ is added: a float cannot hold k + ½ for k from 2^23 on.
    const auto centred = static_cast<std::int32_t>(word >> 8) - (1 << 23);
    const float x = (static_cast<float>(centred) + 0.5F) * two_to_minus_23;
    const float w = -log_of((1.0F - x) * (1.0F + x));
    const float a = w - 2.5F;
    float p = 2.81022636e-08F;
    p = p * a + 3.43273939e-07F;
    p = p * a - 3.5233877e-06F;
    p = p * a - 4.39150654e-06F;
    p = p * a + 0.00021858087F;
    p = p * a - 0.00125372503F;
    p = p * a - 0.00417768164F;
    p = p * a + 0.246640727F;
    p = p * a + 1.50140941F;
    const float b = std::sqrt(w) - 3.0F;
    float q = -0.000200214257F;
    q = q * b + 0.000100950558F;
    q = q * b + 0.00134934322F;
    q = q * b - 0.00367342844F;
    q = q * b + 0.00573950773F;
    q = q * b - 0.0076224613F;
    q = q * b + 0.00943887047F;
    q = q * b + 1.00167406F;
    q = q * b + 2.83297682F;
    return (w < 5.0F ? p : q) * x * 1.41421356F;
}

} // namespace

float normal_from_word(std::uint32_t word) {
    return normal_quantile(word);
}

RandomStream::RandomStream(std::uint64_t seed, Purpose purpose) {
    // Hash seed and purpose into the key, so that neighbouring seeds share nothing.
    const r123::Philox4x32::ctr_type counter{{static_cast<std::uint32_t>(seed),
                                              static_cast<std::uint32_t>(seed >> 32),
                                              static_cast<std::uint32_t>(purpose), 0x1517613aU}};
    const auto hashed = r123::Philox4x32{}(counter, {{0x9e3779b9U, 0x7f4a7c15U}});
    key_ = {hashed[0], hashed[1]};
}

std::array<std::uint32_t, 4> RandomStream::words(DrawKey key, std::uint32_t block) const {
    assert(key.phase < (1U << 8) && key.step < (1U << 24));
    const r123::Philox4x32::ctr_type counter{{block, key.step | (key.phase << 24),
                                              static_cast<std::uint32_t>(key.presentation),
                                              static_cast<std::uint32_t>(key.presentation >> 32)}};
    const auto out = r123::Philox4x32{}(counter, {{key_[0], key_[1]}});
    return {out[0], out[1], out[2], out[3]};
}

void RandomStream::words(DrawKey key, std::span<std::uint32_t> out) const {
    for (std::size_t i = 0; i < out.size(); i += 4) {
        const auto four = words(key, static_cast<std::uint32_t>(i / 4));
        std::copy_n(four.begin(), std::min<std::size_t>(4, out.size() - i),
                    out.begin() + static_cast<std::ptrdiff_t>(i));
    }
}

namespace {

// Applies `map` to the words of `key` in runs that stay in the first-level cache.
template <class Map>
void map_words(const RandomStream& stream, DrawKey key, std::span<float> out, Map map) {
    constexpr std::size_t run = 512;
    alignas(64) std::array<std::uint32_t, run> buffer;
    for (std::size_t start = 0; start < out.size(); start += run) {
        const std::size_t n = std::min(run, out.size() - start);
        for (std::size_t i = 0; i < n; i += 4) {
            const auto four = stream.words(key, static_cast<std::uint32_t>((start + i) / 4));
            std::copy_n(four.begin(), 4, buffer.begin() + static_cast<std::ptrdiff_t>(i));
        }
        float* destination = out.data() + start;
        for (std::size_t i = 0; i < n; ++i) destination[i] = map(buffer[i]);
    }
}

} // namespace

void RandomStream::uniforms(DrawKey key, std::span<float> out) const {
    map_words(*this, key, out, [](std::uint32_t word) {
        return (static_cast<float>(static_cast<std::int32_t>(word >> 9)) + 0.5F) * two_to_minus_23;
    });
}

void RandomStream::gaussians(DrawKey key, std::span<float> out) const {
    map_words(*this, key, out, [](std::uint32_t word) { return normal_quantile(word); });
}

std::uint32_t RandomStream::below(DrawKey key, std::uint32_t index, std::uint32_t bound) const {
    return static_cast<std::uint32_t>((static_cast<std::uint64_t>(words(key, index)[0]) * bound) >> 32);
}

} // namespace isinglass
