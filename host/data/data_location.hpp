// Where the files of a data set are looked for, and how they are read. The working directory is never
// searched.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace isinglass {

struct DataLocation {
    std::string option;      // --data DIR; empty: not given
    std::string environment; // ISINGLASS_DATA; empty: not set

    [[nodiscard]] static DataLocation from_option(std::string option); // with the environment as it is now

    // The paths of all `names`, each plain or with ".gz" after it, or a folder ("train/"), in one folder: the
    // first of DIR/folder and DIR, where DIR is --data or, when that is not given, ISINGLASS_DATA: a mistyped
    // --data must not train on other data. Throws UserError naming both places and the files.
    [[nodiscard]] std::vector<std::filesystem::path> find(const std::string& folder,
                                                          std::span<const std::string> names) const;
};

// NAME or NAME.gz in `folder`; empty when neither is there.
[[nodiscard]] std::filesystem::path plain_or_gz(const std::filesystem::path& folder, const std::string& name);

// Bytes of the file as read_data_file() gives it, where that is below 4 GiB and gzip of one member; 0 where
// there is no such file.
[[nodiscard]] double unpacked_bytes(const std::filesystem::path& path);
// What read_data_file() takes at most, with what it gives.
[[nodiscard]] double reading_bytes(const std::filesystem::path& path);

// The whole file, unpacked if its content is gzip. Throws UserError when the gzip data are damaged or end
// early, InputOutputError when the file cannot be read.
[[nodiscard]] std::vector<std::uint8_t> read_data_file(const std::filesystem::path& path);

} // namespace isinglass
