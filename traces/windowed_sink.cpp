#include "traces/windowed_sink.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace isinglass {
namespace {

// VCD ends a text at the first space and its readers take '\' for an escape.
std::string one_word(std::string_view text) {
    std::string word(text);
    std::ranges::replace_if(
        word, [](char c) { return c <= ' ' || c > '~' || c == '\\'; }, '_');
    return word;
}

} // namespace

WindowedSink::WindowedSink(std::optional<double> resolution) : resolution_(resolution) {
    if (resolution && !(*resolution > 0 && std::isfinite(*resolution)))
        throw std::invalid_argument(
            fmt::format("waveform resolution {}: want a positive number", *resolution));
}

SignalId WindowedSink::declare(std::string_view path, SignalKind kind, unsigned width, std::uint64_t value) {
    if (header_written_)
        throw std::logic_error(fmt::format("signal \"{}\" declared after the first window opened", path));
    if (!is_signal_path(path))
        throw std::logic_error(fmt::format(
            "signal path \"{}\": want parts of letters, digits, '_' and '-' joined by '/'", path));
    if (!paths_.emplace(path).second)
        throw std::logic_error(fmt::format("signal \"{}\" declared twice", path));
    signals_.push_back({std::string(path), kind, width});
    values_.push_back(value);
    return static_cast<SignalId>(signals_.size() - 1);
}

SignalId WindowedSink::declare_real(std::string_view path, double initial) {
    return declare(path, SignalKind::real, 1, std::bit_cast<std::uint64_t>(rounded(initial)));
}

SignalId WindowedSink::declare_bits(std::string_view path, unsigned width, std::uint64_t initial) {
    if (width < 1 || width > 64)
        throw std::logic_error(fmt::format("signal \"{}\": width {}, want 1 to 64", path, width));
    return declare(path, SignalKind::bits, width, initial);
}

SignalId WindowedSink::declare_text(std::string_view path, std::string_view initial) {
    const SignalId signal = declare(path, SignalKind::text, 1, texts_.size());
    texts_.push_back(one_word(initial));
    return signal;
}

// Adding 0 turns -0 into 0, which a viewer would otherwise show as a change.
double WindowedSink::rounded(double value) const {
    return (resolution_ ? std::nearbyint(value / *resolution_) * *resolution_ : value) + 0.0;
}

void WindowedSink::advance(std::uint64_t time_fs) {
    assert(time_fs >= now_fs_ && "changes come in order of time");
    now_fs_ = time_fs;
}

// Whether the value is new and a window is open. Bits are compared, so that a NaN equals itself.
bool WindowedSink::remember(std::uint64_t time_fs, SignalId signal, std::uint64_t value) {
    advance(time_fs);
    if (values_[signal] == value) return false;
    values_[signal] = value;
    return open_;
}

void WindowedSink::real(std::uint64_t time_fs, SignalId signal, double value) {
    assert(signal < signals_.size() && signals_[signal].kind == SignalKind::real);
    const double shown = rounded(value);
    if (remember(time_fs, signal, std::bit_cast<std::uint64_t>(shown))) write_real(time_fs, signal, shown);
}

void WindowedSink::bits(std::uint64_t time_fs, SignalId signal, std::uint64_t value) {
    assert(signal < signals_.size() && signals_[signal].kind == SignalKind::bits);
    assert(static_cast<unsigned>(std::bit_width(value)) <= signals_[signal].width);
    if (remember(time_fs, signal, value)) write_bits(time_fs, signal, value);
}

void WindowedSink::text(std::uint64_t time_fs, SignalId signal, std::string_view value) {
    assert(signal < signals_.size() && signals_[signal].kind == SignalKind::text);
    advance(time_fs);
    std::string word = one_word(value);
    std::string& current = texts_[values_[signal]];
    if (word == current) return;
    current = std::move(word);
    if (open_) write_text(time_fs, signal, current);
}

void WindowedSink::write_value(std::uint64_t time_fs, SignalId signal) {
    const std::uint64_t value = values_[signal];
    switch (signals_[signal].kind) {
    case SignalKind::real: write_real(time_fs, signal, std::bit_cast<double>(value)); break;
    case SignalKind::bits: write_bits(time_fs, signal, value); break;
    case SignalKind::text: write_text(time_fs, signal, texts_[value]); break;
    }
}

void WindowedSink::open_window(std::uint64_t time_fs) {
    advance(time_fs);
    if (open_) return;
    if (!header_written_) {
        write_header(signals_);
        header_written_ = true;
    }
    open_ = true;
    begin_values(time_fs);
    for (SignalId signal = 0; signal < signals_.size(); ++signal) write_value(time_fs, signal);
    end_values();
}

void WindowedSink::close_window(std::uint64_t time_fs) {
    advance(time_fs);
    if (!open_) return;
    open_ = false;
    end_window(time_fs);
}

} // namespace isinglass
