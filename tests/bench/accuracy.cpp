#include "sim/run/table.hpp"
#include "tests/bench/benches.hpp"
#include "tests/bench/program.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iostream>
#include <memory>

namespace isinglass::bench {

namespace {

struct Options {
    std::string data;
    std::int64_t seeds = 3;
    std::vector<std::string> sets;
    std::vector<std::string> only;
    std::string out = "runs/bench/accuracy";
};

struct Case {
    const char* name;
    const char* preset;
    const char* target;
};

// Rates, β and the rest were chosen on the last 10000 training images; the last epoch's test error counts.
constexpr Case cases[] = {
    {"ideal machine, dissipative", "mnist-ideal", "<= 1.8 %"},
    {"default machine, dissipative", "mnist", "<= 1.9 %"},
    {"ideal machine, conjugate", "mnist-conjugate-ideal", "<= 1.8 %"},
    {"default machine, conjugate", "mnist-conjugate", "<= 1.9 %"},
    {"default machine, quick", "mnist-quick", "<= 2.0 % in 60 s"},
};

int run(const Options& o) {
    check_only(o.only, cases, &Case::preset, "accuracy");
    std::string settings = " --set data.validation=0";
    for (const auto& set : o.sets) settings += " --set " + set;
    Table table(
        {"MNIST 784-512-10, centred EP", "test error", "seeds", "on the ideal machine", "wall", "target"});
    for (const auto& c : cases) {
        if (!wanted(o.only, c.preset)) continue;
        std::vector<double> errors, ideal, wall;
        std::vector<std::string> each;
        for (std::int64_t seed = 1; seed <= o.seeds; ++seed) {
            const auto s =
                train(fmt::format("{} --data {} --set run.seed={}{}", c.preset, o.data, seed, settings),
                      fmt::format("{}/{}-{}", o.out, c.preset, seed));
            errors.push_back(100.0 * (1.0 - s.test_accuracy.value()));
            ideal.push_back(100.0 * (1.0 - s.ideal_test_accuracy.value()));
            wall.push_back(s.wall.time_s);
            each.push_back(fmt::format("{:.2f}", errors.back()));
            std::cerr << fmt::format("{} seed {}: {:.2f} %\n", c.preset, seed, errors.back());
        }
        table.row({c.name, fmt::format("{:.2f} %", mean(errors)), fmt::format("({})", fmt::join(each, " ")),
                   fmt::format("{:.2f} %", mean(ideal)), fmt::format("{:.0f} s", median(wall)), c.target});
    }
    std::cout << table.text();
    return exit_done;
}

} // namespace

Subcommand accuracy_bench() {
    auto o = std::make_shared<Options>();
    return {.name = "accuracy",
            .summary = "test error of the MNIST presets, mean of some seeds",
            .example = "bench accuracy --data DIR",
            .options = {{"--data", "DIR", "where MNIST lies", &o->data, true},
                        {"--seeds", "N", "seeds 1 to N", &o->seeds},
                        {"--set", "KEY=VALUE", "override one key in every run", &o->sets},
                        {"--only", "PRESET", "run this preset only (may be given several times)", &o->only},
                        {"--out", "DIR", "folder of the runs", &o->out}},
            .run = [o] { return run(*o); }};
}

} // namespace isinglass::bench
