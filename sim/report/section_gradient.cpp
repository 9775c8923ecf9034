// How good the machine's EP gradient is, where `gradcheck` measured it.
#include "hw_models/base/error.hpp"
#include "sim/report/sections.hpp"
#include "sim/run/files.hpp"
#include "sim/study/gradient_check.hpp"

#include <filesystem>

namespace isinglass {

Json gradient_numbers(const ReportSource& source) {
    const auto file = gradient_file(source.directory);
    if (!std::filesystem::exists(file)) return nullptr;
    auto json = Json::parse(read_file(file), nullptr, false);
    if (json.is_discarded() || !json.is_object() || !json.contains("lines") || json["lines"].empty())
        throw UserError(file.string() + ": damaged, or another version's; `isinglass gradcheck " +
                        source.directory.path().string() + "` writes it again");
    return json;
}

} // namespace isinglass
