// GTKWave save files: a dump opens with its signals chosen, grouped and drawn as what they are.
#pragma once

#include "traces/wave_view.hpp"

namespace isinglass {

// Writes the view to a file. The dump is named relative to that file, so that both can be moved together, and
// need not exist yet. Of the markers the first 26 are used: GTKWave names them A to Z. Throws
// InputOutputError naming the file when it cannot be written.
void write_gtkw(const std::filesystem::path& file, const WaveView& view);

} // namespace isinglass
