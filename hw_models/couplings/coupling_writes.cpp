// The write circuit's side: codes of a buffer into cells, and the sums that bias currents follow from.
#include "hw_models/couplings/coupling_store.hpp"

#include <array>
#include <cmath>
#include <cstring>
#include <numeric>
#include <type_traits>

namespace isinglass {

namespace {

constexpr std::size_t rows_per_task = 64;

} // namespace

// |code| that cell i holds. Without mismatch its value tells: codes are scattered, and one miss of the caches
// is better than two.
std::int32_t CouplingStore::magnitude_of(std::size_t i, float lsb) const {
    return codes_.empty() ? static_cast<std::int32_t>(std::abs(values_[i]) / lsb + 0.5F)
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

} // namespace

template <class Code>
void CouplingStore::write_row(std::size_t block, std::size_t row, const std::uint8_t* bitmap,
                              const std::uint8_t* codes, Tally& tally) {
    const auto& shape = net_.blocks[block];
    const auto lsb = static_cast<float>(blocks_[block].lsb);
    const bool several = blocks_[block].several;
    const std::size_t base = shape.first + row * shape.columns;
    const std::size_t columns = shape.row_size(row);
    Tally written;
    const auto cells_of = [&](std::size_t i) {
        return several ? net_.cells(shape, i - shape.first) : Network::Cells{0, 1};
    };
    const auto one_by_one = [&](auto write) {
        for_each_code<Code>(columns, bitmap, codes, write, [&](std::size_t first, const std::uint8_t* from) {
            for (std::size_t k = 0; k < 8; ++k) {
                Code code;
                std::memcpy(&code, from + k * sizeof code, sizeof code);
                write(first + k, code);
            }
        });
    };
    if constexpr (std::is_floating_point_v<Code>) {
        for_each_code<Code>(
            columns, bitmap, codes,
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
                codes_[i] = code;
                set_cells(block, i, cells, 0.0);
            }
        });
    } else { // a cell each that is off by its gain: the usual chip, and most of the time
        const float* gains = gain_.data() + base;
        float* values = values_.data() + base;
        std::int16_t* held = codes_.data() + base;
        one_by_one([&](std::size_t j, Code code) {
            ++written.written;
            written.magnitude += std::abs(int{code}) - std::abs(int{held[j]});
            held[j] = code;
            values[j] = lsb * static_cast<float>(code) * gains[j];
        });
    }
    tally.magnitude += written.magnitude;
    tally.written += written.written;
}

template <class Code>
std::uint64_t CouplingStore::write_rows(std::size_t block, std::span<const std::size_t> offsets,
                                        std::span<const std::uint8_t> bytes, WorkerPool& pool) {
    const auto& shape = net_.blocks[block];
    const std::size_t tasks = (shape.rows + rows_per_task - 1) / rows_per_task;
    std::vector<Tally> tallies(tasks);
    pool.run(tasks, [&](std::size_t task, unsigned) {
        const std::size_t end = std::min(shape.rows, (task + 1) * rows_per_task);
        for (std::size_t row = task * rows_per_task; row < end; ++row) {
            if (offsets.empty()) {
                write_row<Code>(block, row, nullptr, bytes.data() + row * shape.columns * sizeof(Code),
                                tallies[task]);
            } else if (offsets[row] != no_change) {
                const std::uint8_t* bitmap = bytes.data() + offsets[row];
                write_row<Code>(block, row, bitmap, bitmap + bitmap_bytes(shape.row_size(row)),
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
    std::vector<double> sums((shape.rows + rows_per_task - 1) / rows_per_task);
    pool.run(sums.size(), [&](std::size_t task, unsigned) {
        const std::size_t first = task * rows_per_task * shape.columns;
        const std::size_t end = std::min(shape.count(), (task + 1) * rows_per_task * shape.columns);
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
