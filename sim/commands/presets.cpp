#include "sim/commands/commands.hpp"
#include "sim/run/experiment.hpp"

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

int list() {
    for (const char* kind : kinds) {
        std::cout << kind << '\n';
        for (const auto& preset : shipped_presets(kind))
            std::cout << fmt::format("  {:<24} {}\n", preset.name, first_comment(preset.text));
    }
    return exit_done;
}

int show(const std::string& name) {
    std::string names;
    for (const char* kind : kinds)
        for (const auto& preset : shipped_presets(kind)) {
            if (preset.name == name) {
                std::cout << preset.text;
                return exit_done;
            }
            names += (names.empty() ? "" : ", ") + preset.name;
        }
    throw UserError(fmt::format("no preset is called '{}'; there are: {}", name, names));
}

} // namespace

Subcommand presets_command() {
    return {.name = "presets",
            .summary = "list the experiments, machines, coupling devices, corners, component tables and "
                       "sweeps that ship",
            .example = "isinglass presets",
            .run = list};
}

Subcommand presets_show_command() {
    auto name = std::make_shared<std::string>();
    return {.name = "presets show",
            .summary = "print a preset's file",
            .example = "isinglass presets show epc1-28nm",
            .arguments = {{"NAME", "the preset", name.get()}},
            .run = [name] { return show(*name); }};
}

} // namespace isinglass
