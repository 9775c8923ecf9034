// When the commands of a job happen: recurrences between the units that samples pass through, without events.
//
// The rules are those of hw_models/control/README.md, written down a second time: a test compares both.
#pragma once

#include "hw_models/energy/ledger.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace isinglass {

// The machine's rates and depths that a schedule depends on. Durations in femtoseconds.
struct ScheduleRates {
    std::uint64_t clock_fs = 0;
    std::uint64_t latency_fs = 0; // of the link, one way
    double fs_per_byte = 0.0;     // of the link, each way
    std::size_t queue = 1;        // commands before a unit
    std::size_t staging = 1;      // CLAMPs fetched and not yet converted
    std::size_t reads_under_way = 1;
    std::size_t results = 1; // read-outs before the DMA engine
    std::uint64_t sample_cycles = 1;
    bool sample_and_hold = true;

    [[nodiscard]] std::uint64_t transfer_fs(std::size_t bytes) const;
    [[nodiscard]] std::uint64_t edge(std::uint64_t time_fs) const {
        return (time_fs + clock_fs - 1) / clock_fs * clock_fs;
    }
    // A register written by the host; reading one takes twice that.
    [[nodiscard]] std::uint64_t register_write_fs() const { return transfer_fs(4) + latency_fs; }
};

// One command, as far as its time goes.
struct JobStep {
    // program: codes stream in while `cycles` are spent on writing; clamp: the DACs take `cycles`; hold
    // still: the array takes `cycles`; after_adcs: the same, once the ADCs are done; read: the ADCs take
    // `cycles`.
    enum class Kind { program, clamp, array, after_adcs, read, interrupt };
    Kind kind = Kind::array;
    Phase phase = Phase::idle;
    std::size_t bytes = 0;
    std::uint64_t cycles = 0;
    std::uint64_t take_over_cycles = 0; // clamp: that the array takes once the lines have the new levels
};

struct JobTimes {
    std::uint64_t total_fs = 0;                         // from the first register write to the last read
    std::array<std::uint64_t, phase_count> phase_fs{};  // sums to total_fs
    std::array<std::uint64_t, phase_count> biased_fs{}; // of it with currents in the array
    std::uint64_t down_fs = 0, up_fs = 0;               // the link's lanes carry something
    std::uint64_t dac_fs = 0, adc_fs = 0;               // converters at work
    std::uint64_t array_waits_fs = 0;                   // the array stands for codes, lines or converters
    std::uint64_t first_start_fs = 0,
                  first_end_fs = 0; // a job of one sample: latency from its fetch to its read-out
};

// The job of `list`, closing IRQ included, started on a clock edge with all units empty.
JobTimes schedule(const ScheduleRates& rates, const std::vector<JobStep>& list);

} // namespace isinglass
