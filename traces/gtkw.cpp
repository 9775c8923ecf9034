#include "traces/gtkw.hpp"

#include "hw_models/base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cmath>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>

namespace isinglass {
namespace {

constexpr std::size_t most_markers = 26;
constexpr int window_width_px = 1400, window_height_px = 900, names_width_px = 260;
constexpr double waves_width_px = 840; // what such a window leaves beside the tree and the names
constexpr double frame_px = 200;       // GTKWave counts its zoom in frames of this width

// The display flags of the row, as GTKWave saves them (sums of 2 hexadecimal, 8 binary, 20 right-justified,
// 800 ASCII, 8000 stepped, 10000 interpolated, 20000 taller, 40000 real, 100000000 enumerated; all
// hexadecimal).
std::string_view flags(const ViewRow& row, bool enumerations) {
    switch (row.kind) {
    case RowKind::analog_interpolated: return "@50020";
    case RowKind::analog_step: return "@48020";
    case RowKind::hexadecimal: return row.width == 1 ? "@28" : "@22";
    case RowKind::decimal: return row.width == 1 ? "@28" : "@24";
    case RowKind::names: return enumerations ? "@100000028" : "@820";
    }
    return {};
}

// GTKWave shows only the last part of a name, the same for each of an array: an alias keeps the rest. Files
// show '.' between parts; the root scope is the same for all and left out.
std::string row_text(const ViewRow& row, int color, bool enumerations) {
    const std::string_view path = row.path;
    std::string name = row.path;
    std::ranges::replace(name, '/', '.');
    std::string text = fmt::format("{}\n", flags(row, enumerations));
    if (color > 0) text += fmt::format("[color] {}\n", color);
    text += fmt::format("+{{{}}} {}", path.substr(path.find('/') + 1), name);
    if (row.width > 1 && (row.kind != RowKind::names || enumerations))
        text += fmt::format("[{}:0]", row.width - 1);
    const bool tall = row.kind == RowKind::analog_interpolated || row.kind == RowKind::analog_step;
    return text + (tall ? "\n@20000\n-\n-\n-\n" : "\n");
}

// GTKWave's zoom (minus the binary logarithm of time units per frame), its cursor (none) and the markers A to
// Z.
std::string zoom_text(const WaveView& view) {
    assert(view.end_fs >= view.begin_fs);
    const double units =
        static_cast<double>(view.end_fs - view.begin_fs) / static_cast<double>(view.timescale_fs);
    std::string text =
        fmt::format("*{:.6f} -1", -std::log2(std::max(units, 1.0) * frame_px / waves_width_px));
    for (std::size_t i = 0; i < most_markers; ++i)
        text +=
            i < view.markers.size() ? fmt::format(" {}", view.markers[i].time_fs / view.timescale_fs) : " -1";
    text += '\n';
    for (std::size_t i = 0; i < std::min(most_markers, view.markers.size()); ++i)
        text += fmt::format("[markername] {}{}\n", static_cast<char>('A' + i), view.markers[i].name);
    return text;
}

} // namespace

void write_gtkw(const std::filesystem::path& file, const WaveView& view) {
    const auto folder = std::filesystem::absolute(file).parent_path();
    const auto dump = std::filesystem::absolute(view.dump).lexically_proximate(folder);
    // GTKWave finds a relative dump from the save file's own folder only if the save file names itself too.
    std::string text =
        fmt::format("[dumpfile] \"{}\"\n[savefile] \"{}\"\n[timestart] {}\n[size] {} {}\n[pos] -1 -1\n",
                    dump.generic_string(), file.filename().string(), view.begin_fs / view.timescale_fs,
                    window_width_px, window_height_px);
    text += zoom_text(view);
    text += fmt::format("[signals_width] {}\n[sst_expanded] 1\n", names_width_px);
    for (const ViewGroup& group : view.groups) {
        text += fmt::format("@800200\n-{}\n", group.name);
        for (const ViewRow& row : group.rows) text += row_text(row, group.color, view.enumerations);
        text += fmt::format("@1000200\n-{}\n", group.name);
    }

    errno = 0;
    std::ofstream out(file, std::ios::binary);
    out << text;
    out.close();
    if (!out)
        throw InputOutputError(
            fmt::format("{}: cannot write: {}", file.string(), std::generic_category().message(errno)));
}

} // namespace isinglass
