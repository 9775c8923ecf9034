// The programmed couplings of a chip: codes as written, and the values that the cells then have.
#pragma once

#include "hw_models/array/network.hpp"
#include "hw_models/base/aligned.hpp"
#include "hw_models/base/fields.hpp"
#include "hw_models/base/worker_pool.hpp"
#include "hw_models/couplings/cell_errors.hpp"
#include "hw_models/couplings/pulsed_devices.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace isinglass {

// How couplings are written. With bits, a code c in −(2^(bits−1)−1) … +(2^(bits−1)−1) stands for c · range /
// (2^(bits−1)−1), one signed byte up to 8 bits and two (little endian) above; without, the code is the value
// as an IEEE-754 single.
struct CouplingFormat {
    std::optional<int> bits;

    [[nodiscard]] std::size_t bytes() const { return !bits ? 4 : *bits <= 8 ? 1 : 2; }
    [[nodiscard]] double top_code() const { return bits ? std::ldexp(1.0, *bits - 1) - 1.0 : 1.0; }
    [[nodiscard]] double lsb(double range) const { return range / top_code(); }
};

// Coupling cells as a machine file states them.
struct CouplingSpec {
    std::string kind = "codes"; // or "ideal", or "pulsed"
    std::int64_t bits = 8;
    double mismatch = 0.01;
    CellErrorSpec cells;
    PulseSpec pulses;                 // of pulsed devices
    double direction_error = 0.0;     // standard deviation of one direction of a coupling against the other
    std::string wire_drop = "none";   // none, approximate, solved
    double wire_resistance_ohm = 1.0; // of a cell's piece of a row or a column: an assumption
    std::int64_t write_drivers = 64;
    std::int64_t write_cycles = 1;

    void fields(Fields& f);
    [[nodiscard]] CouplingFormat format() const;

    // Of the chip, no parameters: conductance of one model unit (0 where couplings carry no current between
    // their ends), and the longest wires.
    double unit_conductance_s = 0.0;
    std::size_t tile_rows = 1024;
    std::size_t tile_columns = 1024;
};

// What one PROGRAM wrote.
struct ProgramOutcome {
    bool valid = true;         // false: the buffer is not of the stated form; nothing was written
    std::uint64_t written = 0; // cells, or pulses
};

// What writing some numbers came to.
struct WriteTally {
    std::int64_t magnitude = 0; // change of Σ|code| over cells
    std::uint64_t written = 0;  // cells
};

// Bytes of a bitmap in a buffer of changed codes.
constexpr std::size_t bitmap_bytes(std::size_t columns) {
    return (columns + 7) / 8;
}

// Codes and values of all blocks of a network. A number that has several cells crosses the link once; the
// write circuit writes all of them.
//
// A buffer of changed codes holds, for each row of a block, a 32-bit count of changed codes; where it is not
// 0 there follow a bitmap of ceil(n/8) bytes for a row of n codes (bit j%8 of byte j/8 for column j) and the
// changed codes in order.
//
// Pulsed devices take values (their start, by a slow write that this model takes as exact) within their
// bounds, and pulses: a buffer of changed codes that are counts of one signed byte, −127 … 127.
class CouplingStore {
  public:
    // Throws UserError where numbers that have several cells each were to be pulsed devices.
    CouplingStore(const Network& net, const CouplingSpec& spec, std::uint64_t chip_seed,
                  std::uint64_t noise_seed = 0);

    [[nodiscard]] CouplingFormat format() const { return format_; }
    // [Network::values]; with Network::backward_offset, as many of the other direction from there on.
    [[nodiscard]] const float* values() const { return values_.data(); }
    // Lets all cells drift to their values `age_s` after they were written.
    void age(double age_s, WorkerPool& pool);
    // Σ|value| over the cells of a block as programmed, without mismatch, in model units: what bias currents
    // are proportional to.
    [[nodiscard]] double magnitude(std::size_t block) const;

