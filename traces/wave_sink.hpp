// The one door through which models emit waveforms.
#pragma once

#include <cstdint>
#include <string_view>

namespace isinglass {

using SignalId = std::uint32_t;

// Receives signals and their changes.
// - Signals are declared once, before the first change; a path uses '/' between scopes
// ("coprocessor/array/h/3/v_V"),
//   its last part is the signal's name and carries the unit.
// - Changes arrive in non-decreasing time (femtoseconds from the start of simulation). Setting a value that
// the
//   signal already has is allowed and writes nothing.
// - A sink never alters what it is told, and no model's result depends on whether a sink listens.
class WaveSink {
  public:
    virtual ~WaveSink() = default;

    virtual SignalId declare_real(std::string_view path, double initial) = 0;
    virtual SignalId declare_bits(std::string_view path, unsigned width, std::uint64_t initial) = 0;
    virtual SignalId declare_text(std::string_view path, std::string_view initial) = 0;

    virtual void real(std::uint64_t time_fs, SignalId signal, double value) = 0;
    virtual void bits(std::uint64_t time_fs, SignalId signal, std::uint64_t value) = 0;
    virtual void text(std::uint64_t time_fs, SignalId signal, std::string_view value) = 0;

    // Opens or closes the window in which changes are written. Outside, values are remembered and not
    // written; at opening every signal's remembered value is written, so that a viewer never shows a stale
    // one.
    virtual void open_window(std::uint64_t time_fs) = 0;
    virtual void close_window(std::uint64_t time_fs) = 0;
};

} // namespace isinglass
