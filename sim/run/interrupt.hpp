// Ctrl-C that lets a run end at a good place.
#pragma once

#include <csignal>

namespace isinglass {

// While it lives, the first SIGINT or SIGTERM only sets a flag and says so on standard error; a second one
// does what it would have done without the guard's handlers in a plain program: it ends the process. The
// handlers from before come back at destruction. One guard at a time.
class InterruptGuard {
  public:
    InterruptGuard();
    ~InterruptGuard();
    InterruptGuard(const InterruptGuard&) = delete;
    InterruptGuard& operator=(const InterruptGuard&) = delete;

    // Whether a signal came since construction.
    [[nodiscard]] bool requested() const;

  private:
    struct sigaction earlier_interrupt_;
    struct sigaction earlier_terminate_;
};

} // namespace isinglass
