#include "traces/wave_history.hpp"

#include <algorithm>

namespace isinglass {
namespace {

constexpr std::size_t most_changes = 1'000'000;

} // namespace

void WaveHistory::remember(const WaveChange& before) {
    if (before_fs_ == 0) return;
    if (changes_.size() == most_changes) { // an eighth at once, since sorting takes time
        sort();
        changes_.erase(changes_.begin(), changes_.begin() + most_changes / 8);
    }
    sorted_ = sorted_ && (changes_.empty() || changes_.back().time_fs <= before.time_fs);
    changes_.push_back(before);
    if (sorted_) forget_before(before.time_fs - std::min(before.time_fs, before_fs_));
}

std::vector<WaveChange> WaveHistory::take(std::uint64_t since_fs, std::vector<std::uint64_t>& values) {
    sort();
    forget_before(since_fs);
    std::vector<WaveChange> since(changes_.begin(), changes_.end());
    for (auto change = since.rbegin(); change != since.rend(); ++change)
        std::swap(change->value, values[change->signal]);
    changes_.clear();
    return since;
}

void WaveHistory::sort() {
    if (!sorted_) std::ranges::stable_sort(changes_, {}, &WaveChange::time_fs);
    sorted_ = true;
}

void WaveHistory::forget_before(std::uint64_t time_fs) {
    while (!changes_.empty() && changes_.front().time_fs < time_fs) changes_.pop_front();
}

} // namespace isinglass
