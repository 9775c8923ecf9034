#include "hw_models/control/register_map.hpp"
#include "sim/commands/commands.hpp"
#include "sim/run/files.hpp"
#include "sim/run/json.hpp"
#include "sim/run/trained.hpp"
#include "sim/study/spice_netlist.hpp"

#include <fmt/core.h>

#include <cctype>
#include <filesystem>
#include <iostream>

namespace isinglass {

namespace {

// Nothing that is there is overwritten.
void write_new(const std::string& file, const std::string& text) {
    if (std::filesystem::exists(file))
        throw UserError(fmt::format("{} is there already; another --out fits", file));
    write_atomically(file, text);
}

struct SpiceOptions {
    TrainedSource source;
    std::optional<std::string> data;
    std::int64_t sample = 0;
    std::string out;
    bool json = false;
};

int export_spice(const SpiceOptions& o) {
    const Trained trained = load_trained(o.source);
    const auto& e = trained.experiment;
    const RunData data = load_data(e, o.data.value_or(""));
    const auto most = static_cast<std::int64_t>(data.train.count()) - 1;
    if (o.sample < 0 || o.sample > most)
        throw UserError(fmt::format("--sample {}: valid is 0 to {}, the training samples", o.sample, most));
    const auto net = e.network.build();
    const auto& model = *e.network.model.part();
    const auto theta = trained.theta.empty() ? initial_couplings(*net, model, e.training.gain,
                                                                 static_cast<std::uint64_t>(e.run.seed))
                                             : trained.theta;
    std::vector<float> inputs(net->inputs);
    std::vector<float> targets(net->output().size);
    const auto sample = static_cast<std::size_t>(o.sample);
    data.train.features(sample, inputs);
    e.training.cost->target(data.train.labels[sample], targets);
    const double rc_s = e.machine.circuit->time_constant_s;
    const double step_s = e.machine.dynamics->physical_rc_per_step() * rc_s;
    const std::string text = spice_netlist(e.machine, *net, model,
                                           {.values = theta,
                                            .inputs = inputs,
                                            .targets = targets,
                                            .beta = e.training.beta,
                                            .free_s = e.training.free.seconds(rc_s, step_s),
                                            .nudged_s = e.training.nudged.seconds(rc_s, step_s)},
                                           std::filesystem::path(o.out).filename().string() + ".data");
    write_new(o.out, text);
    if (o.json)
        std::cout << document({{"file", o.out}, {"simulate", {"ngspice", "-b", o.out}}});
    else
        std::cout << fmt::format("written {}\nsimulate ngspice -b {}\n", o.out, o.out);
    return exit_done;
}

std::string access_of(Access access) {
    switch (access) {
    case Access::read_only: return "read only";
    case Access::read_write: return "read and write";
    case Access::write_only: return "write only";
    case Access::write_one_to_clear: return "write 1 to clear";
    }
    return {};
}

std::string upper(std::string_view name) {
    std::string word;
    for (const char c : name) word += static_cast<char>(std::toupper(c));
    return word;
}

std::string register_header() {
    std::string text =
        "/* Registers of the Isinglass coprocessor: byte offsets, all 32 bits, little endian.\n"
        "   Made by `isinglass export registers`; do not edit. */\n#ifndef ISINGLASS_REGISTERS_H\n"
        "#define ISINGLASS_REGISTERS_H\n\n";
    for (const auto& r : register_map)
        text += fmt::format("/* {}: {} */\n#define ISINGLASS_{} 0x{:02x}u\n", access_of(r.access), r.meaning,
                            upper(r.name), static_cast<std::uint32_t>(r.offset));
    text += fmt::format("\n#define ISINGLASS_DEVICE_ID 0x{:08x}u\n#define ISINGLASS_STATUS_BUSY {}u\n"
                        "#define ISINGLASS_STATUS_DONE {}u\n#define ISINGLASS_STATUS_ERROR {}u\n"
                        "#define ISINGLASS_STATUS_REFUSED {}u\n\n#endif\n",
                        device_id, status_busy, status_done, status_error, status_refused);
    return text;
}

std::string register_page() {
    std::string text =
        "# Registers\n\nAll registers are 32 bits, little endian.\n\n| offset | name | access | meaning "
        "|\n|---|---|---|---|\n";
    for (const auto& r : register_map)
        text += fmt::format("| 0x{:02x} | {} | {} | {} |\n", static_cast<std::uint32_t>(r.offset), r.name,
                            access_of(r.access), r.meaning);
    return text;
}

struct RegisterOptions {
    std::string form = "header";
    std::optional<std::string> out;
    bool json = false;
};

std::string register_json() {
    Json json = Json::array();
    for (const auto& r : register_map)
        json.push_back({{"name", r.name},
                        {"offset", static_cast<std::uint32_t>(r.offset)},
                        {"access", access_of(r.access)},
                        {"meaning", r.meaning}});
    return document(json);
}

int export_registers(const RegisterOptions& o) {
    if (o.form != "header" && o.form != "markdown")
        throw UserError(fmt::format("--form {}: valid is header or markdown", o.form));
    const std::string text = o.form == "header" ? register_header() : register_page();
    if (o.out) write_new(*o.out, text);
    if (o.json)
        std::cout << register_json();
    else if (o.out)
        std::cout << fmt::format("written {}\n", *o.out);
    else
        std::cout << text;
    return exit_done;
}

} // namespace

Subcommand export_spice_command() {
    auto o = std::make_shared<SpiceOptions>();
    return {.name = "export spice",
            .summary = "a netlist of a small array with one sample on it, from the circuit's constants",
            .example = "isinglass export spice glyphs --set network.layer.hidden.size=16 --out array.cir",
            .arguments = {{"EXPERIMENT_OR_RUN", "an experiment (its initial couplings), or a run's folder",
                           &o->source.experiment_or_run}},
            .options = {{"--set", "KEY=VALUE", "override one key, e.g. network.layer.hidden.size=16",
                         &o->source.sets},
                        {"--sample", "N", "training sample on the inputs, from 0", &o->sample},
                        {"--data", "DIR",
                         "where the data set lies (otherwise the environment's ISINGLASS_DATA)", &o->data},
                        {"--out", "FILE", "the netlist, a new file", &o->out, true},
                        {"--json", "", "print file and command as JSON", &o->json}},
            .run = [o] { return export_spice(*o); }};
}

Subcommand export_registers_command() {
    auto o = std::make_shared<RegisterOptions>();
    return {.name = "export registers",
            .summary = "the register map as a C header or as Markdown",
            .example = "isinglass export registers --form markdown",
            .options = {{"--form", "FORM", "header (C, default) or markdown", &o->form},
                        {"--out", "FILE", "a new file (default: standard output)", &o->out},
                        {"--json", "", "print the registers as JSON on standard output", &o->json}},
            .run = [o] { return export_registers(*o); }};
}

} // namespace isinglass
