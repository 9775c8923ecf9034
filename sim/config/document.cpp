#include "sim/config/document.hpp"

#include "hw_models/base/error.hpp"
#include "sim/config/decimal.hpp"

#include <fmt/core.h>
#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace isinglass {
namespace {

ConfigNode convert(const toml::node& node, const ConfigSource& source);

ConfigNode convert_table(const toml::table& table, const ConfigSource& source) {
    struct Placed {
        toml::source_position position;
        ConfigEntry entry;
    };
    std::vector<Placed> placed;
    for (const auto& [key, value] : table) {
        const auto position = key.source().begin;
        const ConfigSource at{source.file, position.line > 0 ? position.line : source.line};
        placed.push_back({position, {std::string(key.str()), convert(value, at)}});
    }
    // toml++ sorts by name; errors read better in the order of the file.
    std::sort(placed.begin(), placed.end(),
              [](const Placed& a, const Placed& b) { return a.position < b.position; });
    ConfigNode::Table entries;
    for (auto& item : placed) entries.push_back(std::move(item.entry));
    return {std::move(entries), source};
}

ConfigNode convert_array(const toml::array& array, const ConfigSource& source) {
    ConfigNode::Array items;
    for (const auto& item : array) {
        const auto line = item.source().begin.line;
        items.push_back(convert(item, {source.file, line > 0 ? line : source.line}));
    }
    return {std::move(items), source};
}

ConfigNode convert(const toml::node& node, const ConfigSource& source) {
    if (const auto* table = node.as_table()) return convert_table(*table, source);
    if (const auto* array = node.as_array()) return convert_array(*array, source);
    if (const auto* text = node.as_string()) return {text->get(), source};
    if (const auto* integer = node.as_integer()) return {integer->get(), source};
    if (const auto* real = node.as_floating_point()) return {real->get(), source};
    if (const auto* boolean = node.as_boolean()) return {boolean->get(), source};
    throw ConfigError(source.text() + ": dates and times of day are not used; put text in quotes");
}

} // namespace

ConfigNode parse_config(std::string_view text, const std::string& file) {
    try {
        return convert_table(toml::parse(text, file), {file, 1});
    } catch (const toml::parse_error& error) {
        const ConfigSource at{file, error.source().begin.line};
        throw ConfigError(fmt::format("{}: not valid TOML: {}", at.text(), error.description()));
    }
}

ConfigNode parse_setting(std::string_view text, ConfigSource source) {
    try {
        const auto document = toml::parse("value = " + std::string(text));
        const auto* value = document.get("value");
        if (document.size() == 1 && value && !value->is_date() && !value->is_time() && !value->is_date_time())
            return convert(*value, source);
    } catch (const toml::parse_error&) { // not TOML: a bare word or quantity, as in machine.array.rc=10ns
    }
    double number = 0.0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size())
        return {number, std::move(source)};
    return {std::string(text), std::move(source)};
}

std::string ConfigSource::text() const {
    return line > 0 ? fmt::format("{}:{}", file, line) : file;
}

const ConfigNode* ConfigNode::find(std::string_view key) const {
    if (const auto* table = get_if<Table>())
        for (const auto& entry : *table)
            if (entry.key == key) return &entry.node;
    return nullptr;
}

ConfigNode* ConfigNode::find(std::string_view key) {
    return const_cast<ConfigNode*>(std::as_const(*this).find(key));
}

ConfigNode& ConfigNode::put(std::string_view key, ConfigNode node) {
    if (ConfigNode* present = find(key)) return *present = std::move(node);
    return std::get<Table>(value).emplace_back(ConfigEntry{std::string(key), std::move(node)}).node;
}

void ConfigNode::erase(std::string_view key) {
    std::erase_if(std::get<Table>(value), [&](const ConfigEntry& entry) { return entry.key == key; });
}

std::string describe(const ConfigNode& node) {
    if (node.is_table()) return "{...}";
    if (node.get_if<ConfigNode::Array>()) return "[...]";
    if (const auto* text = node.get_if<std::string>()) return quoted(*text);
    if (const auto* integer = node.get_if<std::int64_t>()) return std::to_string(*integer);
    if (const auto* boolean = node.get_if<bool>()) return *boolean ? "true" : "false";
    const double real = std::get<double>(node.value);
    return std::isfinite(real) ? format_number(real) : fmt::format("{}", real);
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            out += {'\\', c};
        else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            out += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
        else
            out += c;
    }
    return out + '"';
}

std::string join_path(std::string_view parent, std::string_view key) {
    return parent.empty() ? std::string(key) : fmt::format("{}.{}", parent, key);
}

} // namespace isinglass
