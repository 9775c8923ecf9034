// Measurements of waveform files, made while they stream by: memory grows with the signals, not the changes.
#pragma once

#include "traces/approach.hpp"
#include "traces/wave_reader.hpp"

#include <functional>
#include <limits>
#include <map>
#include <optional>

namespace isinglass {

// What is measured of a file.
struct MeasureOptions {
    std::vector<std::string> globs;  // signals; all that make sense, if none
    std::vector<std::string> phases; // all, if none
    std::uint64_t from_fs = 0;
    std::uint64_t to_fs = std::numeric_limits<std::uint64_t>::max();
    std::optional<double> lsb; // in the signals' unit; otherwise that of the file's head, "lsb 0.002 V"
};

// A signal over the whole stretch.
struct SignalStatistics {
    Signal signal;
    std::uint64_t changes = 0;
    double first = 0.0, last = 0.0, low = 0.0, high = 0.0; // of reals and bits
    std::string first_name, last_name;                     // of names
};
std::vector<SignalStatistics> list_signals(const std::filesystem::path& path, const MeasureOptions& options);

// One signal over one stretch in which the spins moved.
struct SpinMeasure {
    std::string_view path;
    std::string_view phase;
    std::uint64_t begin_fs = 0, end_fs = 0;
    Approach approach;
};
// Calls `each` for every real signal (by default "array/*/v_V", "…/phi_rad" and "…/s") and every RELAX of the
// wanted phases; in a file without the signal "command", every stretch of a phase; without "phase", the whole
// file. Settling is to half an LSB. UserError where no LSB is known, or no signal fits.
void measure_spins(const std::filesystem::path& path, const MeasureOptions& options,
                   const std::function<void(const SpinMeasure&)>& each);

// Joules by signal of power ("…/power/adc_W": "adc") and phase ("all" where the file has none).
struct EnergyMeasure {
    std::map<std::string, std::map<std::string, double>> joules;
    std::map<std::string, double> seconds; // by phase
};
EnergyMeasure measure_energy(const std::filesystem::path& path, const MeasureOptions& options);

} // namespace isinglass
