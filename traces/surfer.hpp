// Surfer command files, which `surfer -c FILE.sucl WAVES` runs once the waves are loaded.
#pragma once

#include "traces/wave_view.hpp"

namespace isinglass {

// Writes the view to a file, commands as Surfer 0.3 and later know them (surfer-project.org, "Commands"); one
// that a version does not know (item_set_analog, zoom_to) it logs, and goes on.
// Throws InputOutputError naming the file when it cannot be written.
void write_surfer(const std::filesystem::path& file, const WaveView& view);

} // namespace isinglass
