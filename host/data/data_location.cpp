#include "host/data/data_location.hpp"

#include "hw_models/base/error.hpp"

#include <boost/iostreams/copy.hpp>
#include <boost/iostreams/device/array.hpp>
#include <boost/iostreams/device/back_inserter.hpp>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filtering_stream.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

namespace isinglass {
namespace fs = std::filesystem;

namespace {

std::vector<fs::path> all_in(const fs::path& folder, std::span<const std::string> names) {
    std::vector<fs::path> paths;
    for (const auto& name : names)
        if (name.ends_with('/') && fs::is_directory(folder / name))
            paths.push_back(folder / name.substr(0, name.size() - 1));
        else if (auto path = plain_or_gz(folder, name); !path.empty())
            paths.push_back(std::move(path));
    return paths.size() == names.size() ? paths : std::vector<fs::path>{};
}

std::vector<std::uint8_t> unpack(const std::vector<std::uint8_t>& packed, const fs::path& path) {
    namespace io = boost::iostreams;
    std::vector<char> text;
    text.reserve(static_cast<std::size_t>(unpacked_bytes(path))); // growth would take twice as much
    try {
        io::filtering_istream in;
        in.push(io::gzip_decompressor(), 1 << 16);
        in.push(io::array_source(reinterpret_cast<const char*>(packed.data()), packed.size()));
        in.exceptions(std::ios::badbit); // otherwise a stream swallows what its filter throws
        io::copy(in, io::back_inserter(text), 1 << 16);
    } catch (const std::exception&) {
        throw UserError(
            fmt::format("{}: the gzip data are damaged or cut off: {} bytes unpack to {} before the fault; "
                        "get the file again",
                        path.string(), packed.size(), text.size()));
    }
    return {text.begin(), text.end()};
}

} // namespace

DataLocation DataLocation::from_option(std::string option) {
    const char* environment = std::getenv("ISINGLASS_DATA");
    return {.option = std::move(option), .environment = environment ? environment : ""};
}

fs::path plain_or_gz(const fs::path& folder, const std::string& name) {
    for (const auto& candidate : {folder / name, folder / (name + ".gz")})
        if (std::error_code ignored; fs::is_regular_file(candidate, ignored)) return candidate;
    return {};
}

std::vector<fs::path> DataLocation::find(const std::string& folder,
                                         std::span<const std::string> names) const {
    const fs::path place = option.empty() ? environment : option;
    if (!place.empty())
        for (const auto& candidate : {place / folder, place})
            if (auto paths = all_in(candidate, names); !paths.empty()) return paths;
    const auto shown = [](const std::string& folder_name, const char* absent) {
        return folder_name.empty() ? std::string(absent) : fmt::format("'{}'", folder_name);
    };
    throw UserError(fmt::format("data files not found: {} (plain or .gz), all in one folder; looked in "
                                "--data ({}) or, without it, in "
                                "ISINGLASS_DATA ({}): there and in the folder '{}' there",
                                fmt::join(names, ", "), shown(option, "not given"),
                                shown(environment, "not set"), folder));
}

namespace {

double file_bytes(const fs::path& path) {
    std::error_code failed;
    const auto size = fs::file_size(path, failed);
    return failed ? 0.0 : static_cast<double>(size);
}

} // namespace

double reading_bytes(const fs::path& path) {
    const double unpacked = unpacked_bytes(path);
    const double packed = file_bytes(path);
    return unpacked == packed ? unpacked : packed + 2.0 * unpacked;
}

double unpacked_bytes(const fs::path& path) {
    const double size = file_bytes(path);
    std::ifstream file(path, std::ios::binary);
    std::array<unsigned char, 4> word{};
    file.read(reinterpret_cast<char*>(word.data()), 2);
    if (size < 18.0 || word[0] != 0x1f || word[1] != 0x8b) return size;
    // A gzip file ends with what it unpacks to, modulo 2^32 (RFC 1952), and packs little that is less.
    file.seekg(-4, std::ios::end);
    file.read(reinterpret_cast<char*>(word.data()), 4);
    const auto unpacked = std::uint32_t{word[0]} | std::uint32_t{word[1]} << 8 |
                          std::uint32_t{word[2]} << 16 | std::uint32_t{word[3]} << 24;
    return std::max(static_cast<double>(unpacked), size);
}

std::vector<std::uint8_t> read_data_file(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::vector<std::uint8_t> bytes;
    std::error_code failed;
    const auto size = fs::file_size(path, failed);
    if (!failed) bytes.resize(size);
    if (failed || !file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size)))
        throw InputOutputError(fmt::format("{}: cannot be read: {}", path.string(), std::strerror(errno)));
    const bool gzip = bytes.size() >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b;
    return gzip ? unpack(bytes, path) : bytes;
}

} // namespace isinglass
