#include "sim/commands/commands.hpp"
#include "sim/run/files.hpp"
#include "sim/sweep/sweep_report.hpp"
#include "sim/sweep/sweep_runs.hpp"

#include <fmt/core.h>

#include <iostream>

namespace isinglass {

namespace {

struct Options {
    std::string sweep;
    std::vector<std::string> sets;
    std::optional<std::string> data;
    std::optional<std::string> out;
};

int sweep(const Options& o) {
    const auto spec = load_sweep(o.sweep, o.sets);
    const std::filesystem::path folder = o.out.value_or("sweeps/" + spec.name);
    runs_of(spec); // what is wrong is said before a folder is made
    open_sweep_folder(folder, spec);
    const bool complete = run_sweep(folder, spec, o.data.value_or(""), std::cout);
    auto points = points_of(folder, spec);
    mark_pareto(points);
    const auto text = sweep_text(points, spec);
    write_atomically(folder / "points.csv", sweep_csv(points, spec));
    write_atomically(folder / "table.txt", text);
    std::cout << fmt::format("\n{}\nsweep   {}\n", text, folder.string());
    if (complete) return exit_done;
    std::cout << fmt::format("resume  isinglass sweep {} --out {}\n", o.sweep, folder.string());
    return exit_interrupted;
}

} // namespace

Subcommand sweep_command() {
    auto o = std::make_shared<Options>();
    return {
        .name = "sweep",
        .summary = "train an experiment at every point of a product of settings and seeds",
        .example = "isinglass sweep glyphs-adc-bits --set 'seeds=[1]' --out sweeps/first",
        .arguments = {{"SWEEP", "a sweep file, or a shipped sweep's name", &o->sweep}},
        .options = {{"--set", "KEY=VALUE", "override one key of the sweep, e.g. 'seeds=[1, 2]'", &o->sets},
                    {"--data", "DIR", "where the data set lies (otherwise the environment's ISINGLASS_DATA)",
                     &o->data},
                    {"--out", "DIR",
                     "the sweep's folder; runs that are done there are kept (default: sweeps/NAME)",
                     &o->out}},
        .run = [o] { return sweep(*o); }};
}

} // namespace isinglass
