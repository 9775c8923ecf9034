#include "sim/commands/commands.hpp"
#include "sim/run/experiment.hpp"
#include "sim/run/json.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <iostream>

namespace isinglass {

namespace {

constexpr const char* kinds[] = {"experiments", "machines", "devices", "corners", "components", "sweeps"};

// Where the first sentence of a line ends, if it does there.
std::size_t end_of_sentence(std::string_view line) {
    for (std::size_t stop = line.find(". "); stop != line.npos; stop = line.find(". ", stop + 1))
        if (std::isupper(static_cast<unsigned char>(line[stop + 2])) != 0) return stop;
    return line.ends_with('.') ? line.size() - 1 : line.npos;
}

// The first sentence of the comment that a preset begins with, which says what it is.
std::string meaning(std::string_view text) {
    std::string sentence;
    while (text.starts_with("# ")) {
        const auto line = text.substr(2, text.find('\n') - 2);
        const auto end = end_of_sentence(line);
        sentence += (sentence.empty() ? "" : " ") + std::string(line.substr(0, end));
        if (end != line.npos) break;
        text.remove_prefix(std::min(text.size(), line.size() + 3));
    }
    return sentence;
}

int list(bool as_json) {
    if (as_json) {
        Json json;
        for (const char* kind : kinds)
            for (const auto& preset : shipped_presets(kind))
                json[kind].push_back({{"name", preset.name}, {"meaning", meaning(preset.text)}});
        std::cout << document(json);
        return exit_done;
    }
    std::size_t width = 0;
    for (const char* kind : kinds)
        for (const auto& preset : shipped_presets(kind)) width = std::max(width, preset.name.size());
    for (const char* kind : kinds) {
        std::cout << kind << '\n';
        for (const auto& preset : shipped_presets(kind))
            std::cout << fmt::format("  {:<{}}  {}\n", preset.name, width, meaning(preset.text));
    }
    return exit_done;
}

int show(const std::string& name, bool as_json) {
    std::string names;
    for (const char* kind : kinds)
        for (const auto& preset : shipped_presets(kind)) {
            if (preset.name == name) {
                if (as_json)
                    std::cout << document({{"name", name}, {"kind", kind}, {"text", preset.text}});
                else
                    std::cout << preset.text;
                return exit_done;
            }
            names += (names.empty() ? "" : ", ") + preset.name;
        }
    throw UserError(fmt::format("no preset is called '{}'; there are: {}", name, names));
}

} // namespace

Subcommand presets_command() {
    auto as_json = std::make_shared<bool>(false);
    return {.name = "presets",
            .summary = "list the experiments, machines, coupling devices, corners, component tables and "
                       "sweeps that ship",
            .example = "isinglass presets",
            .options = {{"--json", "", "print the list as JSON", as_json.get()}},
            .run = [as_json] { return list(*as_json); }};
}

Subcommand presets_show_command() {
    struct Options {
        std::string name;
        bool json = false;
    };
    auto o = std::make_shared<Options>();
    return {.name = "presets show",
            .summary = "print a preset's file",
            .example = "isinglass presets show epc1-28nm",
            .arguments = {{"NAME", "the preset", &o->name}},
            .options = {{"--json", "", "print name, kind and text as JSON", &o->json}},
            .run = [o] { return show(o->name, o->json); }};
}

} // namespace isinglass
