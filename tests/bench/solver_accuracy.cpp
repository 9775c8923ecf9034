// Cuts against the bits of couplings and converters and against noise: one setting of a machine at a time.
#include "hw_models/base/random.hpp"
#include "sim/run/table.hpp"
#include "tests/bench/benches.hpp"
#include "tests/bench/program.hpp"

#include <fmt/core.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

namespace isinglass::bench {

namespace {

struct Options {
    std::string data;
    std::int64_t shots = 128;
    std::int64_t steps = 300;
    std::string out = "runs/bench/solver-accuracy";
};

struct Setting {
    const char* what;
    const char* sets;
};

// Of feedback-28nm, whose loop reads and drives every spin in every round. The first one is the machine as it
// is.
constexpr Setting settings[] = {
    {"feedback-28nm: 8-bit couplings and converters, noise 0.5 LSB", ""},
    {"couplings of 6 bits", "--set machine.couplings.bits=6"},
    {"couplings of 4 bits", "--set machine.couplings.bits=4"},
    {"couplings of 3 bits", "--set machine.couplings.bits=3"},
    {"couplings of 2 bits", "--set machine.couplings.bits=2"},
    {"converters of 6 bits", "--set machine.adc.bits=6 --set machine.dac.bits=6"},
    {"converters of 4 bits", "--set machine.adc.bits=4 --set machine.dac.bits=4"},
    {"converters of 3 bits", "--set machine.adc.bits=3 --set machine.dac.bits=3"},
    {"converters of 2 bits", "--set machine.adc.bits=2 --set machine.dac.bits=2"},
    {"ADC noise of 2 LSB", "--set machine.adc.noise=2"},
    {"ADC noise of 8 LSB", "--set machine.adc.noise=8"},
    {"ADC noise of 32 LSB", "--set machine.adc.noise=32"},
};

// Normally distributed couplings between all pairs: what bits of couplings can tell apart.
std::string gaussian_graph(const Options& o) {
    constexpr std::size_t spins = 300;
    const std::string file = o.out + "/gaussian300.txt";
    std::vector<float> weights(spins * (spins - 1) / 2);
    RandomStream(1, Purpose::test).gaussians({}, weights);
    std::filesystem::create_directories(o.out);
    std::ofstream text(file);
    text << spins << ' ' << weights.size() << '\n';
    std::size_t k = 0;
    for (std::size_t i = 1; i <= spins; ++i)
        for (std::size_t j = i + 1; j <= spins; ++j)
            text << fmt::format("{} {} {}\n", i, j,
                                std::round(1000.0 * static_cast<double>(weights[k++])) / 1000.0);
    return file;
}

int run(const Options& o) {
    struct Graph {
        std::string name, file;
        double reference = 0.0; // best of p-bits on the ideal machine
    };
    std::vector<Graph> graphs{{"G6", o.data + "/gset/G6.txt"},
                              {"G32", o.data + "/gset/G32.txt"},
                              {"300 spins, normal weights", gaussian_graph(o)}};
    for (auto& graph : graphs)
        graph.reference = solve(graph.file + " --ideal --shots 128 --steps 3000").number("best_cut");
    std::vector<std::string> header{"solver coherent, best and mean cut in % of the best of p-bits"};
    for (const auto& graph : graphs) header.push_back(graph.name);
    Table table(header);
    for (const auto& setting : settings) {
        std::vector<std::string> row{setting.what};
        for (const auto& graph : graphs) {
            const auto solved = solve(fmt::format("{} --solver coherent --shots {} --steps {} {}", graph.file,
                                                  o.shots, o.steps, setting.sets));
            if (solved.exit_code == exit_user)
                throw std::runtime_error(std::string("refused: ") + setting.sets);
            row.push_back(fmt::format("{:.2f}  {:.2f}", 100.0 * solved.number("best_cut") / graph.reference,
                                      100.0 * solved.number("mean_cut") / graph.reference));
        }
        table.row(row);
    }
    std::cout << table.text();
    return exit_done;
}

} // namespace

Subcommand solver_accuracy_bench() {
    auto o = std::make_shared<Options>();
    return {.name = "solver-accuracy",
            .summary = "cuts against bits of couplings and converters and against noise, on three graphs",
            .example = "bench solver-accuracy --data DIR",
            .options = {{"--data", "DIR", "where gset/ lies", &o->data, true},
                        {"--shots", "N", "for each cell of the table", &o->shots},
                        {"--steps", "N", "rounds of a shot", &o->steps},
                        {"--out", "DIR", "folder of the graph that is made", &o->out}},
            .run = [o] { return run(*o); }};
}

} // namespace isinglass::bench
