#include "sim/run/progress.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <string_view>

namespace isinglass {
namespace {

constexpr double redraw_interval_s = 0.1;
constexpr int bar_cells = 20;
constexpr std::string_view erase_line = "\r\x1b[K";

} // namespace

Terminal Terminal::standard_error() {
    Terminal terminal{.out = &std::cerr, .now_s = [] {
                          const auto now = std::chrono::steady_clock::now().time_since_epoch();
                          return std::chrono::duration<double>(now).count();
                      }};
    const char* kind = std::getenv("TERM");
    terminal.interactive = isatty(STDERR_FILENO) != 0 && kind != nullptr && std::string_view(kind) != "dumb";
    winsize size{};
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) terminal.columns = size.ws_col;
    return terminal;
}

ProgressBar::ProgressBar(Terminal terminal) : terminal_(std::move(terminal)) {}

ProgressBar::~ProgressBar() {
    try {
        erase();
    } catch (...) { // a terminal that went away is no reason to end the run
    }
}

void ProgressBar::show(const Progress& progress) {
    if (!terminal_.interactive) return;
    const double now_s = terminal_.now_s();
    if (!start_) start_ = Start{now_s, progress.done};
    if (drawn_s_ && now_s - *drawn_s_ < redraw_interval_s) return;
    drawn_s_ = now_s;
    std::string line = progress_line(progress, progress.done - start_->done, now_s - start_->time_s);
    // A cursor past the last column would wrap, and the line could not be erased.
    line.resize(std::min(line.size(), static_cast<std::size_t>(std::max(terminal_.columns - 1, 0))));
    *terminal_.out << erase_line << line << std::flush;
}

void ProgressBar::erase() {
    if (!drawn_s_) return;
    drawn_s_.reset();
    *terminal_.out << erase_line << std::flush;
}

std::string progress_line(const Progress& progress, std::int64_t done_since, double elapsed_s) {
    const double fraction =
        progress.total > 0
            ? std::clamp(static_cast<double>(progress.done) / static_cast<double>(progress.total), 0.0, 1.0)
            : 0.0;
    const auto filled = static_cast<std::size_t>(fraction * bar_cells);
    std::string line = fmt::format("{} [{}{}] {:3.0f} %", progress.stage, std::string(filled, '#'),
                                   std::string(bar_cells - filled, '.'), std::floor(100.0 * fraction));
    if (done_since > 0 && elapsed_s > 0.0) {
        const double rate = static_cast<double>(done_since) / elapsed_s;
        line += fmt::format("  {:.{}f} {}/s", rate, rate < 10.0 ? 1 : 0, progress.unit);
    }
    if (progress.accuracy) line += fmt::format("  {:.1f} % correct", 100.0 * *progress.accuracy);
    if (const auto left_s = remaining_s(progress, done_since, elapsed_s))
        line += fmt::format("  {} left", format_duration(*left_s));
    return line;
}

std::optional<double> remaining_s(const Progress& progress, std::int64_t done_since, double elapsed_s) {
    if (done_since <= 0 || elapsed_s <= 0.0 || progress.total < progress.done) return std::nullopt;
    return elapsed_s * static_cast<double>(progress.total - progress.done) / static_cast<double>(done_since);
}

std::string format_duration(double seconds) {
    const auto whole = std::llround(std::max(seconds, 0.0));
    if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
    return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

} // namespace isinglass
