#include "tests/bench/baselines.hpp"

#include "sim/run/experiment.hpp"
#include "sim/run/files.hpp"
#include "sim/run/table.hpp"
#include "tests/bench/benches.hpp"
#include "tests/bench/program.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>

namespace isinglass::bench {

namespace {

struct Options {
    std::string data;
    std::vector<std::string> only;
    std::vector<std::string> sets;
    std::string score = "test";
    std::optional<std::string> rate;
    std::int64_t seed = 1;
    std::string python;
    std::string out = "runs/bench/baselines";
};

std::string result_file(const std::string& folder, const std::string& preset, std::int64_t seed) {
    return fmt::format("{}/{}-{}.json", folder, preset, seed);
}

// What scores validation samples, or other settings, is shown and not kept.
BackpropResult run_one(const Options& o, bool trial, const std::string& python, const Baseline& baseline) {
    const auto folder = std::filesystem::path(o.out);
    std::filesystem::create_directories(folder);
    const auto config = (folder / (std::string(baseline.preset) + ".toml")).string();
    auto sets = o.sets;
    if (o.score == "test") sets.emplace_back("data.validation=0"); // as the presets are scored
    write_atomically(config, expanded(load_experiment(baseline.preset, sets)));
    const auto file = trial ? (folder / "trial.json").string() : result_file(o.out, baseline.preset, o.seed);
    const auto command =
        fmt::format("{} {}/tests/bench/reference/backprop.py {} {} --rate {} --seed {} "
                    "--score {} > {}.part",
                    python, ISINGLASS_SOURCE, config, o.data,
                    o.rate.value_or(fmt::format("{}", baseline.rate)), o.seed, o.score, file);
    if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
    std::filesystem::rename(file + ".part", file);
    const auto json = read_file(file);
    return {number_in(json, "accuracy"), number_in(json, "time_s")};
}

int run(const Options& o) {
    const auto python = python_with_torch(o.python);
    check_only(o.only, baselines(), &Baseline::preset, "baselines");
    const bool trial = o.score != "test" || o.rate || !o.sets.empty();
    Table table({"backpropagation of the network of", fmt::format("{} error", o.score), "wall"});
    for (const auto& baseline : baselines()) {
        if (!wanted(o.only, baseline.preset)) continue;
        auto result = trial ? std::nullopt : baseline_result(o.out, baseline.preset, o.seed);
        if (!result) result = run_one(o, trial, python, baseline);
        table.row({baseline.preset, fmt::format("{:.2f} %", 100.0 - 100.0 * result->accuracy),
                   fmt::format("{:.0f} s", result->time_s)});
    }
    std::cout << table.text();
    return exit_done;
}

std::string names() {
    std::string all;
    for (const auto& b : baselines()) all += fmt::format("{}{}", all.empty() ? "" : ", ", b.preset);
    return all;
}

} // namespace

std::string python_with_torch(const std::string& wanted) {
    std::vector<std::string> candidates{"python3", "/usr/bin/python3"};
    if (!wanted.empty()) candidates = {wanted};
    for (const auto& python : candidates)
        if (std::system((python + " -c 'import torch, numpy' 2>/dev/null").c_str()) == 0) return python;
    throw UserError(fmt::format("{} has no PyTorch, which backpropagation takes: install the Debian package "
                                "python3-torch, or name an interpreter that has it with --python",
                                candidates.front()));
}

const std::vector<Baseline>& baselines() {
    static const std::vector<Baseline> all{
        {"mnist-hopfield-1x1024", 0.05}, {"mnist-hopfield-2x1024", 0.05},
        {"mnist-hopfield-3x1024", 0.05}, {"mnist-conv", 0.1},
        {"fashion-conv", 0.05},          {"mnist-predictive", 0.02},
        {"cifar-predictive", 0.03},      {"cifar-conv", 0.03},
    };
    return all;
}

std::optional<BackpropResult> baseline_result(const std::string& folder, const std::string& preset,
                                              std::int64_t seed) {
    const auto file = result_file(folder, preset, seed);
    if (!std::filesystem::exists(file)) return std::nullopt;
    const auto json = read_file(file);
    return BackpropResult{number_in(json, "accuracy"), number_in(json, "time_s")};
}

Subcommand baselines_bench() {
    auto o = std::make_shared<Options>();
    return {.name = "baselines",
            .summary = "trains the deep networks by backpropagation in as many epochs (needs python3-torch)",
            .example = "bench baselines --data DIR --only mnist-conv",
            .options = {{"--data", "DIR", "where the data sets lie", &o->data, true},
                        {"--only", "PRESET", "one of " + names() + " (may be given several times)", &o->only},
                        {"--set", "KEY=VALUE", "another experiment than the preset's; not kept", &o->sets},
                        {"--score", "PART", "test, or validation to choose by", &o->score},
                        {"--rate", "R", "another learning rate than the one chosen; not kept", &o->rate},
                        {"--seed", "N", "of start values and order", &o->seed},
                        {"--python", "PROGRAM", "the interpreter with PyTorch", &o->python},
                        {"--out", "DIR", "folder of the results; what is there is not run again", &o->out}},
            .run = [o] { return run(*o); }};
}

} // namespace isinglass::bench
