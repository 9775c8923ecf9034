// Which signals a kind of looking wants, and how a viewer shows them.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace isinglass {

// Rows of a view: the signals that match, in the order of the globs.
struct WaveGroup {
    std::string name;
    std::vector<std::string> globs;
    int color =
        0; // of GTKWave, 1 to 7: red, orange, yellow, green, blue, indigo, violet; 0: the viewer's own
};

struct WavePreset {
    std::string name;
    std::string meaning;
    std::vector<std::string> globs; // signals that are recorded; all, if none
    std::vector<WaveGroup> groups;
};

std::span<const WavePreset> wave_presets();
std::span<const std::string> wave_preset_names();
const WavePreset& wave_preset(const std::string& name); // one of those names

} // namespace isinglass
