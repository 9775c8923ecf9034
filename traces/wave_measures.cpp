#include "traces/wave_measures.hpp"

#include "hw_models/base/error.hpp"
#include "traces/wave_watcher.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <charconv>

namespace isinglass {
namespace {

const std::vector<std::string> spin_globs{"array/*/v_V", "array/*/phi_rad", "array/*/s"};
const std::vector<std::string> power_globs{"power/*_W"};

double number_of(const Signal& signal, std::uint64_t value) {
    return signal.kind == SignalKind::real ? std::bit_cast<double>(value) : static_cast<double>(value);
}

bool among(std::string_view path, const std::vector<std::string>& globs) {
    return std::ranges::any_of(globs, [&](const auto& glob) { return matches(path, glob); });
}

class Lister final : public Watcher {
  public:
    using Watcher::Watcher;
    std::vector<SignalStatistics> list;

  private:
    void started() override {
        for (const auto& signal : file_.signals) all_.push_back({.signal = signal});
        seen_.assign(all_.size(), false);
    }
    void before_change(SignalId signal, std::uint64_t value) override {
        auto& s = all_[signal];
        const double number = number_of(s.signal, value);
        if (!in_range(now_fs())) return;
        if (!seen_[signal]) {
            seen_[signal] = true;
            s.first = s.low = s.high = number;
            s.first_name = name(signal, value);
        } else if (value != values_[signal]) {
            ++s.changes;
        }
        s.last = number;
        s.last_name = name(signal, value);
        s.low = std::min(s.low, number);
        s.high = std::max(s.high, number);
    }
    [[nodiscard]] std::string name(SignalId signal, std::uint64_t value) const {
        const auto& names = file_.signals[signal].names;
        return value < names.size() ? names[value] : "";
    }
    void finished() override {
        for (SignalId id = 0; id < all_.size(); ++id)
            if (measures(id)) list.push_back(std::move(all_[id]));
    }
    [[nodiscard]] bool measures(SignalId signal) const override {
        return options_.globs.empty() || among(file_.signals[signal].path, options_.globs);
    }

    std::vector<SignalStatistics> all_;
    std::vector<bool> seen_;
};

class SpinMeter final : public Watcher {
  public:
    SpinMeter(const std::filesystem::path& path, const MeasureOptions& options,
              const std::function<void(const SpinMeasure&)>& each)
        : Watcher(options), path_(path), each_(each) {}

  private:
    struct Spin {
        SignalId signal;
        double band;
        ApproachTracker tracker;
        std::uint64_t told; // value
    };

    void started() override {
        const auto& globs = options_.globs.empty() ? spin_globs : options_.globs;
        for (std::size_t i = 0; i < file_.signals.size(); ++i) {
            const auto& signal = file_.signals[i];
            if (signal.kind == SignalKind::real && among(signal.path, globs))
                spins_.push_back({static_cast<SignalId>(i), band_of(signal), {}, 0});
        }
        if (spins_.empty())
            throw UserError(
                fmt::format("{}: no real signal matches {}", path_.string(), fmt::join(globs, ", ")));
    }

    [[nodiscard]] bool measures(SignalId signal) const override {
        return std::ranges::find(spins_, signal, &Spin::signal) != spins_.end();
    }

    // Half of the LSB: the option's, or the head's where it is of the signal's unit.
    [[nodiscard]] double band_of(const Signal& signal) const {
        if (options_.lsb) return 0.5 * *options_.lsb;
        for (const std::string& line : file_.lines) {
            if (!line.starts_with("lsb ")) continue;
            double lsb = 0.0;
            const auto [end, error] = std::from_chars(line.data() + 4, line.data() + line.size(), lsb);
            if (error == std::errc() &&
                std::string_view(end, line.data() + line.size()) == fmt::format(" {}", unit_of(signal.path)))
                return 0.5 * lsb;
        }
        throw UserError(fmt::format("{}: the file says no LSB for {}; --lsb gives one, in the signal's unit",
                                    path_.string(), signal.path));
    }

