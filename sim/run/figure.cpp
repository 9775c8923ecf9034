#include "sim/run/figure.hpp"

#include "hw_models/base/error.hpp"
#include "sim/run/files.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace isinglass {

namespace {

constexpr double width = 720, height = 420, left = 78, right = 20, top = 40, bottom = 56;
constexpr const char* colours[] = {"#1f5fa8", "#c8501e", "#2b8a3e", "#7b3fa0", "#555555", "#b8860b"};

// Round numbers that span the values.
struct Axis {
    double low = 0.0, high = 1.0, step = 0.2;
    bool log = false;
    double from = 0.0, to = 1.0; // on the page

    [[nodiscard]] double at(double value) const {
        const double x = log ? std::log10(value) : value;
        return from + (x - low) / (high - low) * (to - from);
    }
};

Axis axis_of(std::vector<double> values, bool log, double from, double to) {
    std::erase_if(values, [&](double v) { return !std::isfinite(v) || (log && v <= 0.0); });
    if (values.empty()) values = {1.0, 10.0};
    auto [low, high] = std::ranges::minmax(values);
    if (log) low = std::log10(low), high = std::log10(high);
    if (high - low < 1e-12 * std::max(1.0, std::abs(high))) low -= 0.5, high += 0.5;
    const double rough = (high - low) / 5.0;
    const double decade = std::pow(10.0, std::floor(std::log10(rough)));
    const double step = decade * (rough < 2.0 * decade ? 2.0 : rough < 5.0 * decade ? 5.0 : 10.0);
    return {std::floor(low / step) * step, std::ceil(high / step) * step, step, log, from, to};
}

std::string text_at(double x, double y, const char* anchor, const std::string& text, const char* more = "") {
    std::string safe;
    for (const char c : text) safe += c == '&' ? "&amp;" : c == '<' ? "&lt;" : std::string(1, c);
    return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\"{}>{}</text>\n", x, y, anchor, more,
                       safe);
}

std::string line(double x1, double y1, double x2, double y2) {
    return fmt::format("<path d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}\" stroke=\"#ddd\"/>\n", x1, y1, x2, y2);
}

std::string grid(const Axis& x, const Axis& y) {
    std::string out;
    const auto ticks = [](const Axis& a) { return static_cast<int>(std::lround((a.high - a.low) / a.step)); };
    for (int i = 0; i <= ticks(x); ++i) {
        const double v = x.low + i * x.step;
        const double at = x.from + (x.to - x.from) * i / ticks(x);
        out += line(at, y.from, at, y.to);
        out += text_at(at, y.from + 18, "middle", fmt::format("{:.4g}", x.log ? std::pow(10.0, v) : v));
    }
    for (int i = 0; i <= ticks(y); ++i) {
        const double v = y.low + i * y.step;
        const double at = y.from + (y.to - y.from) * i / ticks(y);
        out += line(x.from, at, x.to, at);
        out +=
            text_at(x.from - 8, at + 4, "end", fmt::format("{:.4g}", std::abs(v) < 1e-9 * y.step ? 0.0 : v));
    }
    return out;
}

std::string curve_path(const Figure& f, const Curve& curve, const Axis& x, const Axis& y,
                       const char* colour) {
    std::string path;
    bool pen = false;
    for (std::size_t i = 0; i < f.x.size(); ++i) {
        const bool there = std::isfinite(curve.y[i]) && (!f.log_x || f.x[i] > 0.0);
        if (there) path += fmt::format("{}{:.1f} {:.1f}", pen ? 'L' : 'M', x.at(f.x[i]), y.at(curve.y[i]));
        pen = there;
    }
    return fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.3\"/>\n", path, colour);
}

} // namespace

std::string csv_text(const Figure& figure) {
    std::string out = figure.x_label;
    for (const auto& c : figure.curves) out += "," + c.name;
    out += '\n';
    for (std::size_t i = 0; i < figure.x.size(); ++i) {
        out += fmt::format("{:.9g}", figure.x[i]);
        for (const auto& c : figure.curves)
            out += std::isfinite(c.y[i]) ? fmt::format(",{:.9g}", c.y[i]) : ",";
        out += '\n';
    }
    return out;
}

std::string svg_text(const Figure& figure) {
    std::vector<double> ys;
    for (const auto& c : figure.curves) ys.insert(ys.end(), c.y.begin(), c.y.end());
    const Axis x = axis_of(figure.x, figure.log_x, left, width - right);
    const Axis y = axis_of(ys, false, height - bottom, top);
    std::string out =
        fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
                    "height=\"{1}\" font-family=\"sans-serif\" font-size=\"12\">\n"
                    "<rect width=\"{0}\" height=\"{1}\" fill=\"white\"/>\n",
                    width, height);
    out += grid(x, y);
    double at = width - right;
    for (std::size_t i = figure.curves.size(); i-- > 0;) {
        const char* colour = colours[i % std::size(colours)];
        out += curve_path(figure, figure.curves[i], x, y, colour);
        if (figure.curves.size() == 1) continue;
        out +=
            text_at(at, top - 8, "end", figure.curves[i].name, fmt::format(" fill=\"{}\"", colour).c_str());
        at -= 8.0 * static_cast<double>(figure.curves[i].name.size()) + 10.0;
    }
    out += text_at(left, 18, "start", figure.title, " font-weight=\"bold\"");
    out += text_at((left + width - right) / 2, height - 14, "middle", figure.x_label);
    out += text_at(
        0, 0, "middle", figure.y_label,
        fmt::format(" transform=\"translate(18 {}) rotate(-90)\"", (top + height - bottom) / 2).c_str());
    return out + "</svg>\n";
}

void write_figures(const std::filesystem::path& folder, std::span<const Figure> figures) {
    for (const auto& f : figures)
        for (const char* extension : {".csv", ".svg"})
            if (const auto path = folder / (f.name + extension); std::filesystem::exists(path))
                throw UserError(fmt::format("--out {}: {} is there already; valid is another folder",
                                            folder.string(), path.string()));
    std::filesystem::create_directories(folder);
    for (const auto& f : figures) {
        write_atomically(folder / (f.name + ".csv"), csv_text(f));
        write_atomically(folder / (f.name + ".svg"), svg_text(f));
    }
}

} // namespace isinglass
