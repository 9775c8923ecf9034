#include "sim/config/reference.hpp"

#include "sim/commands/commands.hpp"
#include "sim/run/experiment.hpp"
#include "sim/run/support.hpp"

#include <fmt/core.h>

#include <iostream>

namespace isinglass {

namespace {

// All pages come from the declarations that the program itself runs by; tests compare them with the files.
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
    if (page == "support") {
        std::cout << support_page();
        return exit_done;
    }
    throw UserError(fmt::format("no page is called '{}'; there are: keys, usage, support", page));
}

} // namespace

Subcommand reference_command() {
    auto page = std::make_shared<std::string>();
    return {
        .name = "reference",
        .summary =
            "print a reference page: all configuration keys, the usage of all commands, or what runs on what",
        .example = "isinglass reference keys",
        .arguments = {{"PAGE", "keys, usage or support", page.get()}},
        .run = [page] { return print_page(*page); }};
}

} // namespace isinglass
