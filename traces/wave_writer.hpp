// A file format of waveforms, behind one interface; wave_formats() knows all of them by name.
#pragma once

#include "hw_models/base/registry.hpp"
#include "traces/signal.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace isinglass {

// What the head of a file says. There is no date: the same run writes the same bytes.
struct WaveHeader {
    std::string version; // of the program
    std::uint64_t seed = 0;
    std::string configuration_hash;
    std::vector<std::string> notes;     // one line each, for instance "settled values only"
    std::uint64_t timescale_fs = 1'000; // the file's unit of time: a power of ten, 1 fs to 100 s

    // "seed …", "configuration …", then the notes.
    [[nodiscard]] std::vector<std::string> lines() const;
    // "1 ps". std::invalid_argument where the unit is none of those.
    [[nodiscard]] std::string timescale() const;
};

// Writes what a WaveRecorder found worth writing.
// - begin once, before the first window; a window is begin_window with the value of every signal, changes in
//   order of time, end_window. Times are cut down to the file's unit.
// - A value is a word: of a real the bits of the double, of names an index. It differs from the one before.
// - Writing that fails (a full disk) throws an InputOutputError that names the file, at the latest in
//   finish(). A writer destroyed before that closes its file and throws nothing.
class WaveWriter {
  public:
    virtual ~WaveWriter() = default;

    virtual void begin(std::span<const Signal> signals) = 0;
    virtual void begin_window(std::uint64_t time_fs, std::span<const std::uint64_t> values) = 0;
    virtual void change(std::uint64_t time_fs, SignalId signal, std::uint64_t value) = 0;
    virtual void end_window(std::uint64_t time_fs) = 0;
    // A line that could not be known at the head.
    virtual void note(std::string_view line) = 0;
    // Of the file so far: at least what it will have if nothing more comes. settle() writes what a format
    // holds back, at the latest when time moves on; bytes() then knows better.
    virtual std::uint64_t bytes() = 0;
    virtual void settle() {}
    // Completes the file, which is empty without a window. Nothing may come after.
    virtual void finish() = 0;
};

// Makers of writers onto a new file; they throw InputOutputError where it cannot be created. Names are those
// of `--format` and the files' extensions.
using WaveFormats = Registry<std::unique_ptr<WaveWriter>, const std::filesystem::path&, const WaveHeader&>;
const WaveFormats& wave_formats();

} // namespace isinglass
