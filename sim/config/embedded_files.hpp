// Files of the repository that are compiled into the program (presets, component tables), so that it runs
// from anywhere. The definition is generated at build time by sim/cmake/Embed.cmake.
#pragma once

#include <span>
#include <string_view>

namespace isinglass {

struct EmbeddedFile {
    std::string_view path; // relative to the repository, as in "sim/presets/machines/epc1-28nm.toml"
    std::string_view text;
};

std::span<const EmbeddedFile> embedded_files();

} // namespace isinglass
