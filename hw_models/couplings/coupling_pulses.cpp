// Devices that hold a coupling themselves and move by pulses.
#include "hw_models/couplings/coupling_store.hpp"

#include <numeric>

namespace isinglass {

// Returns how many pulses there were.
std::uint64_t CouplingStore::pulse_row(std::size_t block, std::size_t row, const std::uint8_t* entry,
                                       std::uint64_t update) {
    const auto& shape = net_.blocks[block];
    const auto range = static_cast<float>(shape.range);
    const std::size_t bytes = bitmap_bytes(shape.row_size(row));
    const auto* count = reinterpret_cast<const std::int8_t*>(entry + bytes); // NOLINT: bytes hold counts
    std::uint64_t pulses = 0;
    for (std::size_t byte = 0; byte < bytes; ++byte)
        for (unsigned bits = entry[byte]; bits != 0; bits &= bits - 1, ++count) {
            const std::size_t column = byte * 8 + static_cast<std::size_t>(__builtin_ctz(bits));
            const std::size_t i = shape.first + row * shape.columns + column;
            values_[i] = range * pulsed_->pulsed(i, values_[i] / range, *count, update);
            pulses += static_cast<std::uint64_t>(std::abs(int{*count}));
        }
    return pulses;
}

ProgramOutcome CouplingStore::pulse(std::size_t block, std::span<const std::uint8_t> counts,
                                    std::uint64_t update, WorkerPool& pool) {
    const auto offsets = checked_rows(block, counts, {.bits = 8}, pool);
    if (!pulsed_ || !offsets) return {.valid = false};
    const auto& shape = net_.blocks[block];
    std::vector<std::uint64_t> pulses(row_tasks(shape), 0);
    over_rows(shape, pool, [&](std::size_t task, std::size_t first, std::size_t end) {
        for (std::size_t row = first; row < end; ++row)
            if ((*offsets)[row] != no_change)
                pulses[task] += pulse_row(block, row, counts.data() + (*offsets)[row], update);
    });
    sum_ideal(block, pool);
    return {.valid = true, .written = std::accumulate(pulses.begin(), pulses.end(), std::uint64_t{0})};
}

} // namespace isinglass
