// Views that a waveform file opens with: a save file for GTKWave, a command file for Surfer.
#pragma once

#include "hw_models/array/network.hpp"
#include "sim/run/wave_presets.hpp"
#include "traces/wave_recorder.hpp"

#include <filesystem>

namespace isinglass {

// Globs of the signals that a preset records; in them and in those of its groups, "{output}" is the last
// layer's name.
std::vector<std::string> preset_globs(const WavePreset& preset, const Network& network);

// Beside the waveform file: its name with another extension for the first, or with one more.
std::filesystem::path view_file(const std::filesystem::path& waves, bool first, const char* extension);

// Writes both views of a file that holds the recorder's signals, at the first window. Of a group, at most 16
// rows: more would not fit a screen, and all signals are in the file. Throws InputOutputError.
void write_wave_views(const std::filesystem::path& waves, bool first, const WaveRecorder& recorder,
                      const WavePreset& preset, const Network& network, std::uint64_t timescale_fs);

} // namespace isinglass
