#include "traces/surfer.hpp"

#include "hw_models/base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <string_view>
#include <system_error>
#include <utility>

namespace isinglass {
namespace {

// Of Surfer's default theme, nearest to the view's.
constexpr std::array<std::string_view, 8> colors{"",      "Red",  "Orange", "Yellow",
                                                 "Green", "Blue", "Violet", "Violet"};

// Surfer takes one word for a name.
std::string one_word(std::string name) {
    std::ranges::replace(name, ' ', '_');
    return name;
}

std::string dotted(std::string path) {
    std::ranges::replace(path, '/', '.');
    return path;
}

} // namespace

void write_surfer(const std::filesystem::path& file, const WaveView& view) {
    std::string text =
        fmt::format("# surfer -c {} {}\n", file.filename().string(), view.dump.filename().string());
    bool first = true;
    for (const auto& group : view.groups) {
        text += fmt::format("divider_add {}\n", one_word(group.name));
        // Colours and formats go to the item in focus, which follows what is added once there is one.
        if (std::exchange(first, false)) text += fmt::format("item_focus a_{}\n", one_word(group.name));
        for (const auto& row : group.rows) {
            text += fmt::format("variable_add {}\n", dotted(row.path));
            if (group.color > 0)
                text += fmt::format("item_set_color {}\n", colors.at(static_cast<std::size_t>(group.color)));
            if (row.kind == RowKind::analog_step) text += "item_set_analog step\n";
            if (row.kind == RowKind::analog_interpolated) text += "item_set_analog interpolated\n";
            if (row.kind == RowKind::hexadecimal && row.width > 1) text += "item_set_format Hexadecimal\n";
            if (row.kind == RowKind::decimal && row.width > 1) text += "item_set_format Unsigned\n";
        }
    }
    for (std::size_t i = 0; i < view.markers.size();
         ++i) // they have numbers there, so that names are told here
        text += fmt::format("# {} fs: {}\n", view.markers[i].time_fs, view.markers[i].name);
    text += fmt::format("item_unfocus\nzoom_to {} {}\n", view.begin_fs / view.timescale_fs,
                        view.end_fs / view.timescale_fs);

    errno = 0;
    std::ofstream out(file, std::ios::binary);
    out << text;
    out.close();
    if (!out)
        throw InputOutputError(
            fmt::format("{}: cannot write: {}", file.string(), std::generic_category().message(errno)));
}

} // namespace isinglass
