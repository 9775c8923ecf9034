#include "hw_models/base/error.hpp"
#include "sim/commands/commands.hpp"
#include "sim/report/page.hpp"
#include "sim/run/files.hpp"
#include "sim/run/progress.hpp"
#include "sim/solve/report.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <iostream>

namespace isinglass {

namespace {

struct Options {
    std::string graph;
    SolveRequest request;
    std::optional<std::string> machine, shots, steps, timeout, target, state, page;
    std::optional<std::int64_t> seed;
    bool json = false;
};

std::optional<double> number(const std::optional<std::string>& text, const char* option, double least) {
    if (!text) return std::nullopt;
    double value = 0.0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (error != std::errc{} || end != text->data() + text->size() || !(value >= least) || value > 1e15)
        throw UserError(fmt::format("{} {}: valid is a number from {} up", option, *text, least));
    return value;
}

std::optional<std::int64_t> count(const std::optional<std::string>& text, const char* option) {
    const auto value = number(text, option, 1.0);
    if (!value) return std::nullopt;
    if (*value > 1e7 || *value != static_cast<double>(static_cast<std::int64_t>(*value)))
        throw UserError(fmt::format("{} {}: valid is a whole number from 1 to 10000000", option, *text));
    return static_cast<std::int64_t>(*value);
}

SolveLimits limits_of(const Options& o, const IsingProblem& problem) {
    constexpr double least_s = 1e-3;
    constexpr double usual_s = 20.0;
    SolveLimits limits;
    limits.timeout_s = number(o.timeout, "--timeout", least_s);
    limits.target = number(o.target, "--target", -1e15);
    limits.shots = count(o.shots, "--shots");
    if (!limits.shots && !limits.timeout_s) limits.shots = 2 * batch_shots;
    limits.steps =
        count(o.steps, "--steps").value_or(default_steps(problem, limits.timeout_s.value_or(usual_s)));
    return limits;
}

// By shots, or by time where only that ends.
Progress progress_of(const SolveLimits& limits, const SolveResult& so_far) {
    const auto done = static_cast<std::int64_t>(so_far.cuts.size());
    auto total = limits.shots.value_or(done);
    if (!limits.shots && limits.timeout_s)
        total = std::max(
            total, static_cast<std::int64_t>(static_cast<double>(done) * *limits.timeout_s / so_far.wall_s));
    return {.stage = fmt::format("best cut {}", so_far.cuts[so_far.best]),
            .done = done,
            .total = total,
            .accuracy = {},
            .unit = "shots"};
}

// The command that gives the same shots, however this search was ended.
std::string again(const Options& o, const Experiment& experiment, const SolveLimits& limits,
                  const SolveResult& result) {
    std::string line = fmt::format("isinglass solve {} --solver {} --steps {} --shots {} --seed {}", o.graph,
                                   o.request.solver, limits.steps, result.cuts.size(), experiment.run.seed);
    if (o.machine) line += " --machine " + *o.machine;
    if (o.request.ideal) line += " --ideal";
    for (const auto& set : o.request.sets)
        if (!set.starts_with("run.seed=")) line += fmt::format(" --set '{}'", set);
    return line;
}

int solve_graph(Options& o) {
    const IsingProblem problem = read_problem(o.graph);
    const SolveLimits limits = limits_of(o, problem);
    if (o.seed) o.request.sets.push_back(fmt::format("run.seed={}", *o.seed));
    o.request.machine = o.machine.value_or("");
    const Experiment experiment = solver_experiment(problem, o.request);
    const auto library = load_components(experiment.machine);
    IsingMachine machine(experiment, problem);
    ProgressBar bar;
    const SolveResult result = solve(
        machine, problem, limits, [&](const SolveResult& so_far) { bar.show(progress_of(limits, so_far)); });
    bar.erase();
    const SolveReport report(problem, o.request, experiment, limits, result, library);
    if (o.state) write_atomically(*o.state, state_text(result));
    if (o.page)
        write_page(*o.page, report_page(problem.name,
                                        {{"solve", solve_numbers(report, experiment,
                                                                 again(o, experiment, limits, result))}}));
    std::cout << (o.json ? report.json() : report.text());
    if (result.stopped_because == "interrupted") return exit_interrupted;
    return limits.target && !report.target_met() ? exit_target_not_met : exit_done;
}

} // namespace

Subcommand solve_command() {
    auto o = std::make_shared<Options>();
    return {
        .name = "solve",
        .summary =
            "the machine as an Ising solver: the best cut of a graph, or the lowest energy of couplings",
        .example = "isinglass solve G1.txt --timeout 60 --target 11624",
        .arguments = {{"GRAPH",
                       "G-set or .rud text ('vertices edges', then 'i j weight' an edge), or couplings: .npy "
                       "with J [N "
                       "x N], .h5 with J and h [N], of E = -1/2 s'Js - h's",
                       &o->graph}},
        .options =
            {{"--solver", "NAME",
              "p-bits (default: annealed sampling), ballistic or discrete (simulated bifurcation), coherent "
              "(amplitudes with error variables), oscillators",
              &o->request.solver},
             {"--machine", "M", "a shipped machine or a file (default: one that is made for the solver)",
              &o->machine},
             {"--ideal", "",
              "an ideal machine as large as the problem: exact couplings and converters, no noise but the "
              "solver's own",
              &o->request.ideal},
             {"--shots", "N",
              "anneal so many times, each from another start (default: 128, or with --timeout as many as "
              "fit)",
              &o->shots},
             {"--steps", "N", "steps or sweeps of a shot (default: by the graph's size and --timeout)",
              &o->steps},
             {"--timeout", "SECONDS", "start no batch of 64 shots that would end later", &o->timeout},
             {"--target", "CUT", "stop when a shot has this cut; the exit code is 4 where none has",
              &o->target},
             {"--seed", "N", "seed of starts and noise (default: 1)", &o->seed},
             {"--set", "KEY=VALUE", "override one key, e.g. machine.couplings.bits=4", &o->request.sets},
             {"--state", "FILE", "write the best state, a line with 1 or -1 for each spin", &o->state},
             {"--report", "FILE", "write a page of the result: cuts of all shots, energy, the best state",
              &o->page},
             {"--json", "", "print the result as JSON, with best_cut and best_state", &o->json}},
        .run = [o] { return solve_graph(*o); }};
}

} // namespace isinglass
