#include "sim/run/interrupt.hpp"
#include "sim/run/progress.hpp"

#include <catch2/catch.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <sstream>

using namespace isinglass;

namespace {

// A terminal whose clock stands still until told otherwise.
struct FakeTerminal {
    std::ostringstream out;
    double now_s = 100.0;
    [[nodiscard]] Terminal terminal(bool interactive = true, int columns = 200) {
        return {
            .out = &out, .interactive = interactive, .columns = columns, .now_s = [this] { return now_s; }};
    }
    std::string take() {
        std::string text = out.str();
        out.str("");
        return text;
    }
};

// How a child process ends that runs `body`: its exit code, or minus the signal that ended it.
template <class Body>
int end_of(Body body) {
    const pid_t child = fork();
    if (child == 0) {
        close(STDERR_FILENO);
        _exit(body());
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

} // namespace

TEST_CASE("a progress line says stage, share, rate, accuracy and time left") {
    CHECK(progress_line({"epoch 3/15", 25, 100, 0.9712}, 25, 5.0) ==
          "epoch 3/15 [#####...............]  25 %  5.0 samples/s  97.1 % correct  0:15 left");
    CHECK(progress_line({"test", 0, 100, {}}, 0, 0.0) == "test [....................]   0 %");
    CHECK(progress_line({"test", 100, 100, {}}, 100, 1.0) ==
          "test [####################] 100 %  100 samples/s  0:00 left");
    // Half a sample a second for 25000 more.
    CHECK(progress_line({"epoch 1/2", 25000, 50000, {}}, 100, 200.0) ==
          "epoch 1/2 [##########..........]  50 %  0.5 samples/s  13:53:20 left");
    CHECK(progress_line({"nothing", 0, 0, {}}, 0, 1.0) == "nothing [....................]   0 %");
}

TEST_CASE("the time left is that of the rest at the rate so far, and unknown before there is one") {
    const Progress resumed{"", 300, 1000, {}};
    CHECK(remaining_s(resumed, 100, 20.0) == 140.0); // five a second for 700
    CHECK_FALSE(remaining_s(resumed, 0, 20.0).has_value());
    CHECK_FALSE(remaining_s({"", 2, 1, {}}, 1, 1.0).has_value());
}

TEST_CASE("durations are minutes and seconds, and hours where there are") {
    CHECK(format_duration(42.4) == "0:42");
    CHECK(format_duration(725.0) == "12:05");
    CHECK(format_duration(3599.6) == "1:00:00");
    CHECK(format_duration(11250.0) == "3:07:30");
}

TEST_CASE("a bar is redrawn at most ten times a second, and erased at the end") {
    FakeTerminal fake;
    {
        ProgressBar bar(fake.terminal());
        bar.show({"train", 0, 100, {}});
        CHECK_THAT(fake.take(), Catch::StartsWith("\r\x1b[Ktrain "));
        fake.now_s += 0.05;
        bar.show({"train", 1, 100, {}});
        CHECK(fake.take().empty());
        fake.now_s += 0.06;
        bar.show({"train", 2, 100, {}});
        CHECK_THAT(fake.take(), Catch::Contains("  2 %"));
    }
    CHECK(fake.take() == "\r\x1b[K");
}

TEST_CASE("a bar that was erased comes back at once, and nothing is erased twice") {
    FakeTerminal fake;
    {
        ProgressBar bar(fake.terminal());
        bar.erase();
        CHECK(fake.take().empty());
        bar.show({"train", 1, 100, {}});
        bar.erase();
        bar.erase();
        CHECK_THAT(fake.take(), Catch::EndsWith("\r\x1b[K"));
        bar.show({"train", 1, 100, {}});
        CHECK_FALSE(fake.take().empty());
        bar.erase();
        fake.take();
    }
    CHECK(fake.take().empty());
}

TEST_CASE("the rate of a resumed run counts from where it went on") {
    FakeTerminal fake;
    ProgressBar bar(fake.terminal());
    bar.show({"train", 5000, 10000, {}});
    fake.now_s += 2.0;
    fake.take();
    bar.show({"train", 5200, 10000, {}});
    CHECK_THAT(fake.take(), Catch::Contains("  100 samples/s  0:48 left"));
}

TEST_CASE("a bar is cut to the terminal's width") {
    FakeTerminal fake;
    ProgressBar bar(fake.terminal(true, 12));
    bar.show({"epoch 3/15", 25, 100, {}});
    CHECK(fake.take() == "\r\x1b[Kepoch 3/15 ");
}

TEST_CASE("no byte of a bar is written where there is no terminal") {
    FakeTerminal fake;
    {
        ProgressBar bar(fake.terminal(false));
        bar.show({"train", 1, 100, {}});
        bar.erase();
    }
    CHECK(fake.take().empty());
}

TEST_CASE("the first signal asks to stop, whichever it is, and handlers come back afterwards") {
    CHECK(end_of([] {
              for (const int signal : {SIGINT, SIGTERM}) {
                  const InterruptGuard guard;
                  if (guard.requested()) return 1;
                  std::raise(signal);
                  if (!guard.requested()) return 2;
              }
              const InterruptGuard next;
              return next.requested() ? 3 : 0;
          }) == 0);
    CHECK(end_of([] {
              std::signal(SIGINT, SIG_IGN);
              { const InterruptGuard guard; }
              std::raise(SIGINT);
              return 0;
          }) == 0);
}

TEST_CASE("the second signal ends the process, also when it is another one") {
    for (const int second : {SIGINT, SIGTERM})
        CHECK(end_of([&] {
                  const InterruptGuard guard;
                  std::raise(SIGINT);
                  std::raise(second);
                  return 0;
              }) == -second);
}
