// What measurements of a waveform file share: values, phase and command, stretches of time and gaps.
#pragma once

#include "traces/wave_measures.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace isinglass {

inline constexpr SignalId no_signal = std::numeric_limits<SignalId>::max();

// Keeps the signals and the last values; derived ones are told of stretches of constant values.
class Watcher : public WaveVisitor {
  public:
    explicit Watcher(const MeasureOptions& options) : options_(options) {}

    void begin(const WaveFile& file) override {
        file_ = file;
        values_.assign(file.signals.size(), 0);
        phase_ = find("phase");
        command_ = find("command");
        started();
    }
    bool wants(SignalId signal) override {
        return signal == phase_ || signal == command_ || measures(signal);
    }
    void named(SignalId signal, std::string_view name) override {
        file_.signals[signal].names.emplace_back(name);
    }
    void change(std::uint64_t time_fs, SignalId signal, std::uint64_t value) override {
        if (time_fs > options_.to_fs) return;
        advance(time_fs);
        before_change(signal, value);
        values_[signal] = value;
    }
    void gap(std::uint64_t time_fs, bool begins) override {
        advance(time_fs);
        if (begins) moment(std::min(time_fs, options_.to_fs));
        off_ = begins;
    }
    void end(std::uint64_t time_fs) override {
        advance(time_fs);
        moment(std::min(time_fs, options_.to_fs));
        finished();
    }

  protected:
    virtual void started() {}
    [[nodiscard]] virtual bool measures(SignalId signal) const = 0;
    // Values are about to be those of a later time.
    virtual void moment(std::uint64_t /*time_fs*/) {}
    // They were as they are from now_fs() until then.
    virtual void stretch(std::uint64_t /*until_fs*/) {}
    virtual void before_change(SignalId, std::uint64_t) {}
    virtual void finished() {}

    [[nodiscard]] bool in_range(std::uint64_t time_fs) const { return time_fs >= options_.from_fs; }
    [[nodiscard]] bool off() const { return off_; }
    [[nodiscard]] std::uint64_t now_fs() const { return now_fs_; }
    [[nodiscard]] SignalId phase() const { return phase_; }
    [[nodiscard]] SignalId command() const { return command_; }
    [[nodiscard]] std::string name_of(SignalId signal) const {
        const auto& names = file_.signals[signal].names;
        return values_[signal] < names.size() ? names[values_[signal]] : "";
    }
    [[nodiscard]] bool wanted_phase() const {
        return phase_ == no_signal || options_.phases.empty() ||
               std::ranges::find(options_.phases, name_of(phase_)) != options_.phases.end();
    }

    const MeasureOptions& options_;
    WaveFile file_;
    std::vector<std::uint64_t> values_;

  private:
    void advance(std::uint64_t time_fs) {
        const std::uint64_t until = std::min(time_fs, options_.to_fs);
        if (begun_ && until <= now_fs_) return;
        if (std::exchange(begun_, true) && !off_ && until > options_.from_fs) {
            stretch(until);
            moment(now_fs_);
        }
        now_fs_ = until;
    }
    [[nodiscard]] SignalId find(std::string_view name) const {
        for (std::size_t i = 0; i < file_.signals.size(); ++i) {
            const auto& signal = file_.signals[i];
            if (signal.kind == SignalKind::names && signal.path.ends_with(name) &&
                (signal.path.size() == name.size() ||
                 signal.path[signal.path.size() - name.size() - 1] == '/'))
                return static_cast<SignalId>(i);
        }
        return no_signal;
    }

    SignalId phase_ = no_signal, command_ = no_signal;
    std::uint64_t now_fs_ = 0;
    bool begun_ = false, off_ = false; // a file begins at its first value
};

} // namespace isinglass
