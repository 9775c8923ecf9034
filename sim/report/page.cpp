#include "sim/report/page.hpp"

#include "hw_models/base/error.hpp"
#include "sim/config/embedded_files.hpp"
#include "sim/report/sections.hpp"
#include "sim/run/files.hpp"

#include <fmt/format.h>

#include <array>
#include <fstream>

namespace isinglass {

namespace {

constexpr std::string_view folder = "sim/report/page/";
constexpr std::string_view mark = "<!-- isinglass report -->";

std::string_view part(std::string_view path) {
    for (const auto& file : embedded_files())
        if (file.path == path) return file.text;
    throw std::logic_error(fmt::format("{} is not compiled in", path));
}

void replace(std::string& page, std::string_view word, std::string_view text) {
    const auto at = page.find(word);
    if (at == std::string::npos) throw std::logic_error(fmt::format("report.html has no {}", word));
    page.replace(at, word.size(), text);
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) out += c == '<' ? "&lt;" : c == '&' ? "&amp;" : std::string(1, c);
    return out;
}

// Every script of the page: what they share first, then a file a section.
std::string scripts() {
    std::string all(part("sim/report/page/core.js"));
    for (const auto& file : embedded_files())
        if (file.path.starts_with(folder) && file.path.ends_with(".js") && !file.path.ends_with("/core.js"))
            all += fmt::format("\n// {}\n{}", file.path.substr(folder.size()), file.text);
    return all;
}

// JSON inside a script element: "</script>" within a text would end it. What is not UTF-8 is replaced.
std::string data_text(const Json& data) {
    std::string out;
    const std::string text = data.dump(-1, ' ', false, Json::error_handler_t::replace);
    out.reserve(text.size());
    for (const char c : text) out += c == '<' ? "\\u003c" : std::string(1, c);
    return out;
}

} // namespace

Json run_numbers(const ReportSource& source) {
    Json json = Json::object();
    for (const auto& section : report_sections()) {
        auto numbers = section.numbers(source);
        if (!numbers.is_null()) json[section.name] = std::move(numbers);
    }
    return json;
}

Json solve_numbers(const SolveReport& report, const Experiment& experiment, const std::string& command) {
    return {{"result", Json::parse(report.json())},
            {"energy", energy_breakdown(report.energy(), report.time_fs())},
            {"toml", expanded(experiment)},
            {"version", ISINGLASS_VERSION},
            {"command", command}};
}

Json sweep_numbers(const std::string& sweep_json, const SweepSpec& spec, const std::string& command) {
    return {{"result", Json::parse(sweep_json)},
            {"toml", expanded(spec)},
            {"version", ISINGLASS_VERSION},
            {"command", command}};
}

std::string report_page(const std::string& title, const Json& data) {
    std::string page(part("sim/report/page/report.html"));
    replace(page, "{{title}}", escaped(title));
    replace(page, "{{library-style}}", part("dygraph.min.css"));
    replace(page, "{{style}}", part("sim/report/page/style.css"));
    replace(page, "{{library}}", part("dygraph.min.js"));
    replace(page, "{{scripts}}", scripts());
    replace(page, "{{data}}", data_text(data));
    return page;
}

void write_page(const std::filesystem::path& path, const std::string& page) {
    if (std::filesystem::exists(path)) {
        std::array<char, 256> head{};
        std::ifstream(path).read(head.data(), head.size());
        if (std::string_view(head.data(), head.size()).find(mark) == std::string_view::npos)
            throw UserError(
                fmt::format("'{}' exists and is no report of isinglass; name another file", path.string()));
    }
    write_atomically(path, page);
}

void write_run_report(const RunDirectory& directory) {
    const auto source = read_source(directory);
    Json data{{"runs", {run_numbers(source)}}};
    write_page(directory.report(), report_page(source.experiment.name, data));
}

} // namespace isinglass
