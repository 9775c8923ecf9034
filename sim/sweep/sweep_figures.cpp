// Plots of a sweep.
#include "hw_models/base/error.hpp"
#include "sim/config/units.hpp"
#include "sim/sweep/sweep_report.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <map>
#include <optional>

namespace isinglass {

namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

// A step's name as a number, in SI units where it has one.
std::optional<double> number_of(const std::string& label) {
    double value = 0.0;
    const auto [end, error] = std::from_chars(label.data(), label.data() + label.size(), value);
    if (error == std::errc{} && end == label.data() + label.size()) return value;
    for (const auto unit : {Unit::second, Unit::farad, Unit::volt, Unit::hertz, Unit::siemens, Unit::ohm,
                            Unit::kelvin, Unit::byte_per_second}) {
        try {
            return parse_quantity(label, unit);
        } catch (const UserError&) { // another unit, or a name
            continue;
        }
    }
    return std::nullopt;
}

// Values of the last axis, or the places of its steps where some are names.
struct Abscissa {
    std::vector<std::string> steps; // labels in their order
    std::vector<double> x;
    std::string label;
    bool log = false;
};

Abscissa abscissa_of(const std::vector<SweepPoint>& points, const SweepSpec& spec) {
    Abscissa a;
    for (const auto& point : points)
        if (std::ranges::find(a.steps, point.labels.back()) == a.steps.end())
            a.steps.push_back(point.labels.back());
    a.label = spec.axes.empty() ? "graph" : spec.axes.back().key;
    for (const auto& step : a.steps)
        if (const auto value = number_of(step)) a.x.push_back(*value);
    if (a.x.size() == a.steps.size()) {
        const auto [low, high] = std::ranges::minmax(a.x);
        a.log = low > 0.0 && high >= 20.0 * low;
        return a;
    }
    a.x.clear();
    a.label.clear();
    for (std::size_t i = 0; i < a.steps.size(); ++i) {
        a.x.push_back(static_cast<double>(i + 1));
        a.label += fmt::format("{}{} {}", i > 0 ? ", " : "", i + 1, a.steps[i]);
    }
    return a;
}

// Figures draw points in the order of x.
Figure sorted(Figure figure) {
    std::vector<std::size_t> order(figure.x.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::sort(order, {}, [&](std::size_t i) { return figure.x[i]; });
    Figure result = figure;
    for (std::size_t i = 0; i < order.size(); ++i) {
        result.x[i] = figure.x[order[i]];
        for (std::size_t c = 0; c < figure.curves.size(); ++c)
            result.curves[c].y[i] = figure.curves[c].y[order[i]];
    }
    return result;
}

Figure error_figure(const std::vector<SweepPoint>& points, const SweepSpec& spec) {
    const auto a = abscissa_of(points, spec);
    Figure figure{.name = "error",
                  .title = spec.name,
                  .x_label = a.label,
                  .y_label = spec.solves() ? "mean cut below the best, %" : "test error, %",
                  .x = a.x,
                  .log_x = a.log};
    std::map<std::string, std::size_t> curves; // by the labels of all other axes
    const bool one = std::ranges::all_of(points, [](const auto& p) { return p.labels.size() == 1; });
    const auto curve = [&](const std::string& name) -> Curve& {
        const auto [found, fresh] = curves.try_emplace(name, figure.curves.size());
        if (fresh) figure.curves.push_back({name, std::vector<double>(a.x.size(), nothing)});
        return figure.curves[found->second];
    };
    for (const auto& point : points) {
        const auto at =
            static_cast<std::size_t>(std::ranges::find(a.steps, point.labels.back()) - a.steps.begin());
        std::string name;
        for (std::size_t i = 0; i + 1 < point.labels.size(); ++i)
            name += (i > 0 ? ", " : "") + point.labels[i];
        curve(one ? "mean" : name).y[at] = 100.0 * spread_of(point.error).mean;
        if (!one || point.error.size() < 2) continue;
        curve("best run").y[at] = 100.0 * std::ranges::min(point.error);
        curve("worst run").y[at] = 100.0 * std::ranges::max(point.error);
    }
    if (spec.knee) figure.title += fmt::format(": knee at {}", points[knee_of(points)].labels.front());
    return sorted(std::move(figure));
}

Figure yield_figure(const std::vector<SweepPoint>& points, const SweepSpec& spec) {
    std::vector<double> errors;
    for (const auto& point : points) errors.insert(errors.end(), point.error.begin(), point.error.end());
    std::ranges::sort(errors);
    Figure figure{.name = "yield",
                  .title = spec.name + ": share of chips that reach a test error",
                  .x_label = "test error, %",
                  .y_label = "yield, %",
                  .curves = {{"yield", {}}}};
    for (std::size_t i = 0; i < errors.size(); ++i) {
        figure.x.push_back(100.0 * errors[i]);
        figure.curves.front().y.push_back(100.0 * static_cast<double>(i + 1) /
                                          static_cast<double>(errors.size()));
    }
    return figure;
}

} // namespace

std::vector<Figure> sweep_figures(const std::vector<SweepPoint>& points, const SweepSpec& spec) {
    if (points.size() < 2) return {};
    std::vector<Figure> figures{error_figure(points, spec)};
    if (spec.yield) figures.push_back(yield_figure(points, spec));
    return figures;
}

} // namespace isinglass
