#include "tests/bench/results_sections.hpp"

#include <fmt/core.h>

#include <map>
#include <optional>
#include <sstream>
#include <utility>

namespace isinglass::bench {

namespace {

constexpr std::string_view missing = "not run";

// What tells a row of a table from the others of its section: the preset that its command trains, or else its
// first cell. Nothing for other lines.
std::optional<std::string> row_key(const std::string& line) {
    if (!line.starts_with("| ")) return std::nullopt;
    constexpr std::string_view command = "`isinglass train ";
    const auto at = line.find(command);
    const auto begin = at == std::string::npos ? 2 : at + command.size();
    return line.substr(begin, line.find(at == std::string::npos ? '|' : ' ', begin) - begin);
}

// f(line, heading of its section)
template <class F>
void for_each_line(const std::string& page, F f) {
    std::istringstream lines(page);
    std::string line, section;
    while (std::getline(lines, line)) {
        if (line.starts_with("## ")) section = line;
        f(line, section);
    }
}

} // namespace

std::string with_earlier_rows(const std::string& page, const std::string& earlier) {
    std::map<std::pair<std::string, std::string>, std::string> kept; // by section and key
    for_each_line(earlier, [&](const std::string& line, const std::string& section) {
        const auto key = row_key(line);
        if (key && line.find(missing) == std::string::npos) kept[{section, *key}] = line;
    });
    std::string merged;
    for_each_line(page, [&](const std::string& line, const std::string& section) {
        const auto key = row_key(line);
        const auto found =
            key && line.find(missing) != std::string::npos ? kept.find({section, *key}) : kept.end();
        merged += (found == kept.end() ? line : found->second) + "\n";
    });
    return merged;
}

std::optional<double> error_on_page(const std::string& page, std::string_view preset) {
    std::optional<double> error;
    for_each_line(page, [&](const std::string& line, const std::string& section) {
        if (!section.empty() || row_key(line) != preset) return; // the table of figures comes first
        for (const std::string_view what : {"| error ", "| accuracy "})
            if (const auto at = line.find(what); at != std::string::npos) {
                const double value = std::stod(line.substr(at + what.size()));
                error = what == "| error " ? value : 100.0 - value;
            }
    });
    return error;
}

std::optional<double> baseline_on_page(const std::string& page, std::string_view heading,
                                       const std::string& preset) {
    std::optional<double> error;
    for_each_line(page, [&](const std::string& line, const std::string& section) {
        if (section != heading || !line.starts_with(fmt::format("| `{}` | ", preset))) return;
        std::istringstream cells(line);
        std::string cell;
        for (int k = 0; k < 4; ++k) std::getline(cells, cell, '|'); // before the first, preset, EP, this
        if (cell.find(missing) == std::string::npos) error = std::stod(cell);
    });
    return error;
}

} // namespace isinglass::bench
