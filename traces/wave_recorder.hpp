// Decides what of all that models tell becomes part of a waveform file, and hands it to the writers.
#pragma once

#include "traces/wave_history.hpp"
#include "traces/wave_sink.hpp"
#include "traces/wave_writer.hpp"

#include <optional>
#include <unordered_set>

namespace isinglass {

// Reals of a unit are rounded to multiples of `step`, in that unit.
struct Resolution {
    std::string unit; // as unit_of() says: "V"
    double step;      // positive and finite
};

struct RecorderOptions {
    std::vector<std::string> globs;      // signals to keep, see matches(); all, without any
    std::vector<std::string> also;       // and that match one of these as well, if there are any
    std::vector<Resolution> resolutions; // other reals are kept as they are
    std::uint64_t decimate_fs = 0;       // reals change at multiples of this only; 0: whenever they change
    std::uint64_t before_fs = 0;         // what comes before a window and belongs to it
    std::uint64_t after_fs = 0;          // likewise after
    std::vector<std::string> phases; // only while the signal "…/phase" has one of these; always, if none
    std::optional<std::uint64_t> limit_bytes; // of each file; beyond it nothing more is written
};

// A moment at which the signal "…/phase" took a value, in a window.
struct PhaseChange {
    std::uint64_t time_fs;
    std::string name;
};

// - Windows start closed. Opening an open window or closing a closed one does nothing.
// - A path that is no signal path (traces/signal.hpp) or is declared twice, and declaring after the first
//   window opened, is a std::logic_error; a resolution that is not positive std::invalid_argument.
// - Memory does not grow with the number of changes; what came before a window is kept for `before_fs`, and
//   at most a million changes of it.
class WaveRecorder final : public WaveSink {
  public:
    WaveRecorder(std::vector<std::unique_ptr<WaveWriter>> writers, RecorderOptions options);

    SignalId declare_real(std::string_view path, double initial) override;
    SignalId declare_bits(std::string_view path, unsigned width, std::uint64_t initial) override;
    SignalId declare_names(std::string_view path, std::span<const std::string_view> names,
                           std::uint64_t initial) override;
    void real(std::uint64_t time_fs, SignalId signal, double value) override;
    void bits(std::uint64_t time_fs, SignalId signal, std::uint64_t value) override;
    void open_window(std::uint64_t time_fs) override;
    void close_window(std::uint64_t time_fs) override;
    [[nodiscard]] bool recording() const override { return recording_; }

    // Ends what is open at the last time told of and completes the files. Throws InputOutputError.
    void finish();

    [[nodiscard]] std::span<const Signal> signals() const { return signals_; }
    // Globs that no signal declared so far matches.
    [[nodiscard]] std::vector<std::string> unmatched_globs() const;
    // Stretches written, and the time of their first and last moment.
    [[nodiscard]] std::size_t windows() const { return windows_; }
    [[nodiscard]] std::uint64_t begin_fs() const { return begin_fs_; }
    [[nodiscard]] std::uint64_t end_fs() const { return end_fs_; }
    [[nodiscard]] std::uint64_t first_end_fs() const { return first_end_fs_; } // of the first stretch
    [[nodiscard]] std::span<const PhaseChange> phase_changes() const { return phase_changes_; } // the first
    // When the limit of size was reached.
    [[nodiscard]] std::optional<std::uint64_t> stopped_fs() const { return stopped_fs_; }
    [[nodiscard]] std::uint64_t changes() const { return changes_; }

  private:
    SignalId declare(Signal signal, std::uint64_t value);
    void set(std::uint64_t time_fs, SignalId signal, std::uint64_t value);
    void advance(std::uint64_t time_fs);
    void emit(std::uint64_t time_fs, SignalId signal, std::uint64_t value);
    void flush_decimated(std::uint64_t time_fs);
    void update(std::uint64_t time_fs);
    void start(std::uint64_t time_fs);
    void stop(std::uint64_t time_fs);
    void check_size(std::uint64_t time_fs);
    void note_phase(std::uint64_t time_fs, std::uint64_t value);

    std::vector<std::unique_ptr<WaveWriter>> writers_;
    RecorderOptions options_;
    std::vector<Signal> signals_;
    std::unordered_set<std::string> paths_;
    std::vector<double> steps_;         // per signal: resolution, or 0
    std::vector<std::uint64_t> values_; // per signal, the last one told
    std::vector<std::uint64_t> past_;   // per signal, as it was when a window began
    WaveHistory history_;
    std::vector<SignalId> pending_; // decimated reals that changed since the last multiple
    std::vector<bool> is_pending_;
    std::optional<SignalId> phase_; // the signal of that name, kept or not
    std::uint64_t phase_value_ = 0;
    std::vector<bool> phase_wanted_; // per name of it
    std::vector<std::string> phase_names_;
    std::vector<PhaseChange> phase_changes_;
    std::uint64_t now_fs_ = 0, grid_fs_ = 0;
    std::uint64_t begin_fs_ = 0, end_fs_ = 0, first_end_fs_ = 0;
    std::optional<std::uint64_t> draining_until_; // the window is over, what comes after is not yet
    std::optional<std::uint64_t> stopped_fs_;
    std::optional<std::uint64_t> settled_fs_; // writers were asked to settle at that time
    std::uint64_t changes_ = 0;
    std::size_t windows_ = 0;
    bool begun_ = false, told_open_ = false, recording_ = false;
};

} // namespace isinglass
