// A wave sink that keeps what it is told, as timelines that a test can compare.
#pragma once

#include "tests/chip/chip_rig.hpp"

#include <fmt/core.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace isinglass::test {

// Changes within windows, by signal and time; of several values at one time the last counts.
class Recorder final : public WaveSink {
  public:
    // Times are counted from `origin_fs` on, in units of `unit_fs`. Recordings of several runs of one job,
    // each with its own origin, add up to one.
    void start(std::uint64_t origin_fs, std::uint64_t unit_fs) {
        origin_fs_ = origin_fs;
        unit_fs_ = unit_fs;
    }

    SignalId declare_real(std::string_view path, double initial) override {
        return declare(path, text_of(initial));
    }
    SignalId declare_bits(std::string_view path, unsigned, std::uint64_t initial) override {
        return declare(path, fmt::format("{}", initial));
    }
    SignalId declare_names(std::string_view path, std::span<const std::string_view> names,
                           std::uint64_t initial) override {
        const SignalId id = declare(path, std::string(names[initial]));
        signals_[id].names.assign(names.begin(), names.end());
        return id;
    }
    void real(std::uint64_t time_fs, SignalId id, double value) override {
        change(time_fs, id, text_of(value));
    }
    void bits(std::uint64_t time_fs, SignalId id, std::uint64_t value) override {
        const auto& names = signals_[id].names;
        change(time_fs, id, names.empty() ? fmt::format("{}", value) : names.at(value));
    }
    void open_window(std::uint64_t time_fs) override {
        open_ = true;
        windows.push_back({time_of(time_fs), 0.0});
        for (auto& signal : signals_) signal.values[time_of(time_fs)] = signal.now;
    }
    void close_window(std::uint64_t time_fs) override {
        open_ = false;
        windows.back().second = time_of(time_fs);
    }
    [[nodiscard]] bool recording() const override { return open_; }

    // "TIME VALUE, TIME VALUE…", a value only where it differs from the one before it; times from `from` on.
    [[nodiscard]] std::string timeline(const std::string& path, double from = 0.0) const {
        std::string line;
        const std::string* before = nullptr;
        for (const auto& [time, value] : signals_.at(ids_.at(path)).values) {
            if (before != nullptr && *before == value) continue;
            line += fmt::format("{}{} {}", before == nullptr ? "" : ", ", time - from, value);
            before = &value;
        }
        return line;
    }
    // The signal's values by time.
    [[nodiscard]] const std::map<double, std::string>& changes(const std::string& path) const {
        return signals_.at(ids_.at(path)).values;
    }
    // The value at that time, as text (%.17g of a real).
    [[nodiscard]] std::string value(const std::string& path, double time) const {
        const auto& values = signals_.at(ids_.at(path)).values;
        auto after = values.upper_bound(time);
        return after == values.begin() ? "" : std::prev(after)->second;
    }
    [[nodiscard]] bool has(const std::string& path) const { return ids_.contains(path); }
    void forget() {
        for (auto& signal : signals_) signal.values.clear();
        windows.clear();
    }

    std::vector<std::pair<double, double>> windows; // in units

  private:
    struct Signal {
        std::string now;
        std::map<double, std::string> values;
        std::vector<std::string> names; // of a signal of names
    };

    static std::string text_of(double value) { return fmt::format("{:.17g}", value); }
    [[nodiscard]] double time_of(std::uint64_t time_fs) const {
        return static_cast<double>(time_fs - origin_fs_) / static_cast<double>(unit_fs_);
    }
    SignalId declare(std::string_view path, std::string initial) {
        ids_.emplace(path, signals_.size());
        signals_.push_back({std::move(initial), {}, {}});
        return static_cast<SignalId>(signals_.size() - 1);
    }
    void change(std::uint64_t time_fs, SignalId id, std::string value) {
        signals_[id].now = std::move(value);
        if (open_) signals_[id].values[time_of(time_fs)] = signals_[id].now;
    }

    std::uint64_t origin_fs_ = 0;
    std::uint64_t unit_fs_ = 1;
    bool open_ = false;
    std::map<std::string, std::size_t, std::less<>> ids_;
    std::vector<Signal> signals_;
};

// Runs a job once for each presentation, traced: windows cover a sample each, and together all of the job.
// Times are cycles from the start of HostProcessor::run() on.
inline void record(Rig& rig, Recorder& recorder, const std::vector<std::uint64_t>& presentations,
                   const std::function<void(List&)>& fill) {
    recorder.forget();
    for (const auto presentation : presentations) {
        rig.memory.release_all();
        auto list = rig.list();
        fill(list);
        rig.align();
        recorder.start(now_fs(), rig.clock_fs());
        OnePresentation trigger(presentation);
        rig.chip.trace(recorder, trigger);
        rig.host.run(list.job);
        rig.chip.stop_trace();
    }
}

} // namespace isinglass::test
