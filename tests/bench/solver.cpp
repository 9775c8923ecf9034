// Best cuts of all graphs of a G-set folder within a given time, beside the best known ones.
#include "sim/run/files.hpp"
#include "sim/solve/problem.hpp"
#include "tests/bench/benches.hpp"
#include "tests/bench/program.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <sstream>

namespace isinglass::bench {

namespace {

struct Options {
    std::string data;
    std::vector<std::string> only;
    std::string solver = "p-bits";
    std::int64_t seconds = 60;
    bool page_only = false;
    std::string out = "runs/bench/solver";
    std::string page = "tests/bench/SOLVER.md";
};

struct Graph {
    std::string name;
    double best_known;
};

// Lines "G1,11624" after a header.
std::vector<Graph> graphs_of(const Options& o) {
    std::istringstream text(read_file(o.data + "/gset/best_known.csv"));
    std::vector<Graph> graphs;
    std::string line;
    std::getline(text, line);
    while (std::getline(text, line)) {
        const auto comma = line.find(',');
        graphs.push_back({line.substr(0, comma), std::stod(line.substr(comma + 1))});
    }
    return graphs;
}

std::string result_of(const Options& o, const Graph& graph) {
    return fmt::format("{}/{}-{}.json", o.out, graph.name, o.solver);
}

// The solver's machine where the graph fits it, the ideal one otherwise.
void run_missing(const Options& o, const Graph& graph) {
    const auto file = result_of(o, graph);
    if (std::filesystem::exists(file)) return;
    const auto arguments = fmt::format("{}/gset/{}.txt --solver {} --timeout {} --target {}", o.data,
                                       graph.name, o.solver, o.seconds, graph.best_known);
    auto solved = solve(arguments);
    if (solved.exit_code == exit_user) solved = solve(arguments + " --ideal");
    if (solved.exit_code == exit_user) throw std::runtime_error("refused: " + arguments);
    std::filesystem::create_directories(o.out);
    write_atomically(file, solved.json);
    std::cerr << fmt::format("{}: {} of {}, {:.1f} s\n", graph.name, solved.number("best_cut"),
                             graph.best_known, solved.number("time_s"));
}

// The cut of the state in the file, counted from the graph once more.
double recounted(const Options& o, const Graph& graph, const Solved& solved) {
    const auto problem = read_problem(fmt::format("{}/gset/{}.txt", o.data, graph.name));
    const auto text = solved.text("best_state");
    std::vector<std::int8_t> state;
    for (const char c : text) state.push_back(c == '1' ? std::int8_t{1} : std::int8_t{-1});
    return problem.cut(state);
}

std::string row_of(const Options& o, const Graph& graph) {
    const auto file = result_of(o, graph);
    if (!std::filesystem::exists(file))
        return fmt::format("| {} | | | | not run | {} | | | |\n", graph.name, graph.best_known);
    const Solved solved{.json = read_file(file)};
    const double cut = solved.number("best_cut");
    if (recounted(o, graph, solved) != cut)
        throw std::runtime_error(fmt::format("{}: the state's cut is not {}", file, cut));
    const double spins = solved.number("spins");
    const double gap = 100.0 * (graph.best_known - cut) / graph.best_known;
    const double allowed = spins > 3000 ? 1.0 : 0.5;
    return fmt::format("| {} | {} | {} | {} on {} | {} | {} | {:.2f} %{} | {} x {} | {:.1f} s |\n",
                       graph.name, spins, solved.number("couplings"), solved.text("solver"),
                       solved.text("machine"), cut, graph.best_known, gap,
                       gap < 0.0       ? " (above)"
                       : gap > allowed ? " (too far)"
                                       : "",
                       solved.number("shots"), solved.number("steps"), solved.number("time_s"));
}

int run(const Options& o) {
    std::string page = fmt::format("# Cuts of the G-set\n\nMade by `bench solver --data DIR`; do not edit. "
                                   "{} s a graph at most on two cores, fewer "
                                   "where the best known cut is met.\nThe solver runs on its modelled "
                                   "machine where the graph fits, on the ideal one "
                                   "otherwise. Cuts are recounted from the states.\n\n"
                                   "| graph | spins | edges | solver and machine | best cut | best known | "
                                   "gap | shots x steps | wall |\n"
                                   "|---|---|---|---|---|---|---|---|---|\n",
                                   o.seconds);
    const auto graphs = graphs_of(o);
    check_only(o.only, graphs, &Graph::name, "solver");
    for (const auto& graph : graphs) {
        if (wanted(o.only, graph.name) && !o.page_only) run_missing(o, graph);
        page += row_of(o, graph);
    }
    write_atomically(o.page, page);
    std::cout << page;
    return exit_done;
}

} // namespace

Subcommand solver_bench() {
    auto o = std::make_shared<Options>();
    return {.name = "solver",
            .summary = "best cuts of a G-set folder beside the best known ones, and writes SOLVER.md",
            .example = "bench solver --data DIR",
            .options = {{"--data", "DIR", "where gset/ lies, with best_known.csv", &o->data, true},
                        {"--only", "GRAPH", "run this graph only (may be given several times)", &o->only},
                        {"--solver", "NAME", "as of isinglass solve", &o->solver},
                        {"--seconds", "S", "for each graph", &o->seconds},
                        {"--page-only", "", "run nothing, write the page from what there is", &o->page_only},
                        {"--page", "FILE", "the page", &o->page},
                        {"--out", "DIR", "folder of the results; what is there is not run again", &o->out}},
            .run = [o] { return run(*o); }};
}

} // namespace isinglass::bench
