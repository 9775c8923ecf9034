#include "hw_models/base/error.hpp"
#include "sim/commands/commands.hpp"
#include "sim/report/page.hpp"
#include "sim/report/sections.hpp"

#include <fmt/core.h>

#include <iostream>

namespace isinglass {

namespace {

struct Options {
    std::vector<std::string> runs;
    bool compare = false;
    std::optional<std::string> out;
    bool json = false;
};

// A comparison shows neither waveforms nor maps: those are each run's own.
void keep_comparable(Json& run) {
    for (const char* own : {"waves", "maps", "couplings", "mistakes"}) run.erase(own);
}

int report(const Options& o) {
    if (o.compare && o.runs.size() < 2)
        throw UserError("--compare needs two runs or more; one run's own page is 'isinglass report RUN'");
    if (o.out && !o.compare && o.runs.size() > 1)
        throw UserError("--out names one file, and without --compare every run has a page of its own");
    Json data{{"runs", Json::array()}};
    for (const auto& name : o.runs) {
        const auto source = read_source(RunDirectory::open(name));
        auto numbers = run_numbers(source);
        if (o.compare) keep_comparable(numbers);
        data["runs"].push_back(std::move(numbers));
        if (o.compare || o.json) continue;
        const auto path = o.out ? std::filesystem::path(*o.out) : source.directory.report();
        write_page(path, report_page(source.experiment.name, {{"runs", {data["runs"].back()}}}));
        std::cout << path.string() << '\n';
    }
    if (o.json) {
        std::cout << data.dump() << '\n';
    } else if (o.compare) {
        const std::string path = o.out.value_or("compare.html");
        write_page(path, report_page(fmt::format("{} runs compared", o.runs.size()), data));
        std::cout << path << '\n';
    }
    return exit_done;
}

} // namespace

Subcommand report_command() {
    auto o = std::make_shared<Options>();
    return {.name = "report",
            .summary = "write a run's page again (report.html: charts, maps and a waveform viewer in one "
                       "file), or compare runs in one page",
            .example = "isinglass report runs/glyphs-1-1 runs/six-bits --compare --out bits.html",
            .arguments = {{"RUN", "folders of runs", &o->runs}},
            .options = {{"--compare", "", "one page of all runs (default: a page in each run's folder)",
                         &o->compare},
                        {"--out", "FILE",
                         "the page's file (default: RUN/report.html; with --compare, compare.html)", &o->out},
                        {"--json", "", "print the page's numbers as JSON and write no page", &o->json}},
            .run = [o] { return report(*o); }};
}

} // namespace isinglass
