// What a viewer shows when it opens a waveform file; gtkw.hpp and surfer.hpp write it for two of them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace isinglass {

// Interpolated rows suit reals that move all the time: a value that is held has no line in the dump until it
// changes, and GTKWave would draw a ramp where analog_step draws the hold.
enum class RowKind { analog_interpolated, analog_step, hexadecimal, decimal, names };

struct ViewRow {
    std::string path; // as declared in the WaveSink, parts joined by '/'
    RowKind kind;
    unsigned width = 1; // of bits: a vector's range is part of its name
};

struct ViewGroup {
    std::string name;
    std::vector<ViewRow> rows;
    int color = 0; // 1 to 7: red, orange, yellow, green, blue, indigo, violet; 0: the viewer's own
};

struct ViewMarker {
    std::uint64_t time_fs;
    std::string name;
};

struct WaveView {
    std::filesystem::path dump;         // VCD or FST
    bool enumerations = false;          // names are enumerated bits (FST), not texts (VCD)
    std::uint64_t timescale_fs = 1'000; // the dump's unit of time
    std::uint64_t begin_fs = 0;         // the stretch that the window shows at first
    std::uint64_t end_fs = 0;           // not before begin_fs
    std::vector<ViewGroup> groups;
    std::vector<ViewMarker> markers;
};

} // namespace isinglass
