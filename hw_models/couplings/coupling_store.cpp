#include "hw_models/couplings/coupling_store.hpp"

#include "hw_models/base/random.hpp"
#include "hw_models/couplings/wire_drop.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <type_traits>

namespace isinglass {

namespace {

const std::vector<std::string> wire_models{"none", "approximate", "solved"};
const std::vector<std::string> coupling_formats{"codes", "ideal"};
constexpr std::size_t no_change = ~std::size_t{0};
constexpr std::size_t rows_per_task = 64;

std::uint32_t read_count(const std::uint8_t* p) {
    std::uint32_t count = 0;
    std::memcpy(&count, p, sizeof count);
    return count;
}

constexpr std::size_t bitmap_bytes(std::size_t columns) {
    return (columns + 7) / 8;
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

void CouplingSpec::fields(Fields& f) {
    f.variant({"kind", "how couplings are written: as signed codes, or ideal (single-precision values)"},
              kind, coupling_formats, [this](const std::string& word, Fields& g) {
                  if (word != "codes") return;
                  g.integer({"bits", "width of a signed code"}, bits, {2, 16});
                  g.number({"mismatch", "standard deviation of a cell's gain, drawn per chip, relative"},
                           mismatch, {0.0, 0.5});
                  cells.fields(g);
                  g.number({"direction_error",
                            "standard deviation of one direction of a coupling against the other, relative"},
                           direction_error, {0.0, 1.0});
                  g.variant(
                      {"wire_drop",
                       "drop of voltage along the wires of a crossbar: none, wires one by one, or solved "
                       "(up to 256 x 256)"},
                      wire_drop, wire_models, [this](const std::string& model, Fields& h) {
                          if (model != "none")
                              h.quantity({"wire_resistance", "of a cell's piece of a row or a column"},
                                         wire_resistance_ohm, Unit::ohm, {1e-6, 1e6});
                      });
              });
    f.integer({"write_drivers", "cells that are written at the same time, over all tiles"}, write_drivers,
              {1, 1 << 20});
    f.integer({"write_cycles", "clock cycles that one write takes"}, write_cycles, {1, 1 << 30});
}

CouplingFormat CouplingSpec::format() const {
    if (kind == "ideal") return {};
    return {static_cast<int>(bits)};
}

CouplingStore::CouplingStore(const Network& net, const CouplingSpec& spec, std::uint64_t chip_seed)
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

float CouplingStore::cell_value(std::size_t block, std::size_t cell, std::int32_t code, double age_s) const {
    if (errors_)
        return static_cast<float>(net_.blocks[block].range *
                                  errors_->value(cell, code, format_.top_code(), age_s));
    const float value = static_cast<float>(blocks_[block].lsb) * static_cast<float>(code);
    return gain_.empty() ? value : value * gain_[cell];
}

void CouplingStore::set_cells(std::size_t block, std::size_t i, const Network::Cells& cells, double age_s) {
    auto& all = cells_.empty() ? values_ : cells_;
    all[i] = cell_value(block, i, codes_[i], age_s);
    if (const auto first = net_.blocks[block].cells_at)
        for (std::size_t at = *first + cells.first; at < *first + cells.last; ++at)
            all[at] = cell_value(block, at, codes_[i], age_s);
}

void CouplingStore::age(double age_s, WorkerPool& pool) {
    if (!errors_) return;
    pool.run(blocks_.size(), [&](std::size_t b, unsigned) {
        const auto& shape = net_.blocks[b];
        for (std::size_t i = 0; i < shape.count(); ++i)
            set_cells(b, shape.first + i, net_.cells(shape, i), age_s);
        settle_block(b);
    });
}

void CouplingStore::settle_block(std::size_t block) {
    const auto& shape = net_.blocks[block];
    if (!cells_.empty()) drop_along_wires(block);
    if (direction_.empty()) return;
    const auto turn = [&](std::size_t first, std::size_t count) {
        for (std::size_t i = first; i < first + count; ++i)
            values_[net_.backward_offset + i] = values_[i] * direction_[i];
    };
    turn(shape.first, shape.count());
    if (shape.cells_at) turn(*shape.cells_at, net_.cells(shape, shape.count() - 1).last);
}

// The devices of each sign lie on wires of their own, one tile's length of them.
void CouplingStore::drop_along_wires(std::size_t block) {
    const auto& shape = net_.blocks[block];
    const float* cells = cells_.data() + shape.first;
    float* values = values_.data() + shape.first;
    std::copy_n(cells, shape.count(), values);
    if (shape.cells_at)
        std::copy_n(cells_.data() + *shape.cells_at, net_.cells(shape, shape.count() - 1).last,
                    values_.data() + *shape.cells_at);
    if (shape.link < 0 || shape.list || blocks_[block].several) return; // no rectangle of cells
    const double wire = spec_.wire_resistance_ohm * spec_.unit_conductance_s;
    std::vector<double> g, effective;
    for (std::size_t r0 = 0; r0 < shape.rows; r0 += spec_.tile_rows)
        for (std::size_t c0 = 0; c0 < shape.columns; c0 += spec_.tile_columns) {
            const std::size_t rows = std::min(spec_.tile_rows, shape.rows - r0);
            const std::size_t columns = std::min(spec_.tile_columns, shape.columns - c0);
            for (const double sign : {1.0, -1.0}) {
                g.assign(rows * columns, 0.0);
                effective.assign(rows * columns, 0.0);
                for (std::size_t k = 0; k < g.size(); ++k)
                    g[k] = std::max(0.0,
                                    sign * static_cast<double>(
                                               cells[(r0 + k / columns) * shape.columns + c0 + k % columns]));
                (spec_.wire_drop == "solved" ? solved_wire_drop : approximate_wire_drop)(g, rows, columns,
                                                                                         wire, effective);
                for (std::size_t k = 0; k < g.size(); ++k)
                    if (g[k] > 0.0)
                        values[(r0 + k / columns) * shape.columns + c0 + k % columns] =
                            static_cast<float>(sign * effective[k]);
            }
        }
}

double CouplingStore::magnitude(std::size_t block) const {
    const auto& b = blocks_[block];
    return static_cast<double>(b.code_magnitude) * b.lsb + b.value_magnitude;
}

// |code| that cell i holds. Without mismatch its value tells: codes are scattered, and one miss of the caches
// is better than two.
std::int32_t CouplingStore::magnitude_of(std::size_t i, float lsb) const {
    return codes_.empty() ? static_cast<std::int32_t>(std::abs(values_[i]) / lsb + 0.5F)
                          : std::abs(int{codes_[i]});
}

// Writes the codes of one row whose bit is set (all, without a bitmap).
template <class Code>
void CouplingStore::write_row(std::size_t block, std::size_t row, const std::uint8_t* bitmap,
                              const std::uint8_t* codes, Tally& tally) {
    const auto& shape = net_.blocks[block];
    const auto lsb = static_cast<float>(blocks_[block].lsb);
    const bool several = blocks_[block].several;
    const std::size_t base = shape.first + row * shape.columns;
    const std::size_t columns = shape.row_size(row);
    Tally row_tally;
    auto write = [&](std::size_t j) {
        Code code;
        std::memcpy(&code, codes, sizeof code);
        codes += sizeof code;
        const std::size_t i = base + j;
        const auto cells = several ? net_.cells(shape, i - shape.first) : Network::Cells{0, 1};
        row_tally.written += cells.count();
        if constexpr (std::is_floating_point_v<Code>) {
            values_[i] = code;
        } else {
            row_tally.magnitude +=
                (std::abs(int{code}) - magnitude_of(i, lsb)) * static_cast<std::int64_t>(cells.count());
            if (codes_.empty()) {
                values_[i] = lsb * static_cast<float>(code);
                return;
            }
            codes_[i] = code;
            set_cells(block, i, cells, 0.0);
        }
    };
    if (bitmap == nullptr) {
        for (std::size_t j = 0; j < columns; ++j) write(j);
    } else {
        for (std::size_t byte = 0; byte * 8 < columns; ++byte)
            for (unsigned bits = bitmap[byte]; bits != 0; bits &= bits - 1)
                write(byte * 8 + static_cast<std::size_t>(__builtin_ctz(bits)));
    }
    tally.magnitude += row_tally.magnitude;
    tally.written += row_tally.written;
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
        sum_ideal(block);
    } else if (format_.bytes() == 1) {
        written = write_rows<std::int8_t>(block, offsets, bytes, pool);
    } else {
        written = write_rows<std::int16_t>(block, offsets, bytes, pool);
    }
    settle_block(block);
    return written;
}

void CouplingStore::sum_ideal(std::size_t block) {
    const auto& shape = net_.blocks[block];
    if (blocks_[block].several) {
        double sum = 0.0;
        for (std::size_t i = 0; i < shape.count(); ++i)
            sum += std::abs(static_cast<double>(values_[shape.first + i])) *
                   static_cast<double>(net_.cells(shape, i).count());
        blocks_[block].value_magnitude = sum;
        return;
    }
    std::array<double, 8> sums{}; // side by side, since one sum would wait for itself
    const float* values = values_.data() + shape.first;
    const std::size_t whole = shape.count() / sums.size() * sums.size();
    for (std::size_t i = 0; i < whole; i += sums.size())
        for (std::size_t k = 0; k < sums.size(); ++k) sums[k] += std::abs(static_cast<double>(values[i + k]));
    for (std::size_t i = whole; i < shape.count(); ++i) sums[0] += std::abs(static_cast<double>(values[i]));
    blocks_[block].value_magnitude = std::accumulate(sums.begin(), sums.end(), 0.0);
}

ProgramOutcome CouplingStore::program_all(std::size_t block, std::span<const std::uint8_t> codes,
                                          WorkerPool& pool) {
    const auto& shape = net_.blocks[block];
    if (codes.size() != shape.count() * format_.bytes() || !codes_exist(format_, codes))
        return {.valid = false};
    return {.valid = true, .written = dispatch(block, {}, codes, pool)};
}

std::optional<std::vector<std::size_t>>
CouplingStore::row_offsets(std::size_t block, std::span<const std::uint8_t> changes) const {
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
        if (count > columns || at + before_codes + count * format_.bytes() > changes.size())
            return std::nullopt;
        const std::uint8_t* bitmap = changes.data() + at;
        if (bits_set(bitmap, before_codes) != count || stray_bits(bitmap, columns)) return std::nullopt;
        if (!codes_exist(format_, changes.subspan(at + before_codes, count * format_.bytes())))
            return std::nullopt;
        offsets[row] = at;
        at += before_codes + count * format_.bytes();
    }
    if (at != changes.size()) return std::nullopt;
    return offsets;
}

ProgramOutcome CouplingStore::program_changed(std::size_t block, std::span<const std::uint8_t> changes,
                                              WorkerPool& pool) {
    const auto offsets = row_offsets(block, changes);
    if (!offsets) return {.valid = false};
    return {.valid = true, .written = dispatch(block, *offsets, changes, pool)};
}

} // namespace isinglass
