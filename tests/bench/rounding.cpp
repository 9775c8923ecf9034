#include "sim/run/table.hpp"
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
    std::int64_t epochs = 4;
    std::string out = "runs/bench/rounding";
};

// A signed coupling is a pair of devices.
double couplings_written(const RunSummary& summary) {
    return counts_of(summary).amount("coupling.write") / 2.0;
}

int run(const Options& o) {
    Table table({"8-bit couplings", "test error", "couplings written a sample", "energy of programming"});
    for (const bool master : {true, false})
        for (const char* rounding : {"nearest", "stochastic"}) {
            const auto s =
                train(fmt::format("mnist --data {} --set data.validation=0 --set training.epochs={} --set "
                                  "training.master={} --set training.rounding={}",
                                  o.data, o.epochs, master, rounding),
                      o.out);
            const double per_sample = couplings_written(s) / static_cast<double>(s.samples);
            table.row({fmt::format("{}, {} a master copy", rounding, master ? "from" : "without"),
                       fmt::format("{:.2f} %", 100.0 * (1.0 - s.test_accuracy.value())),
                       fmt::format("{:.1f}", per_sample), format_si(s.energy_by_phase_j[0], "J")});
        }
    std::cout << table.text();
    return exit_done;
}

} // namespace

Subcommand rounding_bench() {
    auto o = std::make_shared<Options>();
    return {.name = "rounding",
            .summary =
                "rounding couplings to codes: nearest or stochastic, from a master copy or without one",
            .example = "bench rounding --data DIR",
            .options = {{"--data", "DIR", "where MNIST lies", &o->data, true},
                        {"--epochs", "N", "epochs of each run", &o->epochs},
                        {"--out", "DIR", "folder of the run under way", &o->out}},
            .run = [o] { return run(*o); }};
}

} // namespace isinglass::bench
