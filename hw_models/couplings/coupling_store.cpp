#include "hw_models/couplings/coupling_store.hpp"

#include "hw_models/base/error.hpp"
#include "hw_models/base/random.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

namespace isinglass {

namespace {

std::uint32_t read_count(const std::uint8_t* p) {
    std::uint32_t count = 0;
    std::memcpy(&count, p, sizeof count);
    return count;
}

// Bits set in a row's bitmap.
std::size_t bits_set(const std::uint8_t* bitmap, std::size_t bytes) {
    std::size_t n = 0;
    for (; bytes >= 8; bitmap += 8, bytes -= 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, bitmap, 8);
        n += static_cast<std::size_t>(std::popcount(word));
    }
    for (; bytes > 0; ++bitmap, --bytes) n += static_cast<std::size_t>(std::popcount(*bitmap));
    return n;
}

// True where a row's bitmap names a column that the row does not have.
bool stray_bits(const std::uint8_t* bitmap, std::size_t columns) {
    return columns % 8 != 0 && (bitmap[columns / 8] >> (columns % 8)) != 0;
}

// True where every code is one of the format's: −top … +top, or a finite number.
template <class Code>
bool codes_exist(std::span<const std::uint8_t> bytes, double top_code) {
    const auto top = static_cast<Code>(
        std::is_floating_point_v<Code> ? double{std::numeric_limits<float>::max()} : top_code);
    using Flag =
        std::conditional_t<std::is_floating_point_v<Code>, std::int32_t, Code>; // as wide: vectorises
    Flag bad = 0;
    for (std::size_t i = 0; i < bytes.size() / sizeof(Code); ++i) {
        Code code;
        std::memcpy(&code, bytes.data() + i * sizeof code, sizeof code);
        bad = static_cast<Flag>(bad | static_cast<Flag>(!((code >= -top) & (code <= top))));
    }
    return bad == 0;
}

bool codes_exist(CouplingFormat format, std::span<const std::uint8_t> bytes) {
    if (!format.bits) return codes_exist<float>(bytes, 0.0);
    return format.bytes() == 1 ? codes_exist<std::int8_t>(bytes, format.top_code())
                               : codes_exist<std::int16_t>(bytes, format.top_code());
}

} // namespace

CouplingStore::CouplingStore(const Network& net, const CouplingSpec& spec, std::uint64_t chip_seed,
                             std::uint64_t noise_seed)
    : net_(net),
      spec_(spec),
      format_(spec.format()),
      values_(net.values + net.backward_offset),
      blocks_(net.blocks.size()) {
    for (std::size_t b = 0; b < blocks_.size(); ++b) {
        const auto& block = net.blocks[b];
        blocks_[b].lsb = format_.lsb(block.range);
        blocks_[b].several = net.cells(block, block.count() - 1).last != block.count();
    }
    if (spec.kind == "pulsed") {
        for (const auto& block : blocks_)
            if (block.several)
                throw UserError(
                    "machine.couplings.kind = \"pulsed\": each device holds a coupling of its own, and a "
                    "number of a convolution has several; valid are other couplings, or other kinds");
        pulsed_.emplace(spec.pulses, chip_seed, noise_seed);
    }
    if (!format_.bits) return;
    if (net.backward_offset > 0) {
        direction_.resize(net.values);
        RandomStream(chip_seed, Purpose::cell_direction).gaussians({}, direction_);
        for (auto& x : direction_) x = 1.0F + static_cast<float>(spec.direction_error) * x;
    }
    if (spec.wire_drop != "none") cells_.resize(net.values);
    if (spec.cells.any()) {
        errors_.emplace(spec.cells, spec.mismatch, chip_seed);
    } else if (spec.mismatch > 0.0) {
        gain_.resize(net.values);
        RandomStream(chip_seed, Purpose::coupling_write).gaussians({}, gain_);
        // A device gone bad is off: none turns the sign of what is written to it.
        for (auto& g : gain_) g = std::max(0.0F, 1.0F + static_cast<float>(spec.mismatch) * g);
    }
    if (!gain_.empty() || errors_ || !cells_.empty()) codes_.resize(net.parameters);
}

double CouplingStore::magnitude(std::size_t block) const {
    const auto& b = blocks_[block];
    return static_cast<double>(b.code_magnitude) * b.lsb + b.value_magnitude;
}

ProgramOutcome CouplingStore::program_all(std::size_t block, std::span<const std::uint8_t> codes,
                                          WorkerPool& pool) {
    const auto& shape = net_.blocks[block];
    if (codes.size() != shape.count() * format_.bytes() || !codes_exist(format_, codes))
        return {.valid = false};
    return {.valid = true, .written = dispatch(block, {}, codes, pool)};
}

std::optional<std::vector<std::size_t>> CouplingStore::row_offsets(std::size_t block,
                                                                   std::span<const std::uint8_t> changes,
                                                                   CouplingFormat format) const {
    const auto& shape = net_.blocks[block];
    std::vector<std::size_t> offsets(shape.rows, no_change);
    std::size_t at = 0;
    for (std::size_t row = 0; row < shape.rows; ++row) {
        if (at + 4 > changes.size()) return std::nullopt;
        const std::size_t count = read_count(changes.data() + at);
        at += 4;
        if (count == 0) continue;
        const std::size_t columns = shape.row_size(row);
        const std::size_t before_codes = bitmap_bytes(columns);
        if (count > columns || at + before_codes + count * format.bytes() > changes.size())
            return std::nullopt;
        offsets[row] = at;
        at += before_codes + count * format.bytes();
    }
    if (at != changes.size()) return std::nullopt;
    return offsets;
}

std::optional<std::vector<std::size_t>> CouplingStore::checked_rows(std::size_t block,
                                                                    std::span<const std::uint8_t> changes,
                                                                    CouplingFormat format,
                                                                    WorkerPool& pool) const {
    auto offsets = row_offsets(block, changes, format);
    if (!offsets) return std::nullopt;
    const auto& shape = net_.blocks[block];
    const auto row_exists = [&](std::size_t row) {
        const std::size_t at = (*offsets)[row];
        if (at == no_change) return true;
        const std::size_t columns = shape.row_size(row);
        const std::size_t before_codes = bitmap_bytes(columns);
        const std::size_t count = read_count(changes.data() + at - 4);
        const std::uint8_t* bitmap = changes.data() + at;
        return bits_set(bitmap, before_codes) == count && !stray_bits(bitmap, columns) &&
               codes_exist(format, changes.subspan(at + before_codes, count * format.bytes()));
    };
    std::vector<std::uint8_t> exist(row_tasks(shape), 1);
    over_rows(shape, pool, [&](std::size_t task, std::size_t first, std::size_t end) {
        for (std::size_t row = first; row < end; ++row)
            if (!row_exists(row)) exist[task] = 0;
    });
    if (std::ranges::find(exist, 0) != exist.end()) return std::nullopt;
    return offsets;
}

ProgramOutcome CouplingStore::program_changed(std::size_t block, std::span<const std::uint8_t> changes,
                                              WorkerPool& pool) {
    const auto offsets = checked_rows(block, changes, format_, pool);
    if (!offsets) return {.valid = false};
    return {.valid = true, .written = dispatch(block, *offsets, changes, pool)};
}

} // namespace isinglass
