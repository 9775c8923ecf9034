#include "sim/sweep/sweep_report.hpp"

#include "sim/run/json.hpp"
#include "sim/run/table.hpp"
#include "sim/sweep/sweep_runs.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace isinglass {

namespace {

std::string percent(const Spread& s, std::size_t runs) {
    if (runs < 2) return fmt::format("{:.2f} %", 100.0 * s.mean);
    return fmt::format("{:.2f} ± {:.2f} %", 100.0 * s.mean, 100.0 * s.deviation);
}

std::vector<std::string> axis_names(const SweepSpec& spec) {
    std::vector<std::string> names;
    if (spec.solves()) names.emplace_back("graph");
    for (const auto& axis : spec.axes) names.push_back(axis.key.empty() ? "step" : axis.key);
    return names;
}

// Accuracies that the share of runs reaches.
std::string yield_table(const std::vector<SweepPoint>& points) {
    std::vector<double> errors;
    for (const auto& point : points) errors.insert(errors.end(), point.error.begin(), point.error.end());
    if (errors.empty()) return {};
    std::ranges::sort(errors);
    Table table({"yield", "test error at most"});
    const auto n = static_cast<double>(errors.size());
    for (const double share : {0.1, 0.25, 0.5, 0.75, 0.9, 1.0}) {
        const auto last = static_cast<std::size_t>(std::ceil(share * n - 1e-9)) - 1;
        table.row({fmt::format("{:.0f} %", 100.0 * share), fmt::format("{:.2f} %", 100.0 * errors[last])});
    }
    return fmt::format("\nyield of {} chips\n\n{}", errors.size(), table.text());
}

// Text with separators or quotation marks of CSV in quotation marks.
std::string quoted(const std::string& text) {
    if (text.find_first_of(",\"\n") == std::string::npos) return text;
    std::string marked = "\"";
    for (const char c : text) marked += c == '"' ? "\"\"" : std::string(1, c);
    return marked + "\"";
}

} // namespace

Spread spread_of(const std::vector<double>& values) {
    if (values.empty()) return {};
    const auto n = static_cast<double>(values.size());
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
    double squares = 0.0;
    for (const double v : values) squares += (v - mean) * (v - mean);
    return {mean, values.size() > 1 ? std::sqrt(squares / (n - 1.0)) : 0.0};
}

std::vector<SweepPoint> points_of(const std::filesystem::path& folder, const SweepSpec& spec) {
    std::vector<std::pair<SweepRun, SweepOutcome>> done;
    std::map<std::string, double> best_cut; // of each graph
    for (const auto& run : runs_of(spec)) {
        const auto outcome = outcome_of(folder, spec, run);
        if (!outcome || (!spec.solves() && !outcome->error)) continue;
        if (spec.solves()) {
            const auto [best, fresh] = best_cut.try_emplace(run.labels.front(), outcome->best_cut);
            best->second = std::max(best->second, outcome->best_cut);
        }
        done.emplace_back(run, *outcome);
    }
    std::vector<SweepPoint> points;
    for (const auto& [run, outcome] : done) {
        if (points.empty() || points.back().labels != run.labels) points.push_back({.labels = run.labels});
        auto& point = points.back();
        point.folders.push_back(run.folder);
        point.error.push_back(spec.solves() ? 1.0 - outcome.mean_cut / best_cut.at(run.labels.front())
                                            : *outcome.error);
        if (outcome.ideal_error) point.ideal_error.push_back(*outcome.ideal_error);
        point.energy_j.push_back(outcome.energy_j);
        point.time_s.push_back(outcome.time_s);
    }
    return points;
}

void mark_pareto(std::vector<SweepPoint>& points) {
    const auto error = [](const SweepPoint& p) { return spread_of(p.error).mean; };
    const auto energy = [](const SweepPoint& p) { return spread_of(p.energy_j).mean; };
    for (auto& point : points)
        point.best = std::ranges::none_of(points, [&](const SweepPoint& other) {
            return error(other) <= error(point) && energy(other) <= energy(point) &&
                   (error(other) < error(point) || energy(other) < energy(point));
        });
}

