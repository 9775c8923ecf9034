#include "sim/commands/commands.hpp"
#include "sim/run/characterization.hpp"
#include "sim/run/experiment.hpp"

#include <fmt/core.h>

#include <iostream>

namespace isinglass {

namespace {

struct Options {
    std::string machine = "epc1-28nm";
    std::vector<std::string> sets;
    std::optional<std::string> out;
    std::int64_t converter = 0;
    std::int64_t samples = 100;
    bool json = false;
};

int show(const Options& o, const Characterization& result) {
    std::cout << (o.json ? characterization_json(result) : result.text);
    if (!o.out) return exit_done;
    write_figures(*o.out, result.figures);
    if (o.json) return exit_done;
    std::cout << "\ncurves ";
    for (const auto& figure : result.figures)
        std::cout << fmt::format(" {}/{}.csv .svg", *o.out, figure.name);
    std::cout << '\n';
    return exit_done;
}

CharacterizationOptions checked(const Options& o) {
    if (o.converter < 0) throw UserError(fmt::format("--converter {}: valid is 0 or more", o.converter));
    if (o.samples < 1 || o.samples > 100000)
        throw UserError(fmt::format("--samples {}: valid is 1 to 100000", o.samples));
    return {static_cast<std::size_t>(o.converter), static_cast<std::size_t>(o.samples)};
}

Subcommand command(const std::string& what, const std::string& summary, const std::string& example,
                   bool converters,
                   std::function<Characterization(const MachineSpec&, const CharacterizationOptions&)> test) {
    auto o = std::make_shared<Options>();
    Subcommand c{.name = "characterize " + what,
                 .summary = summary,
                 .example = example,
                 .options = {{"--machine", "MACHINE", "a machine's file, or a shipped one's name (epc1-28nm)",
                              &o->machine},
                             {"--set", "KEY=VALUE", "override one key, e.g. machine.adc.bits=10", &o->sets},
                             {"--out", "DIR", "write the curves there, as CSV and SVG", &o->out},
                             {"--json", "", "print tables and curves as JSON", &o->json}},
                 .run = [o, test] { return show(*o, test(load_machine(o->machine, o->sets), checked(*o))); }};
    if (converters) {
        c.options.push_back(
            {"--converter", "N", "the converter that curves are drawn for, from 0", &o->converter});
        c.options.push_back({"--samples", "N", "samples a code of an ADC's code density (100)", &o->samples});
    }
    return c;
}

} // namespace

Subcommand characterize_adc_command() {
    return command("adc", "test a machine's ADCs: INL, DNL, SNDR, effective bits, and those against the rate",
                   "isinglass characterize adc --machine epc1-28nm-drawn --out adc", true, characterize_adc);
}

Subcommand characterize_dac_command() {
    return command("dac", "test a machine's DACs: INL, DNL, SNDR, effective bits, settling against the slot",
                   "isinglass characterize dac --machine epc1-28nm-drawn --out dac", true, characterize_dac);
}

Subcommand characterize_array_command() {
    return command("array", "test a machine's nodes: settling time against bits, and a map of their offsets",
                   "isinglass characterize array --set \"machine.spins.offset=3 mV\"", false,
                   [](const MachineSpec& machine, const CharacterizationOptions&) {
                       return characterize_array(machine);
                   });
}

} // namespace isinglass
