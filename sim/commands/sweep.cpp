#include "sim/commands/commands.hpp"
#include "sim/report/page.hpp"
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
    bool json = false;
};

// A word as a shell takes it.
std::string shell_word(const std::string& text) {
    if (text.find_first_of(" '\"[]{}();&|<>*?$`\\#~") == std::string::npos && !text.empty()) return text;
    std::string word = "'";
    for (const char c : text) word += c == '\'' ? "'\\''" : std::string(1, c);
    return word + "'";
}

// The command that goes on with this sweep.
std::string again(const Options& o, const std::filesystem::path& folder) {
    std::string line = "isinglass sweep " + shell_word(o.sweep);
    for (const auto& set : o.sets) line += " --set " + shell_word(set);
    if (o.data) line += " --data " + shell_word(*o.data);
    return line + " --out " + shell_word(folder.string());
}

int sweep(const Options& o) {
    const auto spec = load_sweep(o.sweep, o.sets);
    const std::filesystem::path folder = o.out.value_or("sweeps/" + spec.name);
    runs_of(spec); // what is wrong is said before a folder is made
    open_sweep_folder(folder, spec);
    std::ostream& out = o.json ? std::cerr : std::cout;
    const bool complete = run_sweep(folder, spec, o.data.value_or(""), out);
    auto points = points_of(folder, spec);
    mark_pareto(points);
    const auto text = sweep_text(points, spec);
    write_atomically(folder / "points.csv", sweep_csv(points, spec));
    write_atomically(folder / "table.txt", text);
    for (const auto& figure : sweep_figures(points, spec)) {
        write_atomically(folder / (figure.name + ".csv"), csv_text(figure));
        write_atomically(folder / (figure.name + ".svg"), svg_text(figure));
    }
    const auto resume = again(o, folder);
    const auto json = sweep_json(points, spec, folder, complete);
    const auto page = folder / "report.html";
    write_page(page, report_page(spec.name, {{"sweep", sweep_numbers(json, spec, resume)}}));
    out << fmt::format("\n{}\nsweep   {}\nreport  {}\n", text, folder.string(), page.string());
    if (o.json) std::cout << json;
    if (complete) return exit_done;
    out << fmt::format("resume  {}\n", resume);
    return exit_interrupted;
}

} // namespace

Subcommand sweep_command() {
    auto o = std::make_shared<Options>();
    return {
        .name = "sweep",
        .summary = "train an experiment, or solve graphs, at every point of a product of settings and seeds",
        .example = "isinglass sweep glyphs-adc-bits --set 'seeds=[1]' --out sweeps/first",
        .arguments = {{"SWEEP", "a sweep file, or a shipped sweep's name", &o->sweep}},
        .options = {{"--set", "KEY=VALUE", "override one key of the sweep, e.g. 'seeds=[1, 2]'", &o->sets},
                    {"--data", "DIR", "where the data set lies (otherwise the environment's ISINGLASS_DATA)",
                     &o->data},
                    {"--out", "DIR",
                     "the sweep's folder; runs that are done there are kept (default: sweeps/NAME)", &o->out},
                    {"--json", "",
                     "print the points as JSON on standard output, everything else on standard error",
                     &o->json}},
        .run = [o] { return sweep(*o); }};
}

} // namespace isinglass
