#include "sim/sweep/sweep_spec.hpp"

#include "hw_models/base/error.hpp"
#include "sim/config/reader.hpp"
#include "sim/config/writer.hpp"
#include "sim/run/experiment.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <set>

namespace isinglass {

namespace {

std::string trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\n";
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return std::string(text.substr(first, text.find_last_not_of(blanks) - first + 1));
}

// A name as part of a folder's.
std::string folder_word(const std::string& label) {
    std::string word;
    for (const char c : label)
        word += std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' ? c : '_';
    return word;
}

} // namespace

std::vector<std::string> split_settings(std::string_view text, char separator) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto end = std::min(text.find(separator), text.size());
        if (auto part = trimmed(text.substr(0, end)); !part.empty()) parts.push_back(std::move(part));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

void SweepAxis::fields(Fields& f) {
    f.text({"key", "key of the experiment that takes the values"}, key);
    f.text({"values", "values of the key, with commas between: \"2, 3, 4\""}, values);
    f.flag({"cumulative", "each step has the settings of those before it as well"}, cumulative);
    f.tables(
        {"step", "a named step of several settings, instead of key and values"}, steps.size(),
        [this](std::size_t n) { steps.assign(n, {}); },
        [this](std::size_t i, Fields& g) {
            g.text({"name", "name of the step, in tables and folders", true}, steps[i].name);
            g.text({"set", "settings with semicolons between: \"machine.adc.bits=4; training.beta=0.2\""},
                   steps[i].set);
        });
    f.check(key.empty() != values.empty() ? false : key.empty() != steps.empty(), "key",
            "key and values, or steps");
}

std::vector<SweepStep> SweepAxis::resolved() const {
    std::vector<SweepStep> all = steps;
    for (const auto& value : split_settings(values, ',')) all.push_back({value, key + "=" + value});
    for (std::size_t i = 1; cumulative && i < all.size(); ++i) all[i].set = all[i - 1].set + ";" + all[i].set;
    return all;
}

void SweepSolve::fields(Fields& f) {
    f.text({"graphs", "files to solve, with commas between, in the data directory's gset/ or in itself"},
           graphs);
    f.text({"solver", "as `solve --solver` has it"}, solver);
    f.text({"machine", "a shipped machine or a file; empty: one that is made for the solver"}, machine);
    f.integer({"shots", "shots of each search"}, shots, {1, 1e7});
    f.integer({"steps", "steps of a shot"}, steps, {1, 1e7});
}

void SweepSpec::fields(Fields& f) {
    f.text({"name", "name of the sweep; its folder is sweeps/NAME"}, name);
    f.text({"experiment", "an experiment file, or a shipped preset's name; without [solve]"}, experiment);
    f.table({"solve", "graphs that are solved instead"}, [this](Fields& g) { solve.fields(g); });
    f.check(experiment.empty() == solves(), "experiment", "an experiment, or [solve] with graphs");
    f.text({"set", "settings for all points, with semicolons between"}, set);
    f.integers({"seeds", "seeds of the runs of each point: run.seed"}, seeds, {0, 9e15});
    f.check(!seeds.empty(), "seeds", "at least one");
    f.tables(
        {"axis", "what is varied; several make a product"}, axes.size(),
        [this](std::size_t n) { axes.assign(n, {}); },
        [this](std::size_t i, Fields& g) { axes[i].fields(g); });
    f.flag({"knee", "name the first point of the only axis that is as good as the best"}, knee);
    f.flag({"yield", "print which share of all runs reaches an accuracy"}, yield);
    f.flag({"pareto", "mark points that none beats in both test error and energy"}, pareto);
    f.check(!knee || (axes.size() == 1 && !solves()), "knee", "one axis of trainings");
}

std::vector<SweepRun> runs_of(const SweepSpec& spec) {
    std::vector<SweepRun> points;
    for (const auto& graph : split_settings(spec.solve.graphs, ','))
        points.push_back({.labels = {graph}, .folder = folder_word(graph)});
    if (!spec.solves()) points.resize(1);
    for (auto& point : points) point.sets = split_settings(spec.set, ';');
    for (const auto& axis : spec.axes) {
        std::vector<SweepRun> longer;
        for (const auto& point : points)
            for (const auto& step : axis.resolved()) {
                SweepRun next = point;
                next.labels.push_back(step.name);
                next.folder += (next.folder.empty() ? "" : ",") + folder_word(step.name);
                for (auto& setting : split_settings(step.set, ';')) next.sets.push_back(std::move(setting));
                longer.push_back(std::move(next));
            }
        points = std::move(longer);
    }
    std::vector<SweepRun> runs;
    std::set<std::string> folders;
    for (const auto& point : points)
        for (const auto seed : spec.seeds) {
            SweepRun run = point;
            run.seed = seed;
            run.sets.push_back(fmt::format("run.seed={}", seed));
            run.folder = fmt::format("{}/seed-{}", point.folder.empty() ? "point" : point.folder, seed);
            if (!folders.insert(run.folder).second)
                throw UserError(
                    fmt::format("sweep '{}': two runs would have the folder {}; steps and seeds must differ",
                                spec.name, run.folder));
            runs.push_back(std::move(run));
        }
    return runs;
}

SweepSpec load_sweep(const std::string& name_or_file, std::span<const std::string> sets) {
    SweepSpec spec;
    TomlReader reader(load_plain("sweeps", name_or_file, sets));
    spec.fields(reader);
    reader.reject_unknown_keys();
    return spec;
}

std::string expanded(const SweepSpec& spec) {
    SweepSpec copy = spec; // declaring takes references to what it writes
    TomlWriter writer;
    copy.fields(writer);
    return writer.document();
}

} // namespace isinglass
