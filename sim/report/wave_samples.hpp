// A waveform file as the page shows it: a limited number of signals with a limited number of points each,
// which at any zoom of the whole draws as all of them would.
#pragma once

#include "traces/wave_reader.hpp"

#include <cstddef>
#include <filesystem>
#include <vector>

namespace isinglass {

// Changes of one signal, thinned where there were more than are kept: of each stretch of time the first, the
// smallest, the largest and the last value stay, in their order.
class ThinnedPoints {
  public:
    explicit ThinnedPoints(std::size_t most) : most_(most) {}
    // Times do not decrease; of several values at one time the last counts. Not a number: recording stopped.
    void add(std::uint64_t time_fs, float value);
    // Stretches twice as long, until at most that many points are left.
    void thin(std::size_t most);

    [[nodiscard]] const std::vector<std::uint64_t>& times_fs() const { return times_; }
    [[nodiscard]] const std::vector<float>& values() const { return values_; }
    [[nodiscard]] bool thinned() const { return stretch_fs_ > 0; }

  private:
    void compact();

    std::size_t most_;
    std::uint64_t stretch_fs_ = 0;
    std::vector<std::uint64_t> times_;
    std::vector<float> values_;
};

struct ShownSignal {
    Signal signal;
    ThinnedPoints points;
};

struct ShownWaves {
    std::vector<ShownSignal> signals; // what a person looks at first comes first
    std::size_t left_out = 0;         // signals beyond the limit
    std::uint64_t begin_fs = 0, end_fs = 0;
};

// How much is kept. Phases and commands come first, then energy, cost and residual, then outputs, then power,
// other names, the other nodes, and the rest.
struct WaveLimits {
    std::size_t signals = 256;
    std::size_t points = 100'000; // a signal
};

// Reads the file once as a stream. Errors are those of read_waves().
[[nodiscard]] ShownWaves read_shown(const std::filesystem::path& path, const WaveLimits& limits);

} // namespace isinglass
