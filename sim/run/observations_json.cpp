#include "hw_models/base/error.hpp"
#include "sim/run/observations.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace isinglass {

using Json = nlohmann::ordered_json;

std::string Observations::to_json() const {
    Json json{{"part", part},
              {"samples", samples},
              {"classes", classes},
              {"confusion", confusion},
              {"shape", {shape.channels, shape.height, shape.width}},
              {"mistakes", Json::array()},
              {"codes", Json::array()},
              {"settled_by", settled_by},
              {"free_phase_s", free_phase_s}};
    for (const auto& m : mistakes)
        json["mistakes"].push_back({{"sample", m.verdict.sample},
                                    {"label", m.verdict.label},
                                    {"predicted", m.verdict.predicted},
                                    {"cost", m.verdict.cost},
                                    {"pixels", m.pixels}});
    for (const auto& c : codes)
        json["codes"].push_back({{"where", c.where},
                                 {"converter", c.converter},
                                 {"bits", c.bits ? Json(*c.bits) : Json(nullptr)},
                                 {"counts", c.counts}});
    return json.dump() + '\n';
}

Observations Observations::from_json(std::string_view text, const std::string& file) {
    try {
        const auto json = Json::parse(text);
        const auto& shape = json.at("shape");
        Observations o{.part = json.at("part"),
                       .samples = json.at("samples"),
                       .classes = json.at("classes"),
                       .confusion = json.at("confusion"),
                       .shape = {shape.at(0), shape.at(1), shape.at(2)},
                       .settled_by = json.at("settled_by"),
                       .free_phase_s = json.at("free_phase_s")};
        for (const auto& m : json.at("mistakes"))
            o.mistakes.push_back({{m.at("sample"), m.at("label"), m.at("predicted"), m.at("cost")},
                                  m.at("pixels").get<std::vector<std::uint8_t>>()});
        for (const auto& c : json.at("codes"))
            o.codes.push_back({c.at("where"), c.at("converter"),
                               c.at("bits").is_null() ? std::nullopt : std::optional<int>(c.at("bits")),
                               c.at("counts")});
        return o;
    } catch (const Json::exception& error) {
        throw UserError(fmt::format("{}: no observations of a run: {}", file, error.what()));
    }
}

} // namespace isinglass
