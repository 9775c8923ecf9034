// Spin updates a second of the solvers as the program runs them, elaboration and reading of the graph
// excepted.
#include "sim/run/table.hpp"
#include "tests/bench/benches.hpp"
#include "tests/bench/program.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

namespace isinglass::bench {

namespace {

struct Options {
    std::string data;
    std::int64_t rounds = 3;
    std::string out = "runs/bench/updates";
};

// K2000: ±1 between all pairs, by a shift register.
std::string all_to_all(const Options& o) {
    constexpr unsigned spins = 2000;
    const std::string file = o.out + "/K2000.txt";
    std::filesystem::create_directories(o.out);
    std::ofstream text(file);
    text << spins << ' ' << spins * (spins - 1) / 2 << '\n';
    std::uint64_t bits = 88172645463325252ULL; // xorshift64 (Marsaglia 2003)
    for (unsigned i = 1; i <= spins; ++i)
        for (unsigned j = i + 1; j <= spins; ++j) {
            bits ^= bits << 13;
            bits ^= bits >> 7;
            bits ^= bits << 17;
            text << i << ' ' << j << ((bits >> 33 & 1U) != 0 ? " 1\n" : " -1\n");
        }
    return file;
}

int run(const Options& o) {
    struct Case {
        std::string name, file, solver;
        int steps;
    };
    const std::string k2000 = all_to_all(o);
    const std::vector<Case> cases{{"G22", o.data + "/gset/G22.txt", "ballistic", 2000},
                                  {"G22", o.data + "/gset/G22.txt", "discrete", 2000},
                                  {"G22", o.data + "/gset/G22.txt", "p-bits", 2000},
                                  {"G22", o.data + "/gset/G22.txt", "coherent", 2000},
                                  {"K2000", k2000, "ballistic", 2000},
                                  {"K2000", k2000, "discrete", 2000}};
    Table table({"128 shots, ideal machine, all cores", "solver", "updates/s, median", "fastest",
                 "per CPU second", "best cut"});
    for (const auto& c : cases) {
        std::vector<double> rates, per_cpu;
        double best = 0.0;
        for (std::int64_t round = 0; round < o.rounds; ++round) {
            const auto solved = solve(
                fmt::format("{} --ideal --solver {} --shots 128 --steps {}", c.file, c.solver, c.steps));
            rates.push_back(solved.number("spin_updates_per_s"));
            per_cpu.push_back(solved.number("spins") * 128.0 * c.steps / solved.cpu_s);
            best = solved.number("best_cut");
        }
        table.row({c.name, c.solver, fmt::format("{:.3g}", median(rates)),
                   fmt::format("{:.3g}", *std::ranges::max_element(rates)),
                   fmt::format("{:.3g}", median(per_cpu)), fmt::format("{}", best)});
    }
    std::cout << table.text();
    return exit_done;
}

} // namespace

Subcommand updates_bench() {
    auto o = std::make_shared<Options>();
    return {.name = "updates",
            .summary = "spin updates a second of the solvers, on G22 and on 2000 spins all to all",
            .example = "bench updates --data DIR",
            .options = {{"--data", "DIR", "where gset/ lies", &o->data, true},
                        {"--rounds", "N", "rounds of which median and fastest count", &o->rounds},
                        {"--out", "DIR", "folder of the graph that is made", &o->out}},
            .run = [o] { return run(*o); }};
}

} // namespace isinglass::bench
