#include "sim/config/reference.hpp"

#include "sim/commands/commands.hpp"
#include "sim/run/experiment.hpp"
#include "sim/run/json.hpp"
#include "sim/run/support.hpp"

#include <fmt/core.h>

#include <iostream>

namespace isinglass {

namespace {

// All pages come from the declarations that the program itself runs by; tests compare them with the files.
std::string page_text(const std::string& page) {
    if (page == "keys") {
        Experiment defaults;
        ReferenceWriter writer;
        defaults.fields(writer);
        return "# Configuration keys\n\nMade by `isinglass reference keys`; do not edit.\n\n" + writer.page();
    }
    if (page == "usage")
        return "# Usage\n\nMade by `isinglass reference usage`; do not edit.\n\n" +
               usage_markdown(all_commands());
    if (page == "support") return support_page();
    throw UserError(fmt::format("no page is called '{}'; there are: keys, usage, support", page));
}

struct Options {
    std::string page;
    bool json = false;
};

int print_page(const Options& o) {
    const auto text = page_text(o.page);
    std::cout << (o.json ? document({{"page", o.page}, {"markdown", text}}) : text);
    return exit_done;
}

} // namespace

Subcommand reference_command() {
    auto o = std::make_shared<Options>();
    return {
        .name = "reference",
        .summary =
            "print a reference page: all configuration keys, the usage of all commands, or what runs on what",
        .example = "isinglass reference keys",
        .arguments = {{"PAGE", "keys, usage or support", &o->page}},
        .options = {{"--json", "", "print the page as JSON", &o->json}},
        .run = [o] { return print_page(*o); }};
}

} // namespace isinglass
