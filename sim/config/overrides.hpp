// Laying one configuration over another.
#pragma once

#include "sim/config/document.hpp"

#include <string>
#include <string_view>

namespace isinglass {

// `over` laid over `base`: tables merge key by key, everything else (arrays too) is replaced. Every node
// keeps its source; a table that both have has that of `over`.
ConfigNode overlay(const ConfigNode& base, const ConfigNode& over);

// A command-line setting "a.b=value"; its source is "--set a.b=value".
struct Setting {
    std::string path;
    ConfigNode value;
};

// Throws ConfigError unless `text` is a path, '=' and a value.
Setting parse_set(std::string_view text);

// Stores the value at the path; tables on the way are made when missing. An element of an array is named by
// its position from 0 on, or, in an array of tables, by its `name` key: "network.layer.hidden.size". Throws
// ConfigError naming the setting when the path runs through a plain value or names no element.
void apply_set(ConfigNode& root, const Setting& setting);

} // namespace isinglass