    // All changes of a time are known: a RELAX begins, goes on or ends here.
    void moment(std::uint64_t time_fs) override {
        const bool moves = in_range(time_fs) && time_fs < options_.to_fs && !ended_ && wanted_phase() &&
                           (command() == no_signal || name_of(command()) == "RELAX");
        const std::string phase_now = phase() == no_signal ? "all" : name_of(phase());
        if (moving_ && (!moves || phase_now != phase_name_)) close(time_fs);
        if (moves && !moving_) {
            moving_ = true;
            phase_name_ = phase_now;
            begin_fs_ = time_fs;
            for (auto& spin : spins_) {
                spin.told = values_[spin.signal];
                spin.tracker.begin(time_fs, std::bit_cast<double>(spin.told));
            }
            return;
        }
        if (!moving_) return;
        for (auto& spin : spins_) {
            if (values_[spin.signal] == spin.told) continue;
            spin.told = values_[spin.signal];
            spin.tracker.next(time_fs, std::bit_cast<double>(spin.told));
        }
    }

    void close(std::uint64_t time_fs) {
        // A change at the very end belongs to the stretch: the last step of a RELAX is its end.
        for (auto& spin : spins_) {
            if (values_[spin.signal] != spin.told)
                spin.tracker.next(time_fs, std::bit_cast<double>(values_[spin.signal]));
            each_({file_.signals[spin.signal].path, phase_name_, begin_fs_, time_fs,
                   spin.tracker.end(spin.band)});
        }
        moving_ = false;
    }

    void gap(std::uint64_t time_fs, bool begins) override {
        Watcher::gap(time_fs, begins);
        if (begins && moving_) close(std::min(time_fs, options_.to_fs));
    }
    void finished() override {
        ended_ = true;
        if (moving_) close(now_fs());
    }

    std::filesystem::path path_;
    const std::function<void(const SpinMeasure&)>& each_;
    std::vector<Spin> spins_;
    std::string phase_name_;
    std::uint64_t begin_fs_ = 0;
    bool moving_ = false, ended_ = false;
};

class PowerMeter final : public Watcher {
  public:
    using Watcher::Watcher;
    EnergyMeasure result;

  private:
    void started() override {
        const auto& globs = options_.globs.empty() ? power_globs : options_.globs;
        for (std::size_t i = 0; i < file_.signals.size(); ++i) {
            const auto& signal = file_.signals[i];
            if (signal.kind != SignalKind::real || !among(signal.path, globs)) continue;
            std::string name = signal.path.substr(signal.path.rfind('/') + 1);
            if (name.ends_with("_W")) name.erase(name.size() - 2);
            powers_.emplace_back(static_cast<SignalId>(i), name);
        }
    }
    [[nodiscard]] bool measures(SignalId signal) const override {
        return std::ranges::find(powers_, signal, &std::pair<SignalId, std::string>::first) != powers_.end();
    }
    void stretch(std::uint64_t until_fs) override {
        if (!wanted_phase()) return;
        const std::string name = phase() == no_signal ? "all" : name_of(phase());
        const double seconds = static_cast<double>(until_fs - std::max(now_fs(), options_.from_fs)) * 1e-15;
        result.seconds[name] += seconds;
        for (const auto& [signal, component] : powers_)
            result.joules[component][name] += std::bit_cast<double>(values_[signal]) * seconds;
    }

    std::vector<std::pair<SignalId, std::string>> powers_;
};

} // namespace

std::vector<SignalStatistics> list_signals(const std::filesystem::path& path, const MeasureOptions& options) {
    Lister lister(options);
    read_waves(path, lister);
    return std::move(lister.list);
}

void measure_spins(const std::filesystem::path& path, const MeasureOptions& options,
                   const std::function<void(const SpinMeasure&)>& each) {
    SpinMeter meter(path, options, each);
    read_waves(path, meter);
}

EnergyMeasure measure_energy(const std::filesystem::path& path, const MeasureOptions& options) {
    PowerMeter meter(options);
    read_waves(path, meter);
    return std::move(meter.result);
}

} // namespace isinglass
