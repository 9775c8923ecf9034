// The one door through which models emit waveforms.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace isinglass {

using SignalId = std::uint32_t;

// Receives signals and their changes.
// - Signals are declared once, before the first change; a path uses '/' between scopes
//   ("coprocessor/array/h/3/v_V"), its last part is the signal's name and carries the unit.
// - Changes arrive in non-decreasing time (femtoseconds from the start of simulation). Setting a value that
//   the signal already has is allowed and writes nothing.
// - A sink never alters what it is told, and no model's result depends on whether a sink listens.
class WaveSink {
  public:
    virtual ~WaveSink() = default;

    virtual SignalId declare_real(std::string_view path, double initial) = 0;
    virtual SignalId declare_bits(std::string_view path, unsigned width, std::uint64_t initial) = 0;
    // A signal whose value is one of these words; its bits are the word's index.
    virtual SignalId declare_names(std::string_view path, std::span<const std::string_view> names,
                                   std::uint64_t initial) = 0;

    virtual void real(std::uint64_t time_fs, SignalId signal, double value) = 0;
    virtual void bits(std::uint64_t time_fs, SignalId signal, std::uint64_t value) = 0;

    // A window is a stretch that is worth looking at: a traced sample, or what led to an error. Outside,
    // values are remembered; at opening every signal's remembered value is known, so that a viewer never
    // shows a stale one.
    virtual void open_window(std::uint64_t time_fs) = 0;
    virtual void close_window(std::uint64_t time_fs) = 0;
    // Whether anybody will see what is told now; if not, what is costly to know need not be told.
    [[nodiscard]] virtual bool recording() const = 0;
};

} // namespace isinglass
