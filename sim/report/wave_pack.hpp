// Waveforms as the page's viewer unpacks them.
#pragma once

#include "sim/report/source.hpp"
#include "sim/report/wave_samples.hpp"

namespace isinglass {

inline constexpr std::size_t most_packed_bytes = 14'000'000; // base64 makes 18.7 MB of them

// {"file", "begin_fs", "tick_fs", "ticks", "left_out", "thinned", "signals": [{"path", "kind", "unit",
// "width", "names", "low", "high", "points"}], "data"}. "data" is base64 of a zlib stream: of each signal as
// many times as it has points, then as many values, all as variable-length integers (7 bits a byte, the
// lowest first, the high bit on all but the last) of differences to the one before, starting at 0, signed
// ones as 2n or −2n − 1. Times are in ticks since the beginning. Values of reals are steps of (high −
// low)/4094 from 1 at low, others are the number plus 1, cut at 32766; 0 is "not recorded". Points are
// thinned until the stream has at most `most_bytes`.
[[nodiscard]] Json packed_waves(const std::filesystem::path& path, std::size_t most_bytes,
                                const WaveLimits& limits = {});

} // namespace isinglass
