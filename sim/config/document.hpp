// A parsed TOML document as a tree of ours; every value remembers where it was written.
//
// document.cpp is the only file that includes toml++.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace isinglass {

// Where a value was written: a file and a line from 1 on, or a command-line option (line 0).
struct ConfigSource {
    std::string file;
    std::size_t line = 0;
    [[nodiscard]] std::string text() const; // "mnist.toml:12" or "--set training.beta=0.5"
};

struct ConfigEntry;

struct ConfigNode {
    using Table = std::vector<ConfigEntry>; // in the order of the file; keys are unique
    using Array = std::vector<ConfigNode>;

    std::variant<Table, Array, std::string, std::int64_t, double, bool> value;
    ConfigSource source;

    template <class T>
    [[nodiscard]] const T* get_if() const {
        return std::get_if<T>(&value);
    }
    template <class T>
    [[nodiscard]] T* get_if() {
        return std::get_if<T>(&value);
    }
    [[nodiscard]] bool is_table() const { return std::holds_alternative<Table>(value); }

    // The value of `key` in a table; nullptr when there is none, or when this is no table.
    [[nodiscard]] const ConfigNode* find(std::string_view key) const;
    [[nodiscard]] ConfigNode* find(std::string_view key);

    // Sets or adds `key` of a table; returns the stored node.
    ConfigNode& put(std::string_view key, ConfigNode node);
    // Removes `key` of a table, if it is there.
    void erase(std::string_view key);
};

struct ConfigEntry {
    std::string key;
    ConfigNode node;
};

// Parses a TOML document; `file` is the name that errors give. Throws ConfigError with file and line on bad
// syntax, and for dates and times of day, which no parameter has.
ConfigNode parse_config(std::string_view text, const std::string& file);

// The value of a command-line setting: a TOML value, a number as in ".5", or else the text itself as a
// string.
ConfigNode parse_setting(std::string_view text, ConfigSource source);

// A value as it would be written in TOML, for messages: 40, "10 V", true; "{...}" for tables, "[...]" for
// arrays.
std::string describe(const ConfigNode& node);

// TOML basic string with quotes and escapes.
std::string quoted(std::string_view text);

// "a.b" from "a" and "b"; "b" when the parent is the whole document ("").
std::string join_path(std::string_view parent, std::string_view key);

} // namespace isinglass
