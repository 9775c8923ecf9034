#include "sim/commands/commands.hpp"
#include "sim/run/experiment.hpp"
#include "sim/run/json.hpp"

#include <fmt/core.h>

#include <iostream>

namespace isinglass {

namespace {

constexpr const char* kinds[] = {"experiments", "machines", "devices", "corners", "components", "sweeps"};

// A preset's first comment line says what it is.
std::string_view first_comment(std::string_view text) {
    if (!text.starts_with("# ")) return "";
    return text.substr(2, text.find('\n') - 2);
}

int list(bool as_json) {
    if (as_json) {
        Json json;
        for (const char* kind : kinds)
            for (const auto& preset : shipped_presets(kind))
                json[kind].push_back({{"name", preset.name}, {"meaning", first_comment(preset.text)}});
        std::cout << document(json);
        return exit_done;
    }
    std::size_t width = 0;
    for (const char* kind : kinds)
        for (const auto& preset : shipped_presets(kind)) width = std::max(width, preset.name.size());
    for (const char* kind : kinds) {
        std::cout << kind << '\n';
        for (const auto& preset : shipped_presets(kind))
            std::cout << fmt::format("  {:<{}}  {}\n", preset.name, width, first_comment(preset.text));
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
