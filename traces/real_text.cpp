#include "traces/real_text.hpp"

#include <array>
#include <bit>
#include <cassert>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace isinglass {
namespace {

constexpr int digits = 16;
constexpr std::uint64_t ten_to_15 = 1'000'000'000'000'000, ten_to_16 = 10 * ten_to_15;
__extension__ typedef unsigned __int128 Wide;

constexpr std::array<std::uint64_t, 20> powers_of_ten = [] {
    std::array<std::uint64_t, 20> powers{1};
    for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = 10 * powers[i - 1];
    return powers;
}();

// m · 2^−shift · 10^k, rounded to nearest, ties to even: exact, since m · 10^k fits in 128 bits.
std::uint64_t scaled(std::uint64_t m, int shift, int k) {
    const Wide product = static_cast<Wide>(m) * powers_of_ten[static_cast<std::size_t>(k)];
    const Wide whole = product >> shift;
    const Wide rest = product - (whole << shift);
    const Wide half = static_cast<Wide>(1) << (shift - 1);
    const bool up = rest > half || (rest == half && (whole & 1) != 0);
    return static_cast<std::uint64_t>(whole) + (up ? 1 : 0);
}

// Eight digits.
void put_eight(std::uint32_t n, char* to) {
    for (int i = 7; i >= 0; --i) {
        to[i] = static_cast<char>('0' + n % 10);
        n /= 10;
    }
}

// How many digits are left without the zeros at the end; the first is none.
int without_zeros(const std::array<char, digits>& all) {
    std::array<std::uint64_t, 2> halves;
    std::memcpy(halves.data(), all.data(), digits);
    constexpr std::uint64_t zeros = 0x3030303030303030;
    const std::uint64_t high = halves[1] ^ zeros; // the last digit is its highest byte
    return high != 0 ? 16 - std::countl_zero(high) / 8 : 8 - std::countl_zero(halves[0] ^ zeros) / 8;
}

std::size_t by_library(double value, char* to) {
    const auto [end, error] =
        std::to_chars(to, to + real_text_size, value, std::chars_format::general, digits);
    assert(error == std::errc());
    return static_cast<std::size_t>(end - to);
}

} // namespace

// Of 1e-4 … 1e4, what nodes and powers are; others go through the library.
std::size_t write_real(double value, char* to) {
    const double size = std::abs(value);
    if (!(size >= 1e-4 && size < 1e4)) return by_library(value, to);
    const auto bits = std::bit_cast<std::uint64_t>(size);
    const std::uint64_t mantissa = (bits & ((std::uint64_t{1} << 52) - 1)) | std::uint64_t{1} << 52;
    const int shift = 1075 - static_cast<int>(bits >> 52); // 39 … 66
    // The decimal exponent: log10(2) = 78913 / 2^18, at most one too small.
    int exponent = (52 - shift) * 78913 >> 18;
    if (exponent < -4) exponent = -4;
    std::uint64_t number = scaled(mantissa, shift, digits - 1 - exponent);
    if (number >= ten_to_16) {
        ++exponent;
        number = scaled(mantissa, shift, digits - 1 - exponent);
        if (number < ten_to_15) number = ten_to_15; // 9.99… rounded up
    }
    std::array<char, digits> all;
    put_eight(static_cast<std::uint32_t>(number / 100'000'000), all.data());
    put_eight(static_cast<std::uint32_t>(number % 100'000'000), all.data() + 8);
    const int count = without_zeros(all);

    // Moves of one size, some beyond the text's end: their lengths change from value to value.
    char* at = to;
    *at = '-';
    at += std::signbit(value) ? 1 : 0;
    const int before = exponent + 1; // digits before the point
    if (before <= 0) {
        std::memcpy(at, "0.000000", 8);
        at += 2 - before;
        std::memcpy(at, all.data(), digits);
        return static_cast<std::size_t>(at + count - to);
    }
    std::memcpy(at, all.data(), 8);
    at += before;
    if (count <= before) return static_cast<std::size_t>(at - to);
    *at++ = '.';
    std::memcpy(at, all.data() + before, 8);
    std::memcpy(at + 8, all.data() + before + 8, static_cast<std::size_t>(8 - before));
    return static_cast<std::size_t>(at + count - before - to);
}

} // namespace isinglass
