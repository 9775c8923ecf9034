// Parts of a trainer as a configuration file would make them.
#pragma once

#include "sim/config/reader.hpp"

#include <memory>
#include <string_view>

namespace isinglass {

// The part with the parameters of a TOML text; throws ConfigError for those that it refuses or does not have.
template <class Kind>
std::unique_ptr<Kind> configured(std::unique_ptr<Kind> part, std::string_view text) {
    TomlReader reader(parse_config(text, "test.toml"));
    part->fields(reader);
    reader.reject_unknown_keys();
    return part;
}

} // namespace isinglass
