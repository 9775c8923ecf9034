// The captured window, packed for the page's viewer.
#include "sim/report/sections.hpp"
#include "sim/report/wave_pack.hpp"

#include <algorithm>
#include <filesystem>

namespace isinglass {

namespace {

// The run's waveforms, the one written last; of one written in two formats, the quicker to read.
std::filesystem::path newest_waves(const std::filesystem::path& folder) {
    std::filesystem::path newest;
    std::error_code error;
    for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end;
         it.increment(error)) {
        const auto& path = it->path();
        if (path.extension() != ".vcd" && path.extension() != ".fst") continue;
        const auto key = [](const std::filesystem::path& p) {
            auto same = p;
            const auto fst = std::filesystem::exists(same.replace_extension(".fst"));
            return std::pair(std::filesystem::last_write_time(fst ? same : p), p.extension() == ".fst");
        };
        if (newest.empty() || key(path) > key(newest)) newest = path;
    }
    return newest;
}

} // namespace

Json waves_numbers(const ReportSource& source) {
    const auto path = newest_waves(source.directory.path() / "waves");
    if (path.empty()) return nullptr;
    return packed_waves(path, most_packed_bytes);
}

} // namespace isinglass
