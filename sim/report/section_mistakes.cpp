// Which classes were taken for which others, and the samples most wrong.
#include "sim/report/sections.hpp"

namespace isinglass {

Json mistakes_numbers(const ReportSource& source) {
    if (!source.observations || source.observations->samples == 0) return nullptr;
    auto json = Json::parse(source.observations->to_json());
    json.erase("codes");
    for (std::size_t i = 0; i < json["mistakes"].size(); ++i)
        json["mistakes"][i]["pixels"] = base64(source.observations->mistakes[i].pixels);
    return json;
}

} // namespace isinglass
