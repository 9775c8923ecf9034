#include "sim/run/table.hpp"
#include "tests/bench/bare_kernels.hpp"
#include "tests/bench/benches.hpp"
#include "tests/bench/program.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iostream>
#include <memory>

namespace isinglass::bench {

namespace {

struct Options {
    std::string data;
    std::int64_t rounds = 5;
    std::string out = "runs/bench/speed";
};

// One training epoch without validation; its own seconds, without start-up, data and scoring.
double epoch_s(const Options& o, const std::string& settings, std::size_t& samples) {
    const auto summary = train(
        fmt::format(
            "mnist --data {} --set data.validation=0 --set training.epochs=1 --set training.batch=64 {}",
            o.data, settings),
        o.out);
    samples = static_cast<std::size_t>(summary.samples);
    return static_cast<double>(samples) / summary.wall.samples_per_s;
}

int run(const Options& o) {
    std::vector<double> fast, exact, traced, bare, ratio, slower;
    std::size_t samples = 0;
    WorkerPool pool(2);
    const std::string threads = "--set run.threads=2 ";
    // 0.62 RC stand for one step of the iteration: 30 free and 2 × 10 nudged steps.
    const std::string fast_set =
        threads + "--set machine.array.dynamics=dissipative-fast --set 'training.free=\"18.6 RC\"' "
                  "--set 'training.nudged=\"6.2 RC\"'";
    for (std::int64_t i = 0; i < o.rounds; ++i) { // side by side, so that a noisy machine is noisy for all
        fast.push_back(epoch_s(o, fast_set, samples));
        bare.push_back(bare_kernels_s(pool, (samples + 63) / 64, 64));
        traced.push_back(
            epoch_s(o, fast_set + " --set trace.capture=samples --set trace.samples=17", samples));
        exact.push_back(epoch_s(o, threads, samples));
        ratio.push_back(fast.back() / bare.back());
        slower.push_back(traced.back() / fast.back());
    }
    Table table(
        {"MNIST epoch, 784-512-10, default machine, batch 64, 2 threads", "median", "samples/s", "fastest"});
    const auto n = static_cast<double>(samples);
    // Medians are what a run takes; the fastest rounds lost least to others on a shared host.
    auto row = [&](const char* what, const std::vector<double>& s) {
        table.row({what, fmt::format("{:.2f} s", median(s)), fmt::format("{:.0f}", n / median(s)),
                   fmt::format("{:.2f} s", std::ranges::min(s))});
    };
    row("everything modelled, fast (30 free + 2 x 10 nudged steps)", fast);
    row("the same with one sample traced", traced);
    row("bare kernels of the same products, no SystemC", bare);
    row("everything modelled, default integrator", exact);
    std::cout << table.text()
              << fmt::format(
                     "\nmodelled / bare kernels: {:.2f} (median of {} rounds), {:.2f} (fastest / fastest)   "
                     "traced / not traced: {:.2f} (median)\n",
                     median(ratio), o.rounds, std::ranges::min(fast) / std::ranges::min(bare),
                     median(slower));
    return exit_done;
}

} // namespace

Subcommand speed_bench() {
    auto o = std::make_shared<Options>();
    return {.name = "speed",
            .summary =
                "seconds of an MNIST epoch, against bare kernels, traced, and with the default integrator",
            .example = "bench speed --data DIR",
            .options = {{"--data", "DIR", "where MNIST lies", &o->data, true},
                        {"--rounds", "N", "rounds of which median and fastest count", &o->rounds},
                        {"--out", "DIR", "folder of the runs", &o->out}},
            .run = [o] { return run(*o); }};
}

} // namespace isinglass::bench
