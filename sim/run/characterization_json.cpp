#include "sim/run/characterization.hpp"
#include "sim/run/json.hpp"

#include <charconv>

namespace isinglass {

namespace {

Json cell_json(const std::string& cell) {
    double value = 0.0;
    const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    return error == std::errc{} && end == cell.data() + cell.size() ? Json(value) : Json(cell);
}

Json table_json(const Table& table) {
    Json rows = Json::array();
    for (const auto& cells : table.rows()) {
        if (cells.empty()) continue; // a line across
        Json row = Json::object();
        for (std::size_t i = 0; i < cells.size(); ++i) row[table.header()[i]] = cell_json(cells[i]);
        rows.push_back(std::move(row));
    }
    return rows;
}

Json figure_json(const Figure& figure) {
    Json json{{"name", figure.name},       {"title", figure.title}, {"x_label", figure.x_label},
              {"y_label", figure.y_label}, {"x", figure.x},         {"curves", Json::array()}};
    for (const auto& curve : figure.curves) json["curves"].push_back({{"name", curve.name}, {"y", curve.y}});
    return json;
}

} // namespace

std::string characterization_json(const Characterization& result) {
    Json json{{"tables", Json::array()}, {"figures", Json::array()}};
    for (const auto& table : result.tables) json["tables"].push_back(table_json(table));
    for (const auto& figure : result.figures) json["figures"].push_back(figure_json(figure));
    return document(json);
}

} // namespace isinglass
