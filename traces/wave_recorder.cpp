#include "traces/wave_recorder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>

namespace isinglass {
namespace {

constexpr SignalId dropped = std::numeric_limits<SignalId>::max();
constexpr SignalId only_phase = dropped - 1; // not in the file, but decides what is
constexpr std::size_t most_phase_changes = 1'000;
constexpr std::uint64_t changes_between_checks = 1'024;

// VCD ends a text at the first space and its readers take '\' for an escape.
std::string one_word(std::string_view text) {
    std::string word(text);
    std::ranges::replace_if(
        word, [](char c) { return c <= ' ' || c > '~' || c == '\\'; }, '_');
    return word.empty() ? "_" : word;
}

} // namespace

WaveRecorder::WaveRecorder(std::vector<std::unique_ptr<WaveWriter>> writers, RecorderOptions options)
    : writers_(std::move(writers)), options_(std::move(options)), history_(options_.before_fs) {
    for (const auto& [unit, step] : options_.resolutions)
        if (!(step > 0 && std::isfinite(step)))
            throw std::invalid_argument(fmt::format("waveform resolution {}: want a positive number", step));
}

SignalId WaveRecorder::declare(Signal signal, std::uint64_t value) {
    if (begun_)
        throw std::logic_error(
            fmt::format("signal \"{}\" declared after the first window opened", signal.path));
    if (!is_signal_path(signal.path))
        throw std::logic_error(fmt::format(
            "signal path \"{}\": want parts of letters, digits, '_' and '-' joined by '/'", signal.path));
    if (!paths_.emplace(signal.path).second)
        throw std::logic_error(fmt::format("signal \"{}\" declared twice", signal.path));
    const bool phase = !phase_ && signal.kind == SignalKind::names && ("/" + signal.path).ends_with("/phase");
    if (phase) {
        phase_names_ = signal.names;
        phase_value_ = value;
        for (const auto& name : signal.names)
            phase_wanted_.push_back(options_.phases.empty() ||
                                    std::ranges::find(options_.phases, name) != options_.phases.end());
    }
    const auto among = [&](const std::vector<std::string>& globs) {
        return globs.empty() ||
               std::ranges::any_of(globs, [&](const auto& glob) { return matches(signal.path, glob); });
    };
    const bool kept = among(options_.globs) && among(options_.also);
    if (phase) phase_ = kept ? static_cast<SignalId>(signals_.size()) : only_phase;
    if (!kept) return phase ? only_phase : dropped;
    double step = 0.0;
    if (signal.kind == SignalKind::real)
        for (const auto& resolution : options_.resolutions)
            if (unit_of(signal.path) == resolution.unit) step = resolution.step;
    steps_.push_back(step);
    values_.push_back(value);
    is_pending_.push_back(false);
    signals_.push_back(std::move(signal));
    return static_cast<SignalId>(signals_.size() - 1);
}

std::vector<std::string> WaveRecorder::unmatched_globs() const {
    std::vector<std::string> unmatched;
    for (const auto& glob : options_.globs)
        if (std::ranges::none_of(paths_, [&](const auto& path) { return matches(path, glob); }))
            unmatched.push_back(glob);
    return unmatched;
}

SignalId WaveRecorder::declare_real(std::string_view path, double initial) {
    const SignalId id = declare({.path = std::string(path)}, std::bit_cast<std::uint64_t>(initial + 0.0));
    if (id < only_phase && steps_[id] > 0.0)
        values_[id] = std::bit_cast<std::uint64_t>(std::nearbyint(initial / steps_[id]) * steps_[id] + 0.0);
    return id;
}

SignalId WaveRecorder::declare_bits(std::string_view path, unsigned width, std::uint64_t initial) {
    if (width < 1 || width > 64)
        throw std::logic_error(fmt::format("signal \"{}\": width {}, want 1 to 64", path, width));
    return declare({.path = std::string(path), .kind = SignalKind::bits, .width = width}, initial);
}

SignalId WaveRecorder::declare_names(std::string_view path, std::span<const std::string_view> names,
                                     std::uint64_t initial) {
    if (names.empty()) throw std::logic_error(fmt::format("signal \"{}\": no names", path));
    Signal signal{.path = std::string(path), .kind = SignalKind::names};
    signal.width = std::max(1U, static_cast<unsigned>(std::bit_width(names.size() - 1)));
    for (const auto name : names) signal.names.push_back(one_word(name));
    return declare(std::move(signal), initial);
}

void WaveRecorder::real(std::uint64_t time_fs, SignalId signal, double value) {
    if (signal == dropped) return;
    assert(signal < signals_.size() && signals_[signal].kind == SignalKind::real);
    const double step = steps_[signal];
    // Adding 0 turns -0 into 0, which a viewer would otherwise show as a change.
    const double shown = (step > 0.0 ? std::nearbyint(value / step) * step : value) + 0.0;
    set(time_fs, signal, std::bit_cast<std::uint64_t>(shown));
}

void WaveRecorder::bits(std::uint64_t time_fs, SignalId signal, std::uint64_t value) {
    if (signal == dropped) return;
    assert(signal == only_phase || signal < signals_.size());
    if (signal != only_phase) set(time_fs, signal, value);
    if (phase_ == signal) note_phase(time_fs, value);
}

// Bits are compared, so that a NaN equals itself.
void WaveRecorder::set(std::uint64_t time_fs, SignalId signal, std::uint64_t value) {
    assert((time_fs >= now_fs_ || !recording_) && "what is recorded comes in order of time");
    if (time_fs > now_fs_) advance(time_fs);
    if (values_[signal] == value) return;
    if (!recording_) history_.remember({time_fs, signal, values_[signal]});
    values_[signal] = value;
    if (!recording_) return;
    if (options_.decimate_fs == 0 || signals_[signal].kind != SignalKind::real)
        return emit(time_fs, signal, value);
    if (is_pending_[signal]) return;
    is_pending_[signal] = true;
    pending_.push_back(signal);
}

void WaveRecorder::advance(std::uint64_t time_fs) {
    assert(time_fs >= now_fs_ && "changes come in order of time");
    if (time_fs == now_fs_) return;
    if (draining_until_ && time_fs > *draining_until_) stop(*std::exchange(draining_until_, std::nullopt));
    if (recording_ && time_fs > grid_fs_ && !pending_.empty()) flush_decimated(grid_fs_);
    if (recording_ && options_.decimate_fs > 0 && time_fs > grid_fs_)
        grid_fs_ = (time_fs + options_.decimate_fs - 1) / options_.decimate_fs * options_.decimate_fs;
    now_fs_ = time_fs;
}

void WaveRecorder::flush_decimated(std::uint64_t time_fs) {
    for (const SignalId signal : pending_) {
        is_pending_[signal] = false;
        emit(time_fs, signal, values_[signal]);
    }
    pending_.clear();
}

void WaveRecorder::emit(std::uint64_t time_fs, SignalId signal, std::uint64_t value) {
    if (stopped_fs_) return;
    for (const auto& writer : writers_) writer->change(time_fs, signal, value);
    if (++changes_ % changes_between_checks == 0) check_size(time_fs);
}

void WaveRecorder::note_phase(std::uint64_t time_fs, std::uint64_t value) {
    advance(time_fs);
    const bool changed = phase_value_ != value && recording_; // a start notes the phase itself
    phase_value_ = value;
    update(time_fs);
    if (changed && recording_ && phase_changes_.size() < most_phase_changes)
        phase_changes_.push_back({time_fs, phase_names_[value]});
}

void WaveRecorder::open_window(std::uint64_t time_fs) {
    advance(time_fs);
    told_open_ = true;
    update(time_fs);
}

void WaveRecorder::close_window(std::uint64_t time_fs) {
    advance(time_fs);
    told_open_ = false;
    update(time_fs);
}

// Starts or ends recording as windows and phases want it.
void WaveRecorder::update(std::uint64_t time_fs) {
    const bool wanted = told_open_ && (!phase_ || phase_wanted_[phase_value_]) && !stopped_fs_;
    if (wanted && recording_) return draining_until_.reset();
    if (wanted) return start(time_fs);
    if (!recording_ || draining_until_) return;
    if (options_.after_fs == 0) return stop(time_fs);
    draining_until_ = time_fs + options_.after_fs;
}

void WaveRecorder::start(std::uint64_t time_fs) {
    if (!std::exchange(begun_, true))
        for (const auto& writer : writers_) writer->begin(signals_);
    // Nothing is told twice: a window begins after the one before it.
    const std::uint64_t earliest = windows_ > 0 ? end_fs_ : 0;
    const std::uint64_t begin = std::max(earliest, time_fs - std::min(time_fs, options_.before_fs));
    past_ = values_;
    const auto since = history_.take(begin, past_);
    if (windows_++ == 0) begin_fs_ = begin;
    recording_ = true;
    if (options_.decimate_fs > 0)
        grid_fs_ = (time_fs + options_.decimate_fs - 1) / options_.decimate_fs * options_.decimate_fs;
    for (const auto& writer : writers_) writer->begin_window(begin, past_);
    for (const auto& change : since) emit(change.time_fs, change.signal, change.value);
    if (phase_ && phase_changes_.size() < most_phase_changes)
        phase_changes_.push_back({time_fs, phase_names_[phase_value_]});
    check_size(time_fs);
}

void WaveRecorder::stop(std::uint64_t time_fs) {
    if (!pending_.empty()) flush_decimated(time_fs);
    recording_ = false;
    end_fs_ = time_fs;
    if (windows_ == 1) first_end_fs_ = time_fs;
    if (stopped_fs_) return;
    for (const auto& writer : writers_) writer->end_window(time_fs);
}

// A writer that holds values back only bounds its size; it is asked to write them before this stops.
void WaveRecorder::check_size(std::uint64_t time_fs) {
    if (!options_.limit_bytes || stopped_fs_) return;
    const bool over = std::ranges::any_of(
        writers_, [&](const auto& writer) { return writer->bytes() > *options_.limit_bytes; });
    if (!over) return settled_fs_.reset();
    if (!settled_fs_) {
        for (const auto& writer : writers_) writer->settle();
        settled_fs_ = time_fs;
    }
    if (time_fs == *settled_fs_) return;
    for (const auto& writer : writers_) {
        writer->end_window(time_fs);
        writer->note(fmt::format("stopped at {} fs: the file reached its limit of {} bytes", time_fs,
                                 *options_.limit_bytes));
    }
    stopped_fs_ = time_fs;
    end_fs_ = time_fs;
    if (windows_ == 1) first_end_fs_ = time_fs;
    recording_ = false;
    draining_until_.reset();
    pending_.clear();
}

void WaveRecorder::finish() {
    told_open_ = false;
    if (recording_) stop(draining_until_ ? std::min(now_fs_, *draining_until_) : now_fs_);
    draining_until_.reset();
    for (const auto& writer : writers_) writer->finish();
}

} // namespace isinglass
