// Whole files, read and replaced in one piece.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace isinglass {

// Replaces `path` by `content`: written to PATH.tmp beside it, synced to disk, then renamed. A reader sees
// the earlier content or the new one; a full disk or a kill leaves the earlier one. Throws InputOutputError
// with path and reason.
void write_atomically(const std::filesystem::path& path, std::string_view content);

// The file's bytes. Throws InputOutputError with path and reason, also when it is missing.
[[nodiscard]] std::string read_file(const std::filesystem::path& path);

} // namespace isinglass
