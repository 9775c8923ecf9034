#include "hw_models/base/philox.hpp"

#include <Random123/philox.h>
#include <immintrin.h>

#include <bit>

namespace isinglass {

namespace {

using Counter = std::array<std::uint32_t, 3>;
using Key = std::array<std::uint32_t, 2>;

// Words are kept one to a 64-bit lane: what a product leaves above is never read. Two independent chains of
// blocks hide the multiplier's latency.
constexpr std::size_t chains = 2;

struct Blocks256 {
    __m256i x0, x1, x2, x3;
};

void store(const Blocks256& b, __m256i* to) {
    constexpr int odd_words = 0xaa;
    const __m256i low = _mm256_blend_epi32(b.x0, _mm256_slli_epi64(b.x1, 32), odd_words);
    const __m256i high = _mm256_blend_epi32(b.x2, _mm256_slli_epi64(b.x3, 32), odd_words);
    const __m256i even = _mm256_unpacklo_epi64(low, high); // blocks 0 and 2
    const __m256i odd = _mm256_unpackhi_epi64(low, high);  // blocks 1 and 3
    _mm256_storeu_si256(to, _mm256_permute2x128_si256(even, odd, 0x20));
    _mm256_storeu_si256(to + 1, _mm256_permute2x128_si256(even, odd, 0x31));
}

// Eight blocks.
void eight_blocks(std::uint32_t first, const Counter& counter, Key key, std::uint32_t* out) {
    const __m256i m0 = _mm256_set1_epi64x(PHILOX_M4x32_0);
    const __m256i m1 = _mm256_set1_epi64x(PHILOX_M4x32_1);
    std::array<Blocks256, chains> fours;
    __m256i block = _mm256_add_epi64(_mm256_set1_epi64x(first), _mm256_setr_epi64x(0, 1, 2, 3));
    for (auto& b : fours) {
        b = {block, _mm256_set1_epi64x(counter[0]), _mm256_set1_epi64x(counter[1]),
             _mm256_set1_epi64x(counter[2])};
        block = _mm256_add_epi64(block, _mm256_set1_epi64x(4));
    }
    for (int round = 0; round < PHILOX4x32_DEFAULT_ROUNDS; ++round) {
        const __m256i k0 = _mm256_set1_epi64x(key[0]);
        const __m256i k1 = _mm256_set1_epi64x(key[1]);
        for (auto& b : fours) {
            const __m256i p0 = _mm256_mul_epu32(m0, b.x0);
            const __m256i p1 = _mm256_mul_epu32(m1, b.x2);
            b.x0 = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(p1, 32), b.x1), k0);
            b.x2 = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(p0, 32), b.x3), k1);
            b.x1 = p1;
            b.x3 = p0;
        }
        key = {key[0] + PHILOX_W32_0, key[1] + PHILOX_W32_1};
    }
    auto* to = reinterpret_cast<__m256i*>(out); // NOLINT: unaligned stores of words
    for (std::size_t i = 0; i < chains; ++i) store(fours[i], to + 2 * i);
}

using Words512 [[gnu::vector_size(64)]] = std::uint64_t;

[[gnu::target("avx512f")]] inline Words512 product(std::uint32_t by, Words512 x) {
    const auto times = reinterpret_cast<__m512i>(Words512{} + by); // NOLINT: of equal form
    const auto product =
        _mm512_maskz_mul_epu32(0xFF, times, reinterpret_cast<__m512i>(x)); // NOLINT: likewise
    return reinterpret_cast<Words512>(product);                            // NOLINT: likewise
}

// Sixteen.
[[gnu::target("avx512f")]] void sixteen_blocks(std::uint32_t first, const Counter& counter, Key key,
                                               std::uint32_t* out) {
    struct Blocks512 {
        Words512 x0, x1, x2, x3;
    };
    std::array<Blocks512, chains> eights;
    Words512 block = Words512{0, 1, 2, 3, 4, 5, 6, 7} + first;
    for (auto& b : eights) {
        b = {block, Words512{} + counter[0], Words512{} + counter[1], Words512{} + counter[2]};
        block += 8;
    }
    for (int round = 0; round < PHILOX4x32_DEFAULT_ROUNDS; ++round) {
        for (auto& b : eights) {
            const Words512 p0 = product(PHILOX_M4x32_0, b.x0);
            const Words512 p1 = product(PHILOX_M4x32_1, b.x2);
            b = {(p1 >> 32) ^ b.x1 ^ key[0], p1, (p0 >> 32) ^ b.x3 ^ key[1], p0};
        }
        key = {key[0] + PHILOX_W32_0, key[1] + PHILOX_W32_1};
    }
    struct Halves {
        __m256i first, second;
    };
    auto* to = reinterpret_cast<__m256i*>(out); // NOLINT: unaligned stores of words
    for (const auto& b : eights) {
        const auto x0 = std::bit_cast<Halves>(b.x0), x1 = std::bit_cast<Halves>(b.x1);
        const auto x2 = std::bit_cast<Halves>(b.x2), x3 = std::bit_cast<Halves>(b.x3);
        store({x0.first, x1.first, x2.first, x3.first}, to);
        store({x0.second, x1.second, x2.second, x3.second}, to + 2);
        to += 4;
    }
}

const bool wide = __builtin_cpu_supports("avx512f") != 0;

} // namespace

void philox_words(std::uint32_t first, const Counter& counter, const Key& key,
                  std::span<std::uint32_t, philox_words_at_once> out) {
    if (wide) return sixteen_blocks(first, counter, key, out.data());
    eight_blocks(first, counter, key, out.data());
    eight_blocks(first + 8, counter, key, out.data() + philox_words_at_once / 2);
}

} // namespace isinglass
