#include "sim/config/presets.hpp"

#include "hw_models/base/error.hpp"
#include "sim/config/overrides.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace isinglass {
namespace {

void spell_out_shorthand(ConfigNode& root, const Presets& presets) {
    for (const auto& key : presets.shorthand) {
        ConfigNode* node = root.find(key);
        if (!node || !node->get_if<std::string>()) continue;
        const ConfigNode name = *node;
        *node = {ConfigNode::Table{{"preset", name}}, name.source};
    }
}

PresetText find_preset(const ConfigNode& name, const std::string& path, const Presets& presets) {
    const auto* text = name.get_if<std::string>();
    if (!text)
        throw ConfigError(fmt::format("{}: key '{}' = {} must be the name of a preset, in quotes",
                                      name.source.text(), join_path(path, "preset"), describe(name)));
    try {
        return presets.find(path, *text);
    } catch (const UserError& error) {
        throw ConfigError(
            fmt::format("{}: key '{}': {}", name.source.text(), join_path(path, "preset"), error.what()));
    }
}

// What a file says, with presets of tables inside it, lies over the file's own preset. `files` are those of
// the presets around and before this one: meeting one again means a cycle.
void expand(ConfigNode& node, const std::string& path, const Presets& presets,
            std::vector<std::string> files) {
    if (auto* array = node.get_if<ConfigNode::Array>())
        for (auto& item : *array) expand(item, path, presets, files);
    if (!node.is_table()) return;
    if (path.empty()) spell_out_shorthand(node, presets);
    for (auto& [key, child] : std::get<ConfigNode::Table>(node.value))
        if (key != "preset") expand(child, join_path(path, key), presets, files);
    const ConfigNode* present = node.find("preset");
    if (present == nullptr) return;
    const ConfigNode name = *present;
    const PresetText preset = find_preset(name, path, presets);
    const bool seen = std::find(files.begin(), files.end(), preset.file) != files.end();
    files.push_back(preset.file);
    if (seen)
        throw ConfigError(fmt::format("{}: preset {} includes itself: {}", name.source.text(), describe(name),
                                      fmt::join(files, " -> ")));
    node.erase("preset");
    ConfigNode base = parse_config(preset.text, preset.file);
    expand(base, path, presets, std::move(files));
    node = overlay(base, node);
}

bool names_preset(const Setting& setting) {
    return setting.path == "preset" || setting.path.ends_with(".preset");
}

// A whole document's or a top-level table's preset is the ground that the file's own keys lie on.
bool chooses_preset(const Setting& setting) {
    return names_preset(setting) && std::ranges::count(setting.path, '.') <= 1;
}

// One of a table further inside is a bundle of settings, and lies over what the file says there.
Setting bundle(const Setting& setting, const Presets& presets) {
    const std::string path = setting.path.substr(0, setting.path.rfind('.'));
    ConfigNode table{ConfigNode::Table{{"preset", setting.value}}, setting.value.source};
    expand(table, path, presets, {});
    return {path, std::move(table)};
}

} // namespace

ConfigNode expand_presets(ConfigNode root, const Presets& presets) {
    expand(root, "", presets, {});
    return root;
}

ConfigNode load_config(std::string_view text, const std::string& file, std::span<const std::string> sets,
                       const Presets& presets) {
    ConfigNode root = parse_config(text, file);
    spell_out_shorthand(root, presets);
    std::vector<Setting> settings;
    for (const auto& set : sets) {
        Setting setting = parse_set(set);
        const auto& names = presets.shorthand;
        const bool named = std::find(names.begin(), names.end(), setting.path) != names.end();
        if (named && setting.value.get_if<std::string>()) setting.path += ".preset";
        settings.push_back(std::move(setting));
    }
    for (const auto& setting : settings)
        if (chooses_preset(setting)) apply_set(root, setting);
    root = expand_presets(std::move(root), presets);
    for (const auto& setting : settings)
        if (!chooses_preset(setting))
            apply_set(root, names_preset(setting) ? bundle(setting, presets) : setting);
    return root;
}

} // namespace isinglass
