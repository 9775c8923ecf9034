#include "hw_models/base/random.hpp"

#include "hw_models/base/philox.hpp"
#include "hw_models/base/wide.hpp"

#include <Random123/philox.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>

namespace isinglass {

namespace {

constexpr float two_to_minus_23 = 1.1920928955078125e-7F;

// Horner's rule, highest coefficient first. Fused: half the instructions, and the same bits in a vector's
// body and its tail. Recursive, since a loop in a loop would not vectorise.
inline float horner(float, float p) {
    return p;
}
template <class... Rest>
inline float horner(float x, float p, float next, Rest... rest) {
    return horner(x, std::fma(p, x, next), rest...);
}

// Natural logarithm by exponent extraction and the polynomial of Cephes' logf (Moshier), error below 2e-7
// relative. Written out because a call of std::log does not vectorise and would cost more than the rest of a
// draw.
inline float log_of(float x) {
    const auto bits = std::bit_cast<std::int32_t>(x);
    const std::int32_t exponent = (bits - 0x3f3504f3) >> 23; // mantissa in [√½, √2)
    const float f = std::bit_cast<float>(bits - (exponent << 23)) - 1.0F;
    const float f2 = f * f;
    const float tail = std::fma(horner(f, 7.0376836292e-2F, -1.1514610310e-1F, 1.1676998740e-1F,
                                       -1.2420140846e-1F, 1.4249322787e-1F, -1.6668057665e-1F,
                                       2.0000714765e-1F, -2.4999993993e-1F, 3.3333331174e-1F) *
                                    f,
                                f2, -0.5F * f2);
    return std::fma(static_cast<float>(exponent), 0.693147180559945F, f + tail);
}

// Giles' approximation: x = 2u − 1 in (−1, 1), and w = −ln(1 − x²), of which one polynomial serves w < 5 and
// another the outer 0.34 %.
constexpr float tail_from = 5.0F;

inline float centred(std::uint32_t word) {
    // Centred before the ½ is added: a float cannot hold k + ½ for k from 2^23 on.
    const auto k = static_cast<std::int32_t>(word >> 8) - (1 << 23);
    return (static_cast<float>(k) + 0.5F) * two_to_minus_23;
}

inline float tail_distance(float x) {
    return -log_of((1.0F - x) * (1.0F + x));
}

inline float central_quantile(float x, float w) {
    return horner(w - 2.5F, 2.81022636e-08F, 3.43273939e-07F, -3.5233877e-06F, -4.39150654e-06F,
                  0.00021858087F, -0.00125372503F, -0.00417768164F, 0.246640727F, 1.50140941F) *
           x * 1.41421356F;
}

inline float tail_quantile(float x, float w) {
    return horner(std::sqrt(w) - 3.0F, -0.000200214257F, 0.000100950558F, 0.00134934322F, -0.00367342844F,
                  0.00573950773F, -0.0076224613F, 0.00943887047F, 1.00167406F, 2.83297682F) *
           x * 1.41421356F;
}

// Normals of words. The outer quantile is computed for those that need it alone: that is every fifth run.
ISINGLASS_WIDE void normals(std::span<const std::uint32_t> words, std::span<float> out) {
    constexpr std::size_t run = 64;
    std::array<float, run> w;
    for (std::size_t start = 0; start < out.size(); start += run) {
        const std::size_t n = std::min(run, out.size() - start);
        int outer = 0;
        for (std::size_t i = 0; i < n; ++i) {
            const float x = centred(words[start + i]);
            w[i] = tail_distance(x);
            out[start + i] = central_quantile(x, w[i]);
        }
        for (std::size_t i = 0; i < n; ++i) outer += w[i] >= tail_from ? 1 : 0;
        if (outer == 0) continue;
        for (std::size_t i = 0; i < n; ++i)
            if (w[i] >= tail_from) out[start + i] = tail_quantile(centred(words[start + i]), w[i]);
    }
}

} // namespace

float normal_from_word(std::uint32_t word) {
    float normal = 0.0F;
    normals(std::span(&word, 1), std::span(&normal, 1));
    return normal;
}

RandomStream::RandomStream(std::uint64_t seed, Purpose purpose) {
    // Hash seed and purpose into the key, so that neighbouring seeds share nothing.
    const r123::Philox4x32::ctr_type counter{{static_cast<std::uint32_t>(seed),
                                              static_cast<std::uint32_t>(seed >> 32),
                                              static_cast<std::uint32_t>(purpose), 0x1517613aU}};
    const auto hashed = r123::Philox4x32{}(counter, {{0x9e3779b9U, 0x7f4a7c15U}});
    key_ = {hashed[0], hashed[1]};
}

namespace {

// The words of a counter behind the block's number.
std::array<std::uint32_t, 3> counter_of(DrawKey key) {
    assert(key.phase < (1U << 8) && key.step < (1U << 24));
    return {key.step | (key.phase << 24), static_cast<std::uint32_t>(key.presentation),
            static_cast<std::uint32_t>(key.presentation >> 32)};
}

} // namespace

std::array<std::uint32_t, 4> RandomStream::words(DrawKey key, std::uint32_t block) const {
    const auto c = counter_of(key);
    const auto out = r123::Philox4x32{}({{block, c[0], c[1], c[2]}}, {{key_[0], key_[1]}});
    return {out[0], out[1], out[2], out[3]};
}

void RandomStream::words(DrawKey key, std::span<std::uint32_t> out) const {
    for (std::size_t i = 0; i < out.size(); i += 4) {
        const auto four = words(key, static_cast<std::uint32_t>(i / 4));
        std::copy_n(four.begin(), std::min<std::size_t>(4, out.size() - i),
                    out.begin() + static_cast<std::ptrdiff_t>(i));
    }
}

// Calls map(words, out) for runs of the key's words that stay in the first-level cache.
template <class Map>
void RandomStream::map_words(DrawKey key, std::span<float> out, Map map) const {
    constexpr std::size_t run = 512;
    static_assert(run % philox_words_at_once == 0);
    alignas(64) std::array<std::uint32_t, run> buffer;
    const auto counter = counter_of(key);
    for (std::size_t start = 0; start < out.size(); start += run) {
        const std::size_t n = std::min(run, out.size() - start);
        for (std::size_t i = 0; i < n; i += philox_words_at_once)
            philox_words(
                static_cast<std::uint32_t>((start + i) / 4), counter, key_,
                std::span<std::uint32_t, philox_words_at_once>(buffer.data() + i, philox_words_at_once));
        map(std::span<const std::uint32_t>(buffer).first(n), out.subspan(start, n));
    }
}

void RandomStream::uniforms(DrawKey key, std::span<float> out) const {
    map_words(key, out, [](std::span<const std::uint32_t> words, std::span<float> values) {
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] =
                (static_cast<float>(static_cast<std::int32_t>(words[i] >> 9)) + 0.5F) * two_to_minus_23;
    });
}

void RandomStream::gaussians(DrawKey key, std::span<float> out) const {
    map_words(key, out, normals);
}

std::uint32_t RandomStream::below(DrawKey key, std::uint32_t index, std::uint32_t bound) const {
    return static_cast<std::uint32_t>((static_cast<std::uint64_t>(words(key, index)[0]) * bound) >> 32);
}

} // namespace isinglass
