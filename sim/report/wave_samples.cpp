#include "sim/report/wave_samples.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

namespace isinglass {

void ThinnedPoints::add(std::uint64_t time_fs, float value) {
    if (!times_.empty() && times_.back() == time_fs) {
        values_.back() = value;
        return;
    }
    times_.push_back(time_fs);
    values_.push_back(value);
    if (times_.size() >= 2 * most_) thin(most_);
}

void ThinnedPoints::thin(std::size_t most) {
    while (times_.size() > most && times_.size() > 4) {
        const std::uint64_t all = times_.back() - times_.front();
        stretch_fs_ = std::max({2 * stretch_fs_, 2 * all / most, std::uint64_t{1}});
        compact();
        if (stretch_fs_ > all) return;
    }
}

// In place: what stays of a stretch never outgrows it.
void ThinnedPoints::compact() {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < times_.size();) {
        const std::uint64_t stretch = times_[i] / stretch_fs_;
        std::size_t low = i, high = i, last = i, j = i;
        std::vector<std::size_t> stay{i};
        for (; j < times_.size() && times_[j] / stretch_fs_ == stretch; ++j) {
            if (std::isnan(values_[j])) stay.push_back(j);
            if (values_[j] < values_[low]) low = j;
            if (values_[j] > values_[high]) high = j;
            last = j;
        }
        stay.insert(stay.end(), {low, high, last});
        std::ranges::sort(stay);
        const auto end = std::unique(stay.begin(), stay.end()); // clang 14 takes no subrange
        for (auto it = stay.begin(); it != end; ++it, ++kept) {
            times_[kept] = times_[*it];
            values_[kept] = values_[*it];
        }
        i = j;
    }
    times_.resize(kept);
    values_.resize(kept);
}

namespace {

// What a person looks at first.
int rank_of(const Signal& signal) {
    const auto has = [&](std::string_view part) { return signal.path.find(part) != std::string::npos; };
    if (has("/phase") || has("/command")) return 0;
    if (has("/energy") || has("/cost") || has("/residual")) return 1;
    if (has("array/output/")) return 2;
    if (has("/power/")) return 3;
    if (signal.kind == SignalKind::names) return 4;
    if (has("array/")) return 5;
    return has("/output/") ? 6 : 7;
}

class Reader final : public WaveVisitor {
  public:
    explicit Reader(const WaveLimits& limits) : limits_(limits) {}

    void begin(const WaveFile& file) override {
        std::vector<SignalId> order(file.signals.size());
        std::iota(order.begin(), order.end(), 0U);
        std::ranges::stable_sort(order, {}, [&](SignalId s) { return rank_of(file.signals[s]); });
        shown.left_out = order.size() - std::min(order.size(), limits_.signals);
        order.resize(std::min(order.size(), limits_.signals));
        for (const auto s : order) {
            index_[s] = shown.signals.size();
            shown.signals.push_back({file.signals[s], ThinnedPoints(limits_.points)});
        }
    }
    bool wants(SignalId signal) override { return index_.contains(signal); }
    void named(SignalId signal, std::string_view name) override {
        if (const auto found = index_.find(signal); found != index_.end())
            shown.signals[found->second].signal.names.emplace_back(name);
    }
    void change(std::uint64_t time_fs, SignalId signal, std::uint64_t value) override {
        note(time_fs);
        const auto found = index_.find(signal);
        if (found == index_.end()) return;
        auto& s = shown.signals[found->second];
        s.points.add(time_fs, s.signal.kind == SignalKind::real
                                  ? static_cast<float>(std::bit_cast<double>(value))
                                  : static_cast<float>(value));
    }
    void gap(std::uint64_t time_fs, bool begins) override {
        note(time_fs);
        if (!begins) return;
        for (auto& s : shown.signals) s.points.add(time_fs, std::numeric_limits<float>::quiet_NaN());
    }
    void end(std::uint64_t time_fs) override { note(time_fs); }

    ShownWaves shown;

  private:
    void note(std::uint64_t time_fs) {
        if (!begun_) shown.begin_fs = time_fs;
        begun_ = true;
        shown.end_fs = std::max(shown.end_fs, time_fs);
    }

    const WaveLimits& limits_;
    std::map<SignalId, std::size_t> index_;
    bool begun_ = false;
};

} // namespace

ShownWaves read_shown(const std::filesystem::path& path, const WaveLimits& limits) {
    Reader reader(limits);
    read_waves(path, reader);
    return std::move(reader.shown);
}

} // namespace isinglass
