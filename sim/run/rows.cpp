#include "sim/run/rows.hpp"

#include <fmt/format.h>

#include <cmath>
#include <ostream>

namespace isinglass {

namespace {

std::string key_of(const Column& column) {
    return column.unit.empty() ? column.name : column.name + "_" + column.unit;
}

// The fewest digits that read back to the same double; JSON has no NaN.
std::string number(const Cell& cell, const char* not_a_number) {
    if (const auto* n = std::get_if<std::int64_t>(&cell)) return fmt::format("{}", *n);
    const double x = std::get<double>(cell);
    return std::isfinite(x) ? fmt::format("{}", x) : not_a_number;
}

std::string quoted(const std::string& text, const char* quote_inside) {
    std::string all = "\"";
    for (const char c : text) {
        if (c == '"')
            all += quote_inside;
        else if (c == '\\' && quote_inside[0] == '\\')
            all += "\\\\";
        else
            all += c;
    }
    return all + '"';
}

} // namespace

Rows::Rows(std::vector<Column> columns, Form form, std::ostream& out)
    : columns_(std::move(columns)), form_(form), out_(out) {
    std::vector<std::string> names;
    for (const auto& column : columns_) names.push_back(form == Form::table ? column.name : key_of(column));
    if (form == Form::table) table_.emplace(names);
    if (form == Form::json) out_ << "[";
    for (std::size_t i = 0; form == Form::csv && i < names.size(); ++i)
        out_ << (i > 0 ? "," : "") << names[i] << (i + 1 == names.size() ? "\n" : "");
}

void Rows::row(const std::vector<Cell>& cells) {
    if (form_ == Form::csv) return csv(cells);
    if (form_ == Form::json) return json(cells);
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (const auto* text = std::get_if<std::string>(&cells[i]))
            texts.push_back(*text);
        else if (const auto* n = std::get_if<std::int64_t>(&cells[i]))
            texts.push_back(fmt::format("{}", *n));
        else if (columns_[i].unit.empty())
            texts.push_back(fmt::format("{:.5g}", std::get<double>(cells[i])));
        else
            texts.push_back(format_si(std::get<double>(cells[i]), columns_[i].unit));
    }
    table_->row(std::move(texts));
}

void Rows::csv(const std::vector<Cell>& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const auto* text = std::get_if<std::string>(&cells[i]);
        const bool plain = text == nullptr || text->find_first_of(",\"\n") == std::string::npos;
        out_ << (i > 0 ? "," : "")
             << (text == nullptr ? number(cells[i], "nan")
                 : plain         ? *text
                                 : quoted(*text, "\"\""));
    }
    out_ << '\n';
}

void Rows::json(const std::vector<Cell>& cells) {
    out_ << (first_ ? "\n" : ",\n");
    first_ = false;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const auto* text = std::get_if<std::string>(&cells[i]);
        out_ << (i > 0 ? ", " : " {") << quoted(key_of(columns_[i]), "\\\"") << ": "
             << (text != nullptr ? quoted(*text, "\\\"") : number(cells[i], "null"));
    }
    out_ << "}";
}

void Rows::finish() {
    if (form_ == Form::json) out_ << "\n]\n";
    if (table_) out_ << table_->text();
}

} // namespace isinglass
