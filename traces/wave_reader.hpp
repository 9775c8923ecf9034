// Waveform files read as a stream, of any size: nothing is kept of what was told.
#pragma once

#include "traces/signal.hpp"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace isinglass {

struct WaveFile {
    std::string version;
    std::vector<std::string> lines; // of the head: "seed 1", "lsb 0.002 V" …
    std::uint64_t timescale_fs = 1;
    // Names of texts in a VCD are known as they come: see WaveVisitor::named().
    std::vector<Signal> signals;
};

// What a file tells, in order of time; of several values at one time the last counts. Bits of more than 64
// places and states other than 0 and 1 come as 0.
class WaveVisitor {
  public:
    virtual ~WaveVisitor() = default;
    virtual void begin(const WaveFile& file) = 0;
    // Whether to be told of a signal's changes; asked once, after begin().
    virtual bool wants(SignalId /*signal*/) { return true; }
    // A further name of a signal, with the next index.
    virtual void named(SignalId signal, std::string_view name) = 0;
    // Of a real the bits of the double, of names an index.
    virtual void change(std::uint64_t time_fs, SignalId signal, std::uint64_t value) = 0;
    // Recording stopped, or went on after it had.
    virtual void gap(std::uint64_t time_fs, bool begins) = 0;
    virtual void end(std::uint64_t time_fs) = 0;
};

// VCD or FST, by the file's first bytes; ours and those of other programs. Throws UserError naming the file,
// and of a VCD the line, where it is neither or broken, and InputOutputError where it cannot be read.
void read_waves(const std::filesystem::path& path, WaveVisitor& visitor);

} // namespace isinglass
