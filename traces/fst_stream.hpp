// FST as a stream; see wave_reader.hpp.
#pragma once

#include "traces/wave_reader.hpp"

namespace isinglass {

// A block at a time is unpacked in memory.
void read_fst_stream(const std::filesystem::path& path, WaveVisitor& visitor);

} // namespace isinglass
