#include "tests/bench/program.hpp"

#include "sim/commands/cli.hpp"
#include "sim/run/files.hpp"

#include <fmt/core.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <numeric>
#include <sstream>
#include <stdexcept>

namespace isinglass::bench {

namespace {

// What the program prints; its errors go to `log`.
std::string output_of(const std::string& arguments, const std::string& log) {
    const std::string command = fmt::format("{} {} 2>{}", ISINGLASS_PROGRAM, arguments, log);
    const auto close = [](FILE* pipe) { return pclose(pipe); };
    std::unique_ptr<FILE, decltype(close)> pipe(popen(command.c_str(), "r"), close);
    if (!pipe) throw std::runtime_error("cannot run: " + command);
    std::string text;
    char buffer[4096];
    while (const std::size_t n = fread(buffer, 1, sizeof buffer, pipe.get())) text.append(buffer, n);
    if (text.empty()) throw std::runtime_error(fmt::format("failed: {} (see {})", command, log));
    return text;
}

} // namespace

RunSummary train(const std::string& arguments, const std::string& folder) {
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(std::filesystem::path(folder).parent_path());
    const auto command = fmt::format("train {} --json --out {}", arguments, folder);
    return RunSummary::from_json(output_of(command, folder + ".log"), command);
}

std::vector<EpochFigures> epochs_of(const std::string& folder) {
    std::istringstream in(read_file(folder + "/metrics.csv"));
    std::string line;
    // The header: epoch, train accuracy and cost, validation accuracy and cost, factor, time, energy, …
    std::getline(in, line);
    std::vector<EpochFigures> epochs;
    while (std::getline(in, line)) {
        std::vector<std::string> cells;
        std::istringstream row(line);
        for (std::string cell; std::getline(row, cell, ',');) cells.push_back(cell);
        epochs.push_back({std::stod(cells.at(3)), std::stod(cells.at(6)), std::stod(cells.at(7))});
    }
    return epochs;
}

namespace {

std::string value_of(const std::string& json, const std::string& name) {
    const auto at = json.find("\"" + name + "\": ");
    if (at == std::string::npos) throw std::runtime_error(fmt::format("no '{}' in: {}", name, json));
    return json.substr(at + name.size() + 4);
}

} // namespace

double number_in(const std::string& json, const std::string& name) {
    return std::stod(value_of(json, name));
}

double eval(const std::string& folder, const std::string& arguments) {
    const auto text = output_of(fmt::format("eval {} {} --json", folder, arguments), folder + ".log");
    return number_in(text, "accuracy");
}

namespace {

double children_cpu_s() {
    rusage usage{};
    getrusage(RUSAGE_CHILDREN, &usage);
    return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           1e-6 * static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

} // namespace

Solved solve(const std::string& arguments) {
    const double before_s = children_cpu_s();
    const std::string command = fmt::format("{} solve {} --json 2>/dev/null", ISINGLASS_PROGRAM, arguments);
    FILE* pipe = popen(command.c_str(), "r");
    if (pipe == nullptr) throw std::runtime_error("cannot run: " + command);
    Solved solved;
    char buffer[4096];
    while (const std::size_t n = fread(buffer, 1, sizeof buffer, pipe)) solved.json.append(buffer, n);
    const int status = pclose(pipe);
    solved.cpu_s = children_cpu_s() - before_s;
    solved.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    if (solved.exit_code != exit_done && solved.exit_code != exit_target_not_met &&
        solved.exit_code != exit_user)
        throw std::runtime_error(fmt::format("failed with {}: {}", solved.exit_code, command));
    return solved;
}

double Solved::number(const std::string& name) const {
    return number_in(json, name);
}
std::string Solved::text(const std::string& name) const {
    const auto value = value_of(json, name).substr(1);
    return value.substr(0, value.find('"'));
}

bool wanted(const std::vector<std::string>& only, std::string_view name) {
    return only.empty() || std::ranges::find(only, name) != only.end();
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