    ProgramOutcome program_all(std::size_t block, std::span<const std::uint8_t> codes, WorkerPool& pool);
    ProgramOutcome program_changed(std::size_t block, std::span<const std::uint8_t> changes,
                                   WorkerPool& pool);
    // Only of pulsed devices; `update` is the key of the pulses' noise.
    ProgramOutcome pulse(std::size_t block, std::span<const std::uint8_t> counts, std::uint64_t update,
                         WorkerPool& pool);

  private:
    static constexpr std::size_t no_change = ~std::size_t{0}; // offset of a row that is not in a buffer
    static constexpr std::size_t rows_per_task = 64;
    static std::size_t row_tasks(const ParameterBlock& block) {
        return (block.rows + rows_per_task - 1) / rows_per_task;
    }
    // f(task, first row, last row + 1) for all rows of a block, on all workers.
    template <class F>
    static void over_rows(const ParameterBlock& block, WorkerPool& pool, F f) {
        pool.run(row_tasks(block), [&](std::size_t task, unsigned) {
            f(task, task * rows_per_task, std::min(block.rows, (task + 1) * rows_per_task));
        });
    }

    struct BlockState {
        double lsb = 1.0;
        bool several = false;            // whether numbers have other than one cell each
        std::int64_t code_magnitude = 0; // Σ|code|
        double value_magnitude = 0.0;    // Σ|value| where there are no codes
    };

    [[nodiscard]] std::int32_t magnitude_of(std::size_t i, float lsb) const;
    // `codes`: from the row's first one to the end of the buffer.
    template <class Code>
    void write_row(std::size_t block, std::size_t row, const std::uint8_t* bitmap,
                   std::span<const std::uint8_t> codes, WriteTally& tally);
    template <class Code>
    std::uint64_t write_rows(std::size_t block, std::span<const std::size_t> offsets,
                             std::span<const std::uint8_t> bytes, WorkerPool& pool);
    std::uint64_t dispatch(std::size_t block, std::span<const std::size_t> offsets,
                           std::span<const std::uint8_t> bytes, WorkerPool& pool);
    // Offset of each row's bitmap in a buffer of changes; nothing where the buffer is not of that form.
    [[nodiscard]] std::optional<std::vector<std::size_t>>
    row_offsets(std::size_t block, std::span<const std::uint8_t> changes, CouplingFormat format) const;
    // … of a buffer whose every code is one of the format's; otherwise nothing.
    [[nodiscard]] std::optional<std::vector<std::size_t>> checked_rows(std::size_t block,
                                                                       std::span<const std::uint8_t> changes,
                                                                       CouplingFormat format,
                                                                       WorkerPool& pool) const;
    std::uint64_t pulse_row(std::size_t block, std::size_t row, const std::uint8_t* entry,
                            std::uint64_t update);
    void sum_ideal(std::size_t block, WorkerPool& pool);
    [[nodiscard]] double weighted_magnitude(const ParameterBlock& shape, std::size_t first,
                                            std::size_t end) const;
    static double plain_magnitude(std::span<const float> values);
    // Value of a cell [Network::values] that holds this code.
    [[nodiscard]] float cell_value(std::size_t block, std::size_t cell, std::int32_t code,
                                   double age_s) const;
    // Gives all cells of number i of a block the values that its code has at this age.
    void set_cells(std::size_t block, std::size_t i, const Network::Cells& cells, double age_s);
    // What follows from the values of a whole block: drops along wires, and the other direction.
    void settle_block(std::size_t block);
    void drop_along_wires(std::size_t block);

    const Network& net_;
    CouplingSpec spec_;
    CouplingFormat format_;
    AlignedVector<float> values_;      // as the array sees them
    AlignedVector<float> cells_;       // as the cells are, where wires make a difference
    AlignedVector<float> gain_;        // 1 + mismatch of each cell, where nothing else errs
    AlignedVector<float> direction_;   // 1 + error of the other direction
    std::optional<CellErrors> errors_; // of devices
    std::optional<PulsedDevices> pulsed_;
    std::vector<std::int16_t> codes_; // where a value does not tell its code
    std::vector<BlockState> blocks_;
};

} // namespace isinglass
