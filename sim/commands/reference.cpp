#include "sim/config/reference.hpp"

#include "sim/commands/commands.hpp"
#include "sim/run/experiment.hpp"

#include <fmt/core.h>

#include <iostream>

namespace isinglass {

namespace {

// Both pages come from the declarations that the program itself runs by; tests compare them with the files.
int print_page(const std::string& page) {
    if (page == "keys") {
        Experiment defaults;
        ReferenceWriter writer;
        defaults.fields(writer);
        std::cout << "# Configuration keys\n\nMade by `isinglass reference keys`; do not edit.\n\n"
                  << writer.page();
        return exit_done;
    }
    if (page == "usage") {
        std::cout << "# Usage\n\nMade by `isinglass reference usage`; do not edit.\n\n"
                  << usage_markdown(all_commands());
        return exit_done;
    }
    throw UserError(fmt::format("no page is called '{}'; there are: keys, usage", page));
}

} // namespace

Subcommand reference_command() {
    auto page = std::make_shared<std::string>();
    return {.name = "reference",
            .summary = "print a reference page: all configuration keys, or the usage of all commands",
            .example = "isinglass reference keys",
            .arguments = {{"PAGE", "keys or usage", page.get()}},
            .run = [page] { return print_page(*page); }};
}

} // namespace isinglass
