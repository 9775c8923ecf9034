#include "host/learning/pulse_counts.hpp"

#include "host/learning/changed_codes.hpp"

#include <cmath>

namespace isinglass {

namespace {

constexpr float most_pulses = 127.0F;

}

PulseCounts::PulseCounts(const Network& net, double step, std::uint64_t seed)
    : net_(net),
      step_(step),
      draws_(seed, Purpose::coupling_rounding),
      wanted_(net.parameters, 0.0F),
      counts_(net.parameters, 0),
      buffers_(net.blocks.size()) {}

void PulseCounts::decide(Rounding rounding, bool keep, std::uint64_t update, WorkerPool& pool) {
    update_ = update;
    pool.run(net_.blocks.size(), [&](std::size_t b, unsigned) {
        for (std::size_t row = 0; row < net_.blocks[b].rows; ++row) decide_row(b, row, rounding, keep);
        fill(b);
    });
}

void PulseCounts::decide_row(std::size_t block, std::size_t row, Rounding rounding, bool keep) {
    const auto& shape = net_.blocks[block];
    const auto pulse = static_cast<float>(step_ * shape.range);
    const std::size_t first = shape.first + row * shape.columns;
    const std::size_t columns = shape.row_size(row);
    const bool at_random = !keep && rounding == Rounding::stochastic;
    std::vector<float> draws(at_random ? columns : 0);
    if (at_random)
        draws_.uniforms({update_, static_cast<std::uint32_t>(block), static_cast<std::uint32_t>(row)}, draws);
    for (std::size_t j = 0; j < columns; ++j) {
        float& wanted = wanted_[first + j];
        const float exact = wanted / pulse;
        const float whole = keep        ? std::trunc(exact)
                            : at_random ? std::floor(exact + draws[j])
                                        : std::nearbyint(exact);
        const float count = std::clamp(whole, -most_pulses, most_pulses);
        wanted = keep ? wanted - count * pulse : 0.0F;
        counts_[first + j] = static_cast<std::uint8_t>(static_cast<std::int8_t>(count));
    }
}

void PulseCounts::fill(std::size_t block) {
    const auto& shape = net_.blocks[block];
    const std::vector<std::int8_t> none(shape.columns, 0);
    auto& buffer = buffers_[block];
    buffer.resize(shape.rows * most_entry_bytes<std::int8_t>(shape.columns));
    std::size_t bytes = 0;
    for (std::size_t row = 0; row < shape.rows; ++row) {
        const auto* counts = reinterpret_cast<const std::int8_t*>(counts_.data()) + shape.first +
                             row * shape.columns; // NOLINT
        bytes += write_entry<std::int8_t>({counts, shape.row_size(row)}, none.data(), buffer.data() + bytes);
    }
    buffer.resize(bytes);
}

void PulseCounts::reissue(std::span<const std::uint8_t> counts) {
    counts_.assign(counts.begin(), counts.end());
    for (std::size_t b = 0; b < net_.blocks.size(); ++b) fill(b);
}

} // namespace isinglass
