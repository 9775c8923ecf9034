// Presets: `preset = "NAME"` in a table takes everything from a named document, below the table's own keys.
//
// - The top level of the preset's document is the table's content. A preset may itself name one.
// - Tables are expanded from the outside in: when a document names a preset for the whole and another one for
//   [machine], its [machine] preset replaces the inner one's, and what both write in [machine] still holds.
#pragma once

#include "sim/config/document.hpp"

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace isinglass {

struct PresetText {
    std::string file; // the name that errors give; also what identifies the preset
    std::string text;
};

struct Presets {
    // The document of preset `name` for the table at `path` ("" is the whole document; elements of an array
    // have the array's path). Throws UserError, listing the names that exist.
    std::function<PresetText(const std::string& path, const std::string& name)> find;

    // Top-level tables for which `machine = "NAME"` stands for `[machine]` with `preset = "NAME"`.
    std::vector<std::string> shorthand;
};

// Replaces every `preset` key by what it names. Throws ConfigError naming file and line for an unknown name,
// a name that is no string, and a preset that leads back to itself.
ConfigNode expand_presets(ConfigNode root, const Presets& presets);

// Parses a document, expands its presets and applies --set texts ("a.b=value") over everything. Settings of a
// preset (machine.preset=NAME, machine=NAME) choose what is expanded; those of a preset further inside
// (machine.couplings.preset=NAME) set all that it says.
ConfigNode load_config(std::string_view text, const std::string& file, std::span<const std::string> sets,
                       const Presets& presets);

} // namespace isinglass
