// GTKWave save files: a dump opens with its signals chosen, grouped and drawn as what they are.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace isinglass {

// Interpolated rows suit reals that move all the time: a value that is held has no line in the dump until it
// changes, and GTKWave would draw a ramp where analog_step draws the hold.
enum class RowKind { analog_interpolated, analog_step, hexadecimal, text };

struct GtkwRow {
    std::string path; // as declared in the WaveSink, parts joined by '/'
    RowKind kind;
    unsigned width = 1; // of bits: a vector's range is part of its name
};

struct GtkwGroup {
    std::string name;
    std::vector<GtkwRow> rows;
};

struct GtkwMarker {
    std::uint64_t time_fs;
    std::string name;
};

struct GtkwView {
    std::filesystem::path dump;         // VCD or FST
    std::uint64_t timescale_fs = 1'000; // the dump's unit of time
    std::uint64_t begin_fs = 0;         // the stretch that the window shows at first
    std::uint64_t end_fs = 0;           // not before begin_fs
    std::vector<GtkwGroup> groups;
    std::vector<GtkwMarker> markers; // the first 26 are used: GTKWave names them A to Z
};

// Writes the view to a file. The dump is named relative to that file, so that both can be moved together, and
// need not exist yet. Throws InputOutputError naming the file when it cannot be written.
void write_gtkw(const std::filesystem::path& file, const GtkwView& view);

} // namespace isinglass
