// Numbers as two bfloat16, hi + lo, for products on matrix units: x·w is taken as hi·hi + lo·hi + hi·lo, one
// sum over three times the terms. What is left out is some 2^-17 of a term.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace isinglass {

inline constexpr std::size_t split_parts = 3; // hi, lo, hi of an operand against hi, hi, lo of a weight

// The bfloat16 next to x, ties to even.
inline float high_part(float x) {
    auto bits = std::bit_cast<std::uint32_t>(x);
    bits += 0x7FFFU + ((bits >> 16U) & 1U);
    return std::bit_cast<float>(bits & 0xFFFF0000U);
}

inline std::uint16_t bfloat16_of(float x) {
    return static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(x) >> 16U);
}

// [count][n] to [count][hi | lo | hi].
inline void split_operand(const float* from, std::size_t count, std::size_t n, std::uint16_t* to) {
    for (std::size_t i = 0; i < count; ++i, from += n, to += split_parts * n)
        for (std::size_t k = 0; k < n; ++k) {
            const float high = high_part(from[k]);
            to[k] = to[2 * n + k] = bfloat16_of(high);
            to[n + k] = bfloat16_of(high_part(from[k] - high));
        }
}

// n numbers to their hi and lo.
inline void split_words(const float* from, std::size_t n, std::uint16_t* high, std::uint16_t* low) {
    for (std::size_t i = 0; i < n; ++i) {
        const float part = high_part(from[i]);
        high[i] = bfloat16_of(part);
        low[i] = bfloat16_of(high_part(from[i] - part));
    }
}

// hi, hi, lo of a weight, `apart` from each other.
inline void put_split_weight(float weight, std::size_t apart, float* to) {
    to[0] = to[apart] = high_part(weight);
    to[2 * apart] = high_part(weight - to[0]);
}

} // namespace isinglass
