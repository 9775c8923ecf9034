#include "traces/wave_reader.hpp"

#include "hw_models/base/error.hpp"
#include "traces/fst_stream.hpp"
#include "traces/vcd_stream.hpp"

#include <fmt/format.h>

#include <cctype>
#include <cerrno>
#include <fstream>
#include <system_error>

namespace isinglass {

// An FST begins with a block of type 0, a VCD with a keyword after blanks.
void read_waves(const std::filesystem::path& path, WaveVisitor& visitor) {
    if (!std::filesystem::exists(path))
        throw UserError(fmt::format("{}: there is no such file", path.string()));
    errno = 0;
    std::ifstream in(path, std::ios::binary);
    int first = in.get();
    if (!in && !in.eof())
        throw InputOutputError(
            fmt::format("{}: cannot be read: {}", path.string(), std::generic_category().message(errno)));
    if (first == 0) return read_fst_stream(path, visitor);
    while (first != std::ifstream::traits_type::eof() && std::isspace(first)) first = in.get();
    if (first != '$') throw UserError(fmt::format("{}: neither a VCD nor an FST file", path.string()));
    read_vcd_stream(path, visitor);
}

} // namespace isinglass
