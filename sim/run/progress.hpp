// A progress bar on a terminal.
#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>

namespace isinglass {

// Where a bar is drawn.
struct Terminal {
    std::ostream* out = nullptr;
    bool interactive = false;      // otherwise nothing is ever written
    int columns = 80;              // a bar is cut to fit
    std::function<double()> now_s; // monotonic

    // standard error as it is now; not interactive when it is no terminal or TERM is "dumb".
    [[nodiscard]] static Terminal standard_error();
};

struct Progress {
    std::string stage; // "epoch 3/15"
    std::int64_t done = 0;
    std::int64_t total = 0;         // samples of the whole job, for bar and remaining time
    std::optional<double> accuracy; // running, a fraction of 1
    std::string unit = "samples";
};

// One line, "epoch 3/15 [####......]  41 %  21300 samples/s  97.1 % correct  0:42 left", without colours.
//
// - Rates count from the first show(), so what a resumed run did before does not flatter them.
// - Redrawn at most ten times a second; erased at destruction.
class ProgressBar {
  public:
    explicit ProgressBar(Terminal terminal = Terminal::standard_error());
    ~ProgressBar();
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;

    void show(const Progress& progress);
    // Takes the line away, to print something else; the next show() draws it again at once.
    void erase();

  private:
    struct Start {
        double time_s;
        std::int64_t done;
    };

    Terminal terminal_;
    std::optional<Start> start_;
    std::optional<double> drawn_s_; // when the line that is on screen was drawn
};

// The line for `progress` when `done_since` of it took `elapsed_s`.
[[nodiscard]] std::string progress_line(const Progress& progress, std::int64_t done_since, double elapsed_s);

// What is left of the job at the rate of these `done_since`; nothing before there is a rate.
[[nodiscard]] std::optional<double> remaining_s(const Progress& progress, std::int64_t done_since,
                                                double elapsed_s);

// "0:42", "12:05", "3:07:30".
[[nodiscard]] std::string format_duration(double seconds);

} // namespace isinglass
