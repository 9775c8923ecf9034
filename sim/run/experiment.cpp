#include "sim/run/experiment.hpp"

#include "sim/config/embedded_files.hpp"
#include "sim/config/presets.hpp"
#include "sim/config/reader.hpp"
#include "sim/config/writer.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>
#include <openssl/evp.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace isinglass {

namespace {

std::string read_text(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in) throw InputOutputError(fmt::format("{}: cannot be read", file));
    return text.str();
}

std::string_view folder_of(std::string_view kind) {
    if (kind == "components") return "hw_models/energy/components/";
    if (kind == "sweeps") return "sim/presets/sweeps/";
    if (kind == "devices") return "sim/presets/devices/";
    if (kind == "corners") return "sim/presets/corners/";
    return kind == "machines" ? "sim/presets/machines/" : "sim/presets/experiments/";
}

// A file where the name is one, otherwise the shipped preset of that name.
PresetText find_text(std::string_view kind, const std::string& name) {
    if (std::filesystem::is_regular_file(name)) return {name, read_text(name)};
    std::vector<std::string> names;
    for (const auto& preset : shipped_presets(kind)) {
        if (preset.name == name)
            return {fmt::format("{}{}.toml", folder_of(kind), name), std::string(preset.text)};
        names.push_back(preset.name);
    }
    throw UserError(fmt::format("'{}' is neither a file nor one of the shipped {}: {}", name, kind,
                                fmt::join(names, ", ")));
}

PresetText find_preset(const std::string& path, const std::string& name) {
    if (path.empty()) return find_text("experiments", name);
    if (path == "machine") return find_text("machines", name);
    if (path == "machine.couplings") return find_text("devices", name);
    if (path == "machine.corner") return find_text("corners", name);
    throw UserError(fmt::format("presets exist for whole experiments, for [machine], [machine.couplings] and "
                                "[machine.corner], not for [{}]",
                                path));
}

PresetText no_preset(const std::string&, const std::string& name) {
    throw UserError(fmt::format("'{}': component tables and sweeps take no presets", name));
}

std::string sha256(std::string_view text) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    EVP_Digest(text.data(), text.size(), digest, &length, EVP_sha256(), nullptr);
    std::string hex;
    for (unsigned i = 0; i < length; ++i) hex += fmt::format("{:02x}", digest[i]);
    return hex;
}

} // namespace

void DataSpec::fields(Fields& f) {
    kind.fields(f, {"kind", "data set"});
    f.integer({"validation", "samples at the end of the training set that are kept for validation"},
              validation, {0, 1e9});
}

void RunSpec::fields(Fields& f) {
    f.integer({"seed", "seed of couplings, sample order and noise"}, seed, {0, 9e15});
    f.integer({"lanes", "samples evaluated at the same time, at most; changes no result"}, lanes, {1, 1e6});
    f.text({"threads", "threads of the simulation: 'all', or a number; changes no result"}, threads);
    int n = 0;
    const auto [end, error] = std::from_chars(threads.data(), threads.data() + threads.size(), n);
    const bool number = error == std::errc{} && end == threads.data() + threads.size();
    f.check(threads == "all" || (number && n >= 1 && n <= 1024), "threads",
            "'all', or a number from 1 to 1024");
}

unsigned RunSpec::thread_count() const {
    return threads == "all" ? std::max(1U, std::thread::hardware_concurrency())
                            : static_cast<unsigned>(std::stoi(threads));
}

void Experiment::fields(Fields& f) {
    f.text({"name", "name of the experiment; run directories are called after it"}, name);
    f.table({"machine", "the coprocessor and its host"}, [this](Fields& g) { machine.fields(g); });
    f.table({"network", "spins and couplings"}, [this](Fields& g) { network.fields(g); });
    f.table({"data", "what is learnt"}, [this](Fields& g) { data.fields(g); });
    f.table({"training", "how it is learnt"}, [this](Fields& g) { training.fields(g); });
    f.table({"trace", "which waveforms are recorded, and how"}, [this](Fields& g) { trace.fields(g); });
    f.table({"run", "seeds, and how the simulation runs"}, [this](Fields& g) { run.fields(g); });
}

Experiment parse_experiment(std::string_view text, const std::string& file,
                            std::span<const std::string> sets) {
    const auto root = load_config(text, file, sets, {.find = find_preset, .shorthand = {"machine"}});
    Experiment experiment;
    TomlReader reader(root);
    experiment.fields(reader);
    reader.reject_unknown_keys();
    return experiment;
}

Experiment load_experiment(const std::string& name_or_file, std::span<const std::string> sets) {
    const auto [file, text] = find_text("experiments", name_or_file);
    return parse_experiment(text, file, sets);
}

std::string expanded(const Experiment& experiment) {
    Experiment copy = experiment; // declaring takes references to what it writes
    TomlWriter writer;
    copy.fields(writer);
    return writer.document();
}

std::string configuration_hash(const Experiment& experiment) {
    Experiment relevant = experiment;
    relevant.run.lanes = 1;
    relevant.run.threads = "1";
    relevant.trace = {};
    return sha256(expanded(relevant));
}

std::size_t trained_numbers(const Experiment& experiment, const Network& network) {
    return network.parameters + experiment.training.cost->weights(network.output().size);
}

ConfigNode load_plain(std::string_view kind, const std::string& name_or_file,
                      std::span<const std::string> sets) {
    const auto [file, text] = find_text(kind, name_or_file);
    return load_config(text, file, sets, {.find = no_preset, .shorthand = {}});
}

MachineSpec load_machine(const std::string& name_or_file, std::span<const std::string> sets) {
    const auto text = fmt::format("[machine]\npreset = {}\n", isinglass::quoted(name_or_file));
    const auto root = load_config(text, "--machine", sets, {.find = find_preset, .shorthand = {"machine"}});
    MachineSpec machine;
    TomlReader reader(root);
    reader.table({"machine", "the coprocessor and its host"}, [&](Fields& f) { machine.fields(f); });
    reader.reject_unknown_keys();
    return machine;
}

ComponentLibrary load_components(const MachineSpec& machine, const std::optional<std::string>& name_or_file) {
    ComponentLibrary library;
    TomlReader reader(load_plain("components", name_or_file.value_or(machine.components), {}));
    library.fields(reader);
    reader.reject_unknown_keys();
    return at_corner(std::move(library), machine.corner);
}

std::vector<ShippedPreset> shipped_presets(std::string_view kind) {
    std::vector<ShippedPreset> found;
    const auto folder = folder_of(kind);
    for (const auto& file : embedded_files())
        if (file.path.starts_with(folder)) {
            const auto name = file.path.substr(folder.size());
            found.push_back(
                {std::string(name.substr(0, name.size() - std::string_view(".toml").size())), file.text});
        }
    return found;
}

} // namespace isinglass
