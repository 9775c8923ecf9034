// VCD as a stream; see wave_reader.hpp.
#pragma once

#include "traces/wave_reader.hpp"

namespace isinglass {

void read_vcd_stream(const std::filesystem::path& path, WaveVisitor& visitor);

} // namespace isinglass
