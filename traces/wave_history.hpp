// What was told of late outside windows, so that a window can begin before it opens.
#pragma once

#include "traces/wave_sink.hpp"

#include <cstdint>
#include <deque>
#include <vector>

namespace isinglass {

struct WaveChange {
    std::uint64_t time_fs;
    SignalId signal;
    std::uint64_t value;
};

// - Keeps the changes of the last `before_fs`, and at most a million of them.
// - Changes of one signal come in order of time, those of different ones in any.
class WaveHistory {
  public:
    explicit WaveHistory(std::uint64_t before_fs) : before_fs_(before_fs) {}

    // A change, with the value that it ended.
    void remember(const WaveChange& before);
    // Forgets everything and returns the changes since a moment in order of time. `values` [signals], those
    // of now, become those of that moment.
    std::vector<WaveChange> take(std::uint64_t since_fs, std::vector<std::uint64_t>& values);

  private:
    void sort();
    void forget_before(std::uint64_t time_fs);

    std::uint64_t before_fs_;
    std::deque<WaveChange> changes_; // with the values before them, so that the past is found by going back
    bool sorted_ = true;
};

} // namespace isinglass
