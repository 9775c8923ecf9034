// Text tables for screens.
#pragma once

#include "hw_models/energy/pricing.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace isinglass {

// Three significant digits with an SI prefix: "1.23 uJ", "45.6 ms", "0 s". Without a unit: "1.23 M", "456".
// Values beyond the prefixes a to T are written with an exponent.
[[nodiscard]] std::string format_si(double value, std::string_view unit);

// A fraction as "12.3 %"; "<0.1 %" for less than that but not 0.
[[nodiscard]] std::string format_share(double fraction);

// Columns of cells, two spaces apart, the header underlined; cells that start with a digit, a sign or '<'
// stand right, others left, headers as the cells below them. Widths count characters, not bytes.
class Table {
  public:
    explicit Table(std::vector<std::string> header) : header_(std::move(header)) {}

    // `cells` as many as the header has.
    void row(std::vector<std::string> cells);
    // A line across, before the next row.
    void rule() { rows_.emplace_back(); }

    // Every line ends with a line end; none with spaces.
    [[nodiscard]] std::string text() const;

    [[nodiscard]] const std::vector<std::string>& header() const { return header_; }
    [[nodiscard]] const std::vector<std::vector<std::string>>& rows() const { return rows_; }

  private:
    std::vector<std::string> header_;
    std::vector<std::vector<std::string>> rows_; // empty: a rule
};

// Energy by component and phase with totals, shares and the time of each phase (on the critical path), phases
// in which nothing happened left out; then by group, how much rests on assumptions, and what is not included.
[[nodiscard]] std::string energy_table(const EnergyReport& energy,
                                       const std::array<std::uint64_t, phase_count>& time_fs);

} // namespace isinglass
