#include "sim/config/overrides.hpp"

#include "hw_models/base/error.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <charconv>
#include <vector>

namespace isinglass {
namespace {

std::vector<std::string> split_path(std::string_view path) {
    std::vector<std::string> keys(1);
    for (const char c : path)
        if (c == '.')
            keys.emplace_back();
        else
            keys.back() += c;
    return keys;
}

// Elements of `array` as a setting can name them: by `name`, or else by position.
std::vector<std::string> element_names(const ConfigNode::Array& array) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < array.size(); ++i) {
        const ConfigNode* name = array[i].find("name");
        const auto* text = name ? name->get_if<std::string>() : nullptr;
        names.push_back(text ? *text : std::to_string(i));
    }
    return names;
}

ConfigNode& element(ConfigNode::Array& array, const std::string& key, const std::string& path,
                    const ConfigSource& source) {
    const auto names = element_names(array);
    for (std::size_t i = 0; i < names.size(); ++i)
        if (names[i] == key) return array[i];
    std::size_t index = 0;
    const auto parsed = std::from_chars(key.data(), key.data() + key.size(), index);
    if (parsed.ec == std::errc{} && parsed.ptr == key.data() + key.size() && index < array.size())
        return array[index];
    throw ConfigError(fmt::format("{}: '{}' has no element '{}'; there are: {}", source.text(), path, key,
                                  fmt::join(names, ", ")));
}

// The node that `key` names below `node`; a missing table entry is added, as an empty table.
ConfigNode& descend(ConfigNode& node, const std::string& key, const std::string& path,
                    const ConfigSource& source) {
    if (auto* array = node.get_if<ConfigNode::Array>()) return element(*array, key, path, source);
    if (!node.is_table())
        throw ConfigError(
            fmt::format("{}: '{}' = {} has no keys below it", source.text(), path, describe(node)));
    if (ConfigNode* present = node.find(key)) return *present;
    return node.put(key, {ConfigNode::Table{}, source});
}

} // namespace

ConfigNode overlay(const ConfigNode& base, const ConfigNode& over) {
    if (!base.is_table() || !over.is_table()) return over;
    ConfigNode merged = base;
    merged.source = over.source;
    for (const auto& [key, node] : std::get<ConfigNode::Table>(over.value)) {
        const ConfigNode* below = base.find(key);
        merged.put(key, below ? overlay(*below, node) : node);
    }
    return merged;
}

Setting parse_set(std::string_view text) {
    const ConfigSource source{fmt::format("--set {}", text), 0};
    const auto equals = text.find('=');
    const auto path = text.substr(0, equals);
    for (const auto& key : split_path(path))
        if (equals == std::string_view::npos || equals + 1 == text.size() || key.empty())
            throw ConfigError(source.text() + ": write KEY.PATH=VALUE, e.g. --set training.beta=0.5");
    return {std::string(path), parse_setting(text.substr(equals + 1), source)};
}

void apply_set(ConfigNode& root, const Setting& setting) {
    ConfigNode* node = &root;
    std::string path;
    for (const auto& key : split_path(setting.path)) {
        node = &descend(*node, key, path, setting.value.source);
        path = join_path(path, key);
    }
    *node = overlay(*node, setting.value);
}

} // namespace isinglass
