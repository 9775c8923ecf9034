// Headline numbers, and what the run was.
#include "sim/report/sections.hpp"

#include <fmt/format.h>

namespace isinglass {

Json overview_numbers(const ReportSource& source) {
    const auto& e = source.experiment;
    Json json = Json::parse(source.summary.to_json());
    for (const char* elsewhere : {"counts", "counts_by_phase", "time_by_phase_fs"}) json.erase(elsewhere);
    std::string layers;
    for (const auto& layer : e.network.layers)
        layers += fmt::format("{}{} {}", layers.empty() ? "" : ", ", layer.name, layer.size);
    json["name"] = e.name;
    json["folder"] = source.directory.path().string();
    json["machine"] = e.machine.name;
    json["array"] = e.machine.array.name();
    json["model"] = e.network.model.name();
    json["layers"] = layers;
    json["couplings"] = source.network->parameters;
    json["data"] = e.data.kind.name();
    json["estimator"] = e.training.estimator;
    return json;
}

} // namespace isinglass