std::size_t knee_of(const std::vector<SweepPoint>& points) {
    constexpr double least = 1e-3;
    double best = 1.0;
    std::vector<double> deviations; // their median, since points where training fails scatter widely
    for (const auto& point : points) {
        const auto s = spread_of(point.error);
        best = std::min(best, s.mean);
        deviations.push_back(s.deviation);
    }
    std::ranges::nth_element(deviations,
                             deviations.begin() + static_cast<std::ptrdiff_t>(deviations.size() / 2));
    const double within = std::max(least, deviations[deviations.size() / 2]);
    const auto found = std::ranges::find_if(
        points, [&](const SweepPoint& p) { return spread_of(p.error).mean <= best + within; });
    return static_cast<std::size_t>(found - points.begin());
}

std::string sweep_text(const std::vector<SweepPoint>& points, const SweepSpec& spec) {
    auto header = axis_names(spec);
    const bool ideal = !spec.solves();
    header.insert(header.end(), {"runs", ideal ? "test error" : "mean cut below the best"});
    if (ideal) header.emplace_back("on the ideal machine");
    header.insert(header.end(), {"energy", "time"});
    if (spec.pareto) header.emplace_back("pareto");
    Table table(header);
    for (const auto& point : points) {
        auto row = point.labels;
        row.push_back(fmt::format("{}", point.error.size()));
        row.push_back(percent(spread_of(point.error), point.error.size()));
        if (ideal) row.push_back(percent(spread_of(point.ideal_error), point.ideal_error.size()));
        row.push_back(format_si(spread_of(point.energy_j).mean, "J"));
        row.push_back(format_si(spread_of(point.time_s).mean, "s"));
        if (spec.pareto) row.emplace_back(point.best ? "yes" : "");
        table.row(row);
    }
    std::string text = table.text();
    if (spec.knee && !points.empty())
        text += fmt::format(
            "\nknee: {} = {}, the first within the points' median deviation (at least 0.1 %) of the best\n",
            axis_names(spec).front(), points[knee_of(points)].labels.front());
    if (spec.yield) text += yield_table(points);
    return text;
}

std::string sweep_json(const std::vector<SweepPoint>& points, const SweepSpec& spec,
                       const std::filesystem::path& folder, bool complete) {
    Json json{{"sweep", spec.name},   {"experiment", spec.experiment}, {"folder", folder.string()},
              {"complete", complete}, {"axes", axis_names(spec)},      {"points", Json::array()}};
    for (const auto& p : points)
        json["points"].push_back({{"labels", p.labels},
                                  {"folders", p.folders},
                                  {"test_error", p.error},
                                  {"ideal_test_error", p.ideal_error},
                                  {"energy_j", p.energy_j},
                                  {"simulated_time_s", p.time_s},
                                  {"pareto", p.best}});
    if (spec.knee && !points.empty()) json["knee"] = knee_of(points);
    return document(json);
}

std::string sweep_csv(const std::vector<SweepPoint>& points, const SweepSpec& spec) {
    std::string text;
    for (const auto& name : axis_names(spec)) text += quoted(name) + ",";
    text +=
        "runs,test_error_mean,test_error_deviation,ideal_test_error_mean,energy_j_mean,simulated_time_s_mean,"
        "pareto\n";
    for (const auto& point : points) {
        for (const auto& label : point.labels) text += quoted(label) + ",";
        const auto error = spread_of(point.error);
        text += fmt::format("{},{},{},{},{},{},{}\n", point.error.size(), error.mean, error.deviation,
                            spread_of(point.ideal_error).mean, spread_of(point.energy_j).mean,
                            spread_of(point.time_s).mean, point.best ? 1 : 0);
    }
    return text;
}

} // namespace isinglass
