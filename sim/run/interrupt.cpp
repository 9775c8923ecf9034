#include "sim/run/interrupt.hpp"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <string_view>

namespace isinglass {
namespace {

std::atomic<bool> signalled = false;
static_assert(std::atomic<bool>::is_always_lock_free, "handlers may use nothing else");

extern "C" void on_signal(int signal) {
    if (signalled.exchange(true)) {
        std::signal(signal, SIG_DFL);
        std::raise(signal); // acts when this handler returns
        return;
    }
    constexpr std::string_view message =
        "\nisinglass: stopping after this batch; press Ctrl-C again to stop at once\n";
    const int error = errno; // of the code that was interrupted
    static_cast<void>(!write(STDERR_FILENO, message.data(), message.size()));
    errno = error;
}

} // namespace

InterruptGuard::InterruptGuard() {
    signalled = false;
    struct sigaction action = {};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, &earlier_interrupt_);
    sigaction(SIGTERM, &action, &earlier_terminate_);
}

InterruptGuard::~InterruptGuard() {
    sigaction(SIGINT, &earlier_interrupt_, nullptr);
    sigaction(SIGTERM, &earlier_terminate_, nullptr);
}

bool InterruptGuard::requested() const {
    return signalled;
}

} // namespace isinglass
