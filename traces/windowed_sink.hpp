// What every file writer shares: signals and their remembered values, windows, rounding, "no change, no
// line".
#pragma once

#include "traces/signal.hpp"
#include "traces/wave_sink.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace isinglass {

// A WaveSink for files. A writer adds only its format:
// - write_header comes once, at the first window, with every signal; declaring later is a std::logic_error;
// - a window is begin_values, one write_* for every signal, end_values, then the changes, then end_window;
// - values arrive rounded and differ from the one before; text is one word of printable ASCII.
// Windows start closed. Opening an open window or closing a closed one does nothing.
// A path that is no signal path (traces/signal.hpp) or is declared twice is a std::logic_error.
class WindowedSink : public WaveSink {
  public:
    SignalId declare_real(std::string_view path, double initial) final;
    SignalId declare_bits(std::string_view path, unsigned width, std::uint64_t initial) final;
    SignalId declare_text(std::string_view path, std::string_view initial) final;

    void real(std::uint64_t time_fs, SignalId signal, double value) final;
    void bits(std::uint64_t time_fs, SignalId signal, std::uint64_t value) final;
    void text(std::uint64_t time_fs, SignalId signal, std::string_view value) final;

    void open_window(std::uint64_t time_fs) final;
    void close_window(std::uint64_t time_fs) final;

  protected:
    // resolution: reals are rounded to its multiples (same unit as the signals), none: written as they are.
    // It must be positive and finite, otherwise std::invalid_argument.
    explicit WindowedSink(std::optional<double> resolution);

  private:
    virtual void write_header(std::span<const Signal> signals) = 0;
    virtual void begin_values(std::uint64_t time_fs) = 0;
    virtual void end_values() = 0;
    virtual void end_window(std::uint64_t time_fs) = 0;
    virtual void write_real(std::uint64_t time_fs, SignalId signal, double value) = 0;
    virtual void write_bits(std::uint64_t time_fs, SignalId signal, std::uint64_t value) = 0;
    virtual void write_text(std::uint64_t time_fs, SignalId signal, std::string_view value) = 0;

    SignalId declare(std::string_view path, SignalKind kind, unsigned width, std::uint64_t value);
    double rounded(double value) const;
    bool remember(std::uint64_t time_fs, SignalId signal, std::uint64_t value);
    void advance(std::uint64_t time_fs);
    void write_value(std::uint64_t time_fs, SignalId signal);

    std::optional<double> resolution_;
    std::vector<Signal> signals_;
    std::unordered_set<std::string> paths_;
    std::vector<std::uint64_t> values_; // per signal: a double's bits, the bits, or an index of texts_
    std::vector<std::string> texts_;
    std::uint64_t now_fs_ = 0;
    bool header_written_ = false;
    bool open_ = false;
};

} // namespace isinglass
