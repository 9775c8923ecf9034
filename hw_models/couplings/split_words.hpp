// Numbers as two bfloat16, hi + lo, for products on matrix units: x·w is taken as hi·hi + lo·hi + hi·lo. What
// is left out is some 2^-17 of a term.
#pragma once

#include "hw_models/base/aligned.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>

namespace isinglass {

using Words = AlignedVector<std::uint16_t>;

// The bfloat16 next to x, ties to even.
inline float high_part(float x) {
    auto bits = std::bit_cast<std::uint32_t>(x);
    bits += 0x7FFFU + ((bits >> 16U) & 1U);
    return std::bit_cast<float>(bits & 0xFFFF0000U);
}

inline std::uint16_t bfloat16_of(float x) {
    return static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(x) >> 16U);
}

// n numbers to their hi and lo.
inline void split_words(const float* from, std::size_t n, std::uint16_t* high, std::uint16_t* low) {
    for (std::size_t i = 0; i < n; ++i) {
        const float part = high_part(from[i]);
        high[i] = bfloat16_of(part);
        low[i] = bfloat16_of(high_part(from[i] - part));
    }
}

} // namespace isinglass
