#include "tests/bench/program.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <numeric>
#include <stdexcept>

namespace isinglass::bench {

RunSummary train(const std::string& arguments, const std::string& folder) {
    std::filesystem::remove_all(folder);
    const std::string command =
        fmt::format("{} train {} --json --out {} 2>{}.log", ISINGLASS_PROGRAM, arguments, folder, folder);
    std::filesystem::create_directories(std::filesystem::path(folder).parent_path());
    const auto close = [](FILE* pipe) { return pclose(pipe); };
    std::unique_ptr<FILE, decltype(close)> pipe(popen(command.c_str(), "r"), close);
    if (!pipe) throw std::runtime_error("cannot run: " + command);
    std::string text;
    char buffer[4096];
    while (const std::size_t n = fread(buffer, 1, sizeof buffer, pipe.get())) text.append(buffer, n);
    if (text.empty()) throw std::runtime_error(fmt::format("failed: {} (see {}.log)", command, folder));
    return RunSummary::from_json(text, command);
}

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

double mean(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

} // namespace isinglass::bench
