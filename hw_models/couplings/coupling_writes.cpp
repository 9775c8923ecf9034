// The write circuit's side: codes of a buffer into cells, and the sums that bias currents follow from.
#include "hw_models/couplings/coupling_store.hpp"

#include <immintrin.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <numeric>
#include <type_traits>

namespace isinglass {

// |code| that cell i holds. Without mismatch its value tells: codes are scattered, and one miss of the caches
// is better than two.
std::int32_t CouplingStore::magnitude_of(std::size_t i, float lsb) const {
    return codes_.empty() ? static_cast<std::int32_t>(std::lround(std::abs(values_[i]) / lsb))
                          : std::abs(int{codes_[i]});
}

namespace {

// Calls write(column, code) for the codes of a row whose bit is set (for all, without a bitmap). Columns
// whose neighbours are written too come eight at once: write_eight(first column, codes).
template <class Code, class Write, class WriteEight>
void for_each_code(std::size_t columns, const std::uint8_t* bitmap, const std::uint8_t* codes, Write write,
                   WriteEight write_eight) {
    const auto next = [&](std::size_t j) {
        Code code;
        std::memcpy(&code, codes, sizeof code);
        codes += sizeof code;
        write(j, code);
    };
    for (std::size_t first = 0; first < columns; first += 8) {
        const unsigned all = columns - first >= 8 ? 0xFFU : (1U << (columns - first)) - 1U;
        unsigned bits = bitmap == nullptr ? all : bitmap[first / 8];
        if (bits == 0xFFU) {
            write_eight(first, codes);
            codes += 8 * sizeof(Code);
            continue;
        }
        for (; bits != 0; bits &= bits - 1) next(first + static_cast<std::size_t>(__builtin_ctz(bits)));
    }
}

// Cells of a row that each have their gain.
struct PlainCells {
    const float* gains;
    float* values;
    std::int16_t* codes;
    float lsb;
};

// The next eight bytes, of which what lies behind `end` is zero. A copy of as many bytes as are wanted would
// be read while its bytes are still on their way to the cache, and wait for them.
std::uint64_t eight_bytes(const std::uint8_t* from, const std::uint8_t* end) {
    std::uint64_t bytes = 0;
    const auto left = static_cast<std::size_t>(end - from);
    if (left >= sizeof bytes)
        std::memcpy(&bytes, from, sizeof bytes);
    else
        std::memcpy(&bytes, from, left);
    return bytes;
}

// Eight neighbours of which some are written: the others' values come out as they are. Returns by how much
// four sums of |code| change.
__m128i write_eight(const PlainCells& cells, std::size_t first, unsigned bits, std::uint64_t packed) {
    const std::uint64_t chosen = _pdep_u64(bits, 0x0101010101010101U) * 0xFFU;
    const auto wide = [](std::uint64_t eight) {
        return _mm_cvtepi8_epi16(_mm_cvtsi64_si128(static_cast<long long>(eight)));
    };
    auto* held_at = reinterpret_cast<__m128i*>(cells.codes + first); // NOLINT: eight codes
    const __m128i held = _mm_loadu_si128(held_at);
    const __m128i now = _mm_blendv_epi8(held, wide(_pdep_u64(packed, chosen)), wide(chosen));
    _mm_storeu_si128(held_at, now);
    const __m256 exact =
        _mm256_mul_ps(_mm256_set1_ps(cells.lsb), _mm256_cvtepi32_ps(_mm256_cvtepi16_epi32(now)));
    _mm256_storeu_ps(cells.values + first, _mm256_mul_ps(exact, _mm256_loadu_ps(cells.gains + first)));
    const __m128i change = _mm_sub_epi16(_mm_abs_epi16(now), _mm_abs_epi16(held));
    return _mm_madd_epi16(change, _mm_set1_epi16(1));
}

std::int64_t sum_of_four(__m128i sums) {
    sums = _mm_add_epi32(sums, _mm_shuffle_epi32(sums, 0x4E));
    sums = _mm_add_epi32(sums, _mm_shuffle_epi32(sums, 0xB1));
    return _mm_cvtsi128_si32(sums);
}

// A cell each that is off by its gain: the usual chip, and most of the time.
template <class Code>
void write_plain(std::size_t columns, const std::uint8_t* bitmap, std::span<const std::uint8_t> bytes,
                 const PlainCells& cells, WriteTally& tally) {
    const std::uint8_t* codes = bytes.data();
    const std::uint8_t* const end = codes + bytes.size();
    const auto write = [&](std::size_t j, Code code) {
        ++tally.written;
        tally.magnitude += std::abs(int{code}) - std::abs(int{cells.codes[j]});
        cells.codes[j] = static_cast<std::int16_t>(int{code});
        cells.values[j] = cells.lsb * static_cast<float>(code) * cells.gains[j];
    };
    __m128i sums = _mm_setzero_si128();
    for (std::size_t first = 0; first < columns; first += 8) {
        const std::size_t n = std::min<std::size_t>(8, columns - first);
        unsigned bits = bitmap == nullptr ? (1U << n) - 1U : bitmap[first / 8];
        if constexpr (sizeof(Code) == 1)
            if (n == 8) {
                if (bits == 0) continue;
                sums = _mm_add_epi32(sums, write_eight(cells, first, bits, eight_bytes(codes, end)));
                const auto count = static_cast<std::size_t>(std::popcount(bits));
                tally.written += count;
                codes += count;
                continue;
            }
        for (; bits != 0; bits &= bits - 1, codes += sizeof(Code)) {
            Code code;
            std::memcpy(&code, codes, sizeof code);
            write(first + static_cast<std::size_t>(std::countr_zero(bits)), code);
        }
    }
    tally.magnitude += sum_of_four(sums);
}

} // namespace

template <class Code>
void CouplingStore::write_row(std::size_t block, std::size_t row, const std::uint8_t* bitmap,
                              std::span<const std::uint8_t> codes, WriteTally& tally) {
    const auto& shape = net_.blocks[block];
    const auto lsb = static_cast<float>(blocks_[block].lsb);
    const bool several = blocks_[block].several;
    const std::size_t base = shape.first + row * shape.columns;
    const std::size_t columns = shape.row_size(row);
    WriteTally written;
    const auto cells_of = [&](std::size_t i) {
        return several ? net_.cells(shape, i - shape.first) : Network::Cells{0, 1};
    };
    const auto one_by_one = [&](auto write) {
        for_each_code<Code>(columns, bitmap, codes.data(), write,
                            [&](std::size_t first, const std::uint8_t* from) {
                                for (std::size_t k = 0; k < 8; ++k) {
                                    Code code;
                                    std::memcpy(&code, from + k * sizeof code, sizeof code);
                                    write(first + k, code);
                                }
                            });
    };
    if constexpr (std::is_floating_point_v<Code>) {
        if (pulsed_)
            return one_by_one([&](std::size_t j, Code value) {
                const auto [lower, upper] = pulsed_->bounds(base + j);
                const auto range = static_cast<float>(shape.range);
                values_[base + j] = std::clamp(value, lower * range, upper * range);
                ++tally.written;
            });
        for_each_code<Code>(
            columns, bitmap, codes.data(),
            [&](std::size_t j, Code value) {
                written.written += cells_of(base + j).count();
                values_[base + j] = value;
            },
            [&](std::size_t first, const std::uint8_t* from) {
                std::memcpy(values_.data() + base + first, from, 8 * sizeof(Code));
                for (std::size_t k = 0; k < 8; ++k) written.written += cells_of(base + first + k).count();
            });
    } else if (codes_.empty() || several || errors_ || !cells_.empty()) {
        one_by_one([&](std::size_t j, Code code) {
            const std::size_t i = base + j;
            const auto cells = cells_of(i);
            written.written += cells.count();
            written.magnitude +=
                (std::abs(int{code}) - magnitude_of(i, lsb)) * static_cast<std::int64_t>(cells.count());
            if (codes_.empty()) {
                values_[i] = lsb * static_cast<float>(code);
            } else {
                codes_[i] = static_cast<std::int16_t>(int{code});
                set_cells(block, i, cells, 0.0);
            }
        });
    } else { // a cell each that is off by its gain: the usual chip, and most of the time
        write_plain<Code>(columns, bitmap, codes,
                          {gain_.data() + base, values_.data() + base, codes_.data() + base, lsb}, written);
    }
    tally.magnitude += written.magnitude;
    tally.written += written.written;
}

template <class Code>
std::uint64_t CouplingStore::write_rows(std::size_t block, std::span<const std::size_t> offsets,
                                        std::span<const std::uint8_t> bytes, WorkerPool& pool) {
    const auto& shape = net_.blocks[block];
    std::vector<WriteTally> tallies(row_tasks(shape));
    over_rows(shape, pool, [&](std::size_t task, std::size_t first, std::size_t end) {
        for (std::size_t row = first; row < end; ++row) {
            if (offsets.empty()) {
                write_row<Code>(block, row, nullptr, bytes.subspan(row * shape.columns * sizeof(Code)),
                                tallies[task]);
            } else if (offsets[row] != no_change) {
                const std::uint8_t* bitmap = bytes.data() + offsets[row];
                write_row<Code>(block, row, bitmap,
                                bytes.subspan(offsets[row] + bitmap_bytes(shape.row_size(row))),
                                tallies[task]);
            }
        }
    });
    std::uint64_t written = 0;
    for (const auto& tally : tallies) {
        blocks_[block].code_magnitude += tally.magnitude;
        written += tally.written;
    }
    return written;
}

// Returns how many cells were written.
std::uint64_t CouplingStore::dispatch(std::size_t block, std::span<const std::size_t> offsets,
                                      std::span<const std::uint8_t> bytes, WorkerPool& pool) {
    std::uint64_t written = 0;
    if (!format_.bits) {
        written = write_rows<float>(block, offsets, bytes, pool);
        sum_ideal(block, pool);
    } else if (format_.bytes() == 1) {
        written = write_rows<std::int8_t>(block, offsets, bytes, pool);
    } else {
        written = write_rows<std::int16_t>(block, offsets, bytes, pool);
    }
    settle_block(block);
    return written;
}

void CouplingStore::sum_ideal(std::size_t block, WorkerPool& pool) {
    const auto& shape = net_.blocks[block];
    std::vector<double> sums(row_tasks(shape));
    over_rows(shape, pool, [&](std::size_t task, std::size_t first_row, std::size_t end_row) {
        const std::size_t first = first_row * shape.columns;
        const std::size_t end = std::min(shape.count(), end_row * shape.columns);
        sums[task] = blocks_[block].several
                         ? weighted_magnitude(shape, first, end)
                         : plain_magnitude({values_.data() + shape.first + first, end - first});
    });
    blocks_[block].value_magnitude = std::accumulate(sums.begin(), sums.end(), 0.0);
}

// Σ|value| over the cells of the numbers [first, end) of a block.
double CouplingStore::weighted_magnitude(const ParameterBlock& shape, std::size_t first,
                                         std::size_t end) const {
    double sum = 0.0;
    for (std::size_t i = first; i < end; ++i)
        sum += std::abs(static_cast<double>(values_[shape.first + i])) *
               static_cast<double>(net_.cells(shape, i).count());
    return sum;
}

double CouplingStore::plain_magnitude(std::span<const float> values) {
    std::array<double, 8> sums{}; // side by side, since one sum would wait for itself
    const std::size_t whole = values.size() / sums.size() * sums.size();
    for (std::size_t i = 0; i < whole; i += sums.size())
        for (std::size_t k = 0; k < sums.size(); ++k) sums[k] += std::abs(static_cast<double>(values[i + k]));
    for (std::size_t i = whole; i < values.size(); ++i) sums[0] += std::abs(static_cast<double>(values[i]));
    return std::accumulate(sums.begin(), sums.end(), 0.0);
}

} // namespace isinglass
