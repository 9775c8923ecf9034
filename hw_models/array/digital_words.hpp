// Arithmetic of the digital array: words, rounding, tables and random bits, as its circuits do them.
#pragma once

#include <algorithm>
#include <cstdint>

namespace isinglass {

// x / 2^bits rounded to nearest, halves upwards: an adder and a shift.
constexpr std::int64_t rounded_shift(std::int64_t x, int bits) {
    return bits == 0 ? x : (x + (std::int64_t{1} << (bits - 1))) >> bits;
}

// A positive factor as an integer multiplier and a shift.
inline constexpr int multiplier_shift = 20;
constexpr std::int64_t multiplier(double factor) {
    // NOLINTNEXTLINE(bugprone-incorrect-roundings): std::lround is no constant
    return static_cast<std::int64_t>(factor * (1 << multiplier_shift) + 0.5);
}
constexpr std::int64_t multiplied(std::int64_t x, std::int64_t by) {
    return rounded_shift(x * by, multiplier_shift);
}

// The 32-bit Galois register with taps 32, 22, 2 and 1, of period 2^32 − 1 (Xilinx XAPP052, 1996).
struct Lfsr {
    std::uint32_t state = 1;

    // A word of `bits` fresh bits: one clock each.
    std::uint32_t word(int bits) {
        std::uint32_t out = 0;
        for (int i = 0; i < bits; ++i) {
            const std::uint32_t low = state & 1U;
            out = (out << 1) | low;
            state = (state >> 1) ^ (low != 0 ? 0x80200003U : 0U);
        }
        return out;
    }
};

} // namespace isinglass
