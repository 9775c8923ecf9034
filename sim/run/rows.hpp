// Rows of results for people and machines: a table, CSV or JSON.
#pragma once

#include "sim/run/table.hpp"

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace isinglass {

struct Column {
    std::string name;
    std::string unit; // SI, without prefix; none
};
using Cell = std::variant<std::string, std::int64_t, double>;

// CSV and JSON are written row by row, so that there may be any number of them; a table is kept until
// finish(). Names of CSV and JSON carry the unit: "settling_s".
class Rows {
  public:
    enum class Form { table, csv, json };

    Rows(std::vector<Column> columns, Form form, std::ostream& out);
    // As many cells as columns.
    void row(const std::vector<Cell>& cells);
    void finish();

  private:
    void csv(const std::vector<Cell>& cells);
    void json(const std::vector<Cell>& cells);

    std::vector<Column> columns_;
    Form form_;
    std::ostream& out_;
    std::optional<Table> table_;
    bool first_ = true;
};

} // namespace isinglass
