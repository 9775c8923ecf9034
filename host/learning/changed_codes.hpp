// A row's entry in a buffer of changed codes (form: CouplingStore).
#pragma once

#include <immintrin.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>

namespace isinglass {

// Bytes of an entry, at most.
template <class Code>
constexpr std::size_t most_entry_bytes(std::size_t columns) {
    return 4 + (columns + 7) / 8 + columns * sizeof(Code);
}

namespace changed_codes {

// Whether append_changed() runs here: it takes AVX-512 with VBMI2.
extern const bool wide;

// Writes the bitmap of a row of bytes, and those that differ to `codes`, 64 at a time; returns where the next
// one goes.
std::uint8_t* append_changed(std::span<const std::int8_t> now, const std::int8_t* before,
                             std::uint8_t* bitmap, std::uint8_t* codes);

// Appends those of 32 codes whose bit is set; returns where the next one goes. Eight at a time and without
// branches: about every eighth code changes, and no processor foresees which.
template <class Code>
std::uint8_t* append_chosen(const Code* from, std::uint32_t bits, std::uint8_t* out) {
    for (int eight = 0; eight < 4; ++eight, bits >>= 8) {
        std::uint64_t codes = 0;
        std::memcpy(&codes, from + 8 * eight, 8);
        const std::uint64_t chosen = _pdep_u64(bits & 0xFFU, 0x0101010101010101U) * 0xFFU;
        const std::uint64_t packed = _pext_u64(codes, chosen);
        std::memcpy(out, &packed, 8);
        out += std::popcount(bits & 0xFFU);
    }
    return out;
}

// Codes that are compared in one go: 32 bytes at once for the usual width, since nearly all codes stay.
template <class Code>
constexpr std::size_t at_once = sizeof(Code) == 1 ? 32 : 8;

// Bit j is set where now[j] differs, j < n ≤ at_once.
template <class Code>
std::uint32_t differing(const Code* now, const Code* before, std::size_t n) {
    if constexpr (sizeof(Code) == 1)
        if (n == 32) {
            const auto* a = reinterpret_cast<const __m256i*>(now);    // NOLINT: unaligned loads of bytes
            const auto* b = reinterpret_cast<const __m256i*>(before); // NOLINT: likewise
            return ~static_cast<std::uint32_t>(
                _mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_loadu_si256(a), _mm256_loadu_si256(b))));
        }
    if constexpr (sizeof(Code) == 4)
        if (n == 8)
            return static_cast<std::uint32_t>(_mm256_movemask_ps(
                _mm256_cmp_ps(_mm256_loadu_ps(now), _mm256_loadu_ps(before), _CMP_NEQ_UQ)));
    std::uint32_t bits = 0;
    for (std::size_t j = 0; j < n; ++j) bits |= static_cast<std::uint32_t>(now[j] != before[j]) << j;
    return bits;
}

// Writes the bitmap of a row, and those codes that differ; returns where the next one goes.
template <class Code>
std::uint8_t* append_in_steps(std::span<const Code> now, const Code* before, std::uint8_t* bitmap,
                              std::uint8_t* codes) {
    constexpr std::size_t step = at_once<Code>;
    for (std::size_t j = 0; j < now.size(); j += step) {
        const std::size_t n = std::min(step, now.size() - j);
        std::uint32_t bits = differing(now.data() + j, before + j, n);
        for (std::size_t byte = 0; byte < (n + 7) / 8; ++byte)
            bitmap[j / 8 + byte] = static_cast<std::uint8_t>(bits >> (8 * byte));
        if (std::popcount(bits) == static_cast<int>(step)) { // as of couplings that are no codes
            std::memcpy(codes, now.data() + j, step * sizeof(Code));
            codes += step * sizeof(Code);
            continue;
        }
        if constexpr (sizeof(Code) == 1)
            if (n == step) {
                codes = append_chosen(now.data() + j, bits, codes);
                continue;
            }
        for (; bits != 0; bits &= bits - 1, codes += sizeof(Code))
            std::memcpy(codes, &now[j + static_cast<std::size_t>(std::countr_zero(bits))], sizeof(Code));
    }
    return codes;
}

template <class Code>
std::uint8_t* append(std::span<const Code> now, const Code* before, std::uint8_t* bitmap,
                     std::uint8_t* codes) {
    if constexpr (sizeof(Code) == 1)
        if (wide) return append_changed(now, before, bitmap, codes);
    return append_in_steps(now, before, bitmap, codes);
}

} // namespace changed_codes

// Writes the entry of a row whose codes were `before` and are `now` to `out`; returns its bytes.
template <class Code>
std::size_t write_entry(std::span<const Code> now, const Code* before, std::uint8_t* out) {
    std::uint8_t* bitmap = out + 4;
    std::uint8_t* first_code = bitmap + (now.size() + 7) / 8;
    const std::uint8_t* codes = changed_codes::append(now, before, bitmap, first_code);
    const auto count =
        static_cast<std::uint32_t>(static_cast<std::size_t>(codes - first_code) / sizeof(Code));
    std::memcpy(out, &count, 4);
    return count == 0 ? 4 : static_cast<std::size_t>(codes - out);
}

} // namespace isinglass
