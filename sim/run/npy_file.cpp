#include "sim/run/npy_file.hpp"

#include "hw_models/base/error.hpp"
#include "sim/run/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace isinglass {
namespace {

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::size_t longest_header = 4096; // NumPy's of a plain array have 118 bytes or a little more

// What is wrong with a file, without its name.
struct Refusal : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct Header {
    std::string type; // "<f4"
    bool fortran_order = false;
    std::vector<std::size_t> shape;
    std::size_t data_at = 0; // byte
};

std::uint32_t little_endian(std::string_view bytes) {
    std::uint32_t number = 0;
    for (std::size_t i = bytes.size(); i-- > 0;) number = number << 8 | static_cast<unsigned char>(bytes[i]);
    return number;
}

// The header's Python dictionary as text; sets Header::data_at.
std::string_view dictionary(std::string_view content, Header& header) {
    const auto short_by = [&](std::size_t wanted) {
        return Refusal(fmt::format("it ends early, after {} of {} bytes", content.size(), wanted));
    };
    if (!content.starts_with(magic)) throw Refusal("it is no NPY file");
    if (content.size() < magic.size() + 2) throw short_by(magic.size() + 2);
    const int version = static_cast<unsigned char>(content[magic.size()]);
    if (version < 1 || version > 3)
        throw Refusal(fmt::format("its format version is {}; valid is 1 to 3", version));
    const std::size_t length_at = magic.size() + 2;
    const std::size_t text_at = length_at + (version == 1 ? 2 : 4);
    if (content.size() < text_at) throw short_by(text_at);
    const std::size_t length = little_endian(content.substr(length_at, text_at - length_at));
    if (length > longest_header)
        throw Refusal(
            fmt::format("its header is damaged: {} bytes; valid is up to {}", length, longest_header));
    header.data_at = text_at + length;
    if (content.size() < header.data_at) throw short_by(header.data_at);
    return content.substr(text_at, length);
}

// A Python literal, word by word. What is not as expected is refused with its place in the file.
class Scanner {
  public:
    Scanner(std::string_view text, std::size_t first_byte)
        : text_(text), end_byte_(first_byte + text.size()) {}

    // Whether `mark` comes next; takes it if so.
    bool take(char mark) {
        skip_space();
        if (!text_.starts_with(mark)) return false;
        text_.remove_prefix(1);
        return true;
    }
    void expect(char mark) {
        if (!take(mark)) fail();
    }
    // What comes before the next of `ends`, which must come.
    std::string_view until(const char* ends) {
        const auto length = text_.find_first_of(ends);
        if (length == std::string_view::npos) fail();
        const auto found = text_.substr(0, length);
        if (!std::ranges::all_of(found, [](unsigned char c) { return std::isprint(c); })) fail();
        text_.remove_prefix(length);
        return found;
    }
    std::string_view word() {
        skip_space();
        return until(",)} ");
    }
    std::string_view quoted() {
        const bool twin = take('"');
        if (!twin) expect('\'');
        const auto found = until(twin ? "\"" : "'");
        text_.remove_prefix(1);
        return found;
    }
    void expect_end() {
        skip_space();
        if (!text_.empty()) fail();
    }
    [[noreturn]] void fail() const {
        throw Refusal(fmt::format("its header is damaged at byte {}", end_byte_ - text_.size()));
    }

  private:
    void skip_space() { text_.remove_prefix(std::min(text_.find_first_not_of(" \t\n"), text_.size())); }

    std::string_view text_; // what is left
    std::size_t end_byte_;
};

// Structured types are lists, which nobody here takes apart.
std::string type_in(Scanner& in) {
    if (!in.take('[')) return std::string(in.quoted());
    const std::string members(in.until("]"));
    in.expect(']');
    return fmt::format("[{}]", members);
}

bool truth_in(Scanner& in) {
    const auto word = in.word();
    if (word != "True" && word != "False") in.fail();
    return word == "True";
}

std::vector<std::size_t> shape_in(Scanner& in) {
    std::vector<std::size_t> shape;
    in.expect('(');
    while (!in.take(')')) {
        const auto digits = in.word();
        const char* end = digits.data() + digits.size();
        const auto [stop, error] = std::from_chars(digits.data(), end, shape.emplace_back());
        if (error != std::errc{} || stop != end) in.fail();
        if (in.take(',')) continue;
        in.expect(')');
        break;
    }
    return shape;
}

Header read_header(std::string_view content) {
    Header header;
    const auto text = dictionary(content, header);
    Scanner in(text, header.data_at - text.size());
    std::vector<std::string> missing{"descr", "fortran_order", "shape"};
    for (in.expect('{'); !in.take('}');) {
        const auto key = in.quoted();
        if (std::erase(missing, key) == 0) in.fail();
        in.expect(':');
        if (key == "descr") header.type = type_in(in);
        if (key == "fortran_order") header.fortran_order = truth_in(in);
        if (key == "shape") header.shape = shape_in(in);
        if (in.take(',')) continue;
        in.expect('}');
        break;
    }
    in.expect_end();
    if (!missing.empty()) throw Refusal(fmt::format("its header is damaged: '{}' is missing", missing[0]));
    return header;
}

// Number of values, which the rest of the file must hold exactly.
std::size_t count_of(const Header& header, std::size_t value_bytes, std::size_t file_bytes) {
    std::size_t data_bytes = value_bytes;
    bool beyond = false;
    for (const auto size : header.shape) beyond |= __builtin_mul_overflow(data_bytes, size, &data_bytes);
    const std::size_t held = file_bytes - header.data_at;
    if (beyond || data_bytes != held)
        throw Refusal(fmt::format("it {} its shape ({}): it holds {} bytes of values",
                                  beyond || data_bytes > held ? "ends early for" : "goes on after",
                                  fmt::join(header.shape, ", "), held));
    return data_bytes / value_bytes;
}

// Position in Fortran order of the value at `index` in C order.
std::size_t fortran_position(const std::vector<std::size_t>& shape, std::size_t index) {
    std::size_t position = 0;
    for (std::size_t d = shape.size(), after = index; d-- > 0; after /= shape[d])
        position = position * shape[d] + after % shape[d];
    return position;
}

template <class Value>
NpyArray values_of(std::string_view content, const Header& header) {
    NpyArray array{.shape = header.shape, .values = {}};
    array.values.resize(count_of(header, sizeof(Value), content.size()));
    const char* data = content.data() + header.data_at;
    for (std::size_t i = 0; i < array.values.size(); ++i) {
        Value value{};
        const std::size_t at = header.fortran_order ? fortran_position(header.shape, i) : i;
        std::memcpy(&value, data + at * sizeof value, sizeof value);
        array.values[i] = static_cast<float>(value);
    }
    return array;
}

NpyArray parse(std::string_view content) {
    const Header header = read_header(content);
    if (header.type == "<f4") return values_of<float>(content, header);
    if (header.type == "<f8") return values_of<double>(content, header);
    throw Refusal(
        fmt::format("its values are of type '{}'; valid is little-endian float32 ('<f4') or float64 ('<f8')",
                    header.type));
}

} // namespace

NpyArray read_npy(const std::filesystem::path& path) {
    try {
        return parse(read_file(path));
    } catch (const Refusal& refusal) {
        throw UserError(fmt::format("'{}' cannot be used: {}", path.string(), refusal.what()));
    }
}

} // namespace isinglass
