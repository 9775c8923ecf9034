#include "sim/run/table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

namespace isinglass {
namespace {

constexpr std::string_view prefixes = "afpnum kMGT"; // 1e-18 to 1e12
constexpr int first_exponent = -18;

// Three significant digits of a value from 1 to below 1000 after rounding.
std::string three_digits(double value) {
    const double size = std::abs(value);
    return fmt::format("{:.{}f}", value, size < 9.995 ? 2 : size < 99.95 ? 1 : 0);
}

std::size_t width(std::string_view text) { // continuation bytes of UTF-8 take no column
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

bool is_number(std::string_view cell) {
    return !cell.empty() && std::string_view("0123456789+-<").find(cell.front()) != std::string_view::npos;
}

std::vector<std::size_t> phases_in_use(const EnergyReport& energy,
                                       const std::array<std::uint64_t, phase_count>& time_fs) {
    std::vector<std::size_t> used;
    for (std::size_t p = 0; p < phase_count; ++p)
        if (energy.by_phase_j[p] != 0.0 || time_fs[p] != 0) used.push_back(p);
    return used;
}

// Largest first; equal ones by name.
std::vector<std::pair<std::string, double>> by_size(const std::map<std::string, double>& parts) {
    std::vector<std::pair<std::string, double>> sorted(parts.begin(), parts.end());
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    return sorted;
}

std::string share_of(double part, double total) {
    return format_share(total > 0.0 ? part / total : 0.0);
}

std::string by_component(const EnergyReport& energy, const std::array<std::uint64_t, phase_count>& time_fs) {
    const auto phases = phases_in_use(energy, time_fs);
    double time_s = 0.0;
    std::vector<std::string> header{"energy"};
    std::vector<std::string> totals{"total"};
    std::vector<std::string> shares{"share"};
    std::vector<std::string> times{"time"};
    for (const auto p : phases) {
        const double phase_s = static_cast<double>(time_fs[p]) * 1e-15;
        time_s += phase_s;
        header.emplace_back(phase_name(static_cast<Phase>(p)));
        totals.push_back(format_si(energy.by_phase_j[p], "J"));
        shares.push_back(share_of(energy.by_phase_j[p], energy.total_j));
        times.push_back(format_si(phase_s, "s"));
    }
    for (const auto* word : {"total", "share"}) header.emplace_back(word);
    totals.insert(totals.end(), {format_si(energy.total_j, "J"), share_of(energy.total_j, energy.total_j)});
    shares.insert(shares.end(), {share_of(energy.total_j, energy.total_j), ""});
    times.insert(times.end(), {format_si(time_s, "s"), ""});

    Table table(header);
    for (const auto& [component, total_j] : by_size(energy.by_component_j)) {
        std::vector<std::string> cells{component};
        const auto& parts_j = energy.by_component_and_phase_j.at(component);
        for (const auto p : phases) cells.push_back(parts_j[p] == 0.0 ? "-" : format_si(parts_j[p], "J"));
        cells.insert(cells.end(), {format_si(total_j, "J"), share_of(total_j, energy.total_j)});
        table.row(std::move(cells));
    }
    table.rule();
    for (auto* cells : {&totals, &shares, &times}) table.row(std::move(*cells));
    return table.text();
}

std::string by_group(const EnergyReport& energy) {
    Table table({"group", "energy", "share"});
    for (const auto& [group, part_j] : by_size(energy.by_group_j))
        table.row({group, format_si(part_j, "J"), share_of(part_j, energy.total_j)});
    return table.text();
}

} // namespace

std::string format_si(double value, std::string_view unit) {
    const auto with_unit = [&](std::string number, std::string_view prefix) {
        if (!prefix.empty() || !unit.empty()) number += fmt::format(" {}{}", prefix, unit);
        return number;
    };
    if (value == 0.0) return with_unit("0", "");
    if (!std::isfinite(value)) return with_unit(fmt::format("{}", value), "");
    // The exponent of the value as rounded to three digits, so that 999.9 n becomes 1.00 u.
    const std::string rounded = fmt::format("{:.2e}", value);
    const int exponent = std::stoi(rounded.substr(rounded.find('e') + 1));
    const int index = (exponent - first_exponent - ((exponent % 3) + 3) % 3) / 3;
    if (exponent < first_exponent || index >= static_cast<int>(prefixes.size()))
        return with_unit(rounded, "");
    const int scale = first_exponent + 3 * index;
    const std::string_view prefix = prefixes.substr(static_cast<std::size_t>(index), 1);
    return with_unit(three_digits(value / std::pow(10.0, scale)), prefix == " " ? "" : prefix);
}

std::string format_share(double fraction) {
    if (fraction > 0.0 && fraction < 0.001) return "<0.1 %";
    return fmt::format("{:.1f} %", 100.0 * fraction);
}

void Table::row(std::vector<std::string> cells) {
    assert(!cells.empty() && cells.size() == header_.size());
    rows_.push_back(std::move(cells));
}

std::string Table::text() const {
    std::vector<std::size_t> widths;
    std::vector<bool> right(header_.size(), false);
    for (const auto& cell : header_) widths.push_back(width(cell));
    for (const auto& cells : rows_)
        for (std::size_t i = 0; i < cells.size(); ++i) {
            widths[i] = std::max(widths[i], width(cells[i]));
            if (is_number(cells[i])) right[i] = true;
        }

    std::string out;
    const auto line = [&](const std::vector<std::string>& cells, auto stands_right) {
        std::string text;
        for (std::size_t i = 0; i < cells.size(); ++i) {
            const std::string gap(widths[i] - width(cells[i]), ' ');
            text += (i ? "  " : "") + (stands_right(i) ? gap + cells[i] : cells[i] + gap);
        }
        text.erase(text.find_last_not_of(' ') + 1);
        out += text + '\n';
    };
    const auto across = [&] {
        std::size_t all = 2 * (widths.size() - 1);
        for (const auto w : widths) all += w;
        out += std::string(all, '-') + '\n';
    };
    line(header_, [&](std::size_t i) { return right[i]; });
    across();
    for (const auto& cells : rows_)
        if (cells.empty())
            across();
        else
            line(cells, [&](std::size_t i) { return is_number(cells[i]); });
    return out;
}

std::string energy_table(const EnergyReport& energy, const std::array<std::uint64_t, phase_count>& time_fs) {
    const auto assumed = energy.by_mark_j.find("assumption");
    const double assumed_j = assumed == energy.by_mark_j.end() ? 0.0 : assumed->second;
    return fmt::format("{}\n{}\nComponent library {}, profile {}; {} of the energy rests on assumptions.\n"
                       "Not included: {}.\n",
                       by_component(energy, time_fs), by_group(energy), energy.library, energy.profile,
                       share_of(assumed_j, energy.total_j),
                       energy.not_included.empty() ? "nothing is known to be left out"
                                                   : fmt::format("{}", fmt::join(energy.not_included, "; ")));
}

} // namespace isinglass
