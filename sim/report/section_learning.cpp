// metrics.csv and responses.csv over epochs.
#include "sim/report/sections.hpp"
#include "sim/run/files.hpp"

#include <filesystem>

namespace isinglass {

Json learning_numbers(const ReportSource& source) {
    const auto& run = source.directory;
    if (!std::filesystem::exists(run.metrics())) return nullptr; // interrupted within the first epoch
    Json json{{"metrics", csv_columns(read_file(run.metrics()))}};
    if (std::filesystem::exists(run.responses())) json["responses"] = csv_columns(read_file(run.responses()));
    return json;
}

} // namespace isinglass
