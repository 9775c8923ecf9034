// Curves as files: CSV for programs, SVG for eyes.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace isinglass {

struct Curve {
    std::string name; // column and legend
    std::vector<double> y;
};

// Curves over one axis; every curve has as many values as x, or NaN where it has none.
struct Figure {
    std::string name; // of the files, without extension
    std::string title, x_label, y_label;
    std::vector<double> x;
    std::vector<Curve> curves;
    bool log_x = false;
};

[[nodiscard]] std::string csv_text(const Figure& figure);
// One self-contained picture with axes, ticks, grid and legend. Of Debian's libraries PLplot alone writes
// SVG, and brings a graphics stack along for it.
[[nodiscard]] std::string svg_text(const Figure& figure);

// NAME.csv and NAME.svg of each into `folder`, which is made. Throws UserError where one is there already,
// InputOutputError where one cannot be written.
void write_figures(const std::filesystem::path& folder, std::span<const Figure> figures);

} // namespace isinglass
