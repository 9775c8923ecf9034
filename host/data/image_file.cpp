#include "host/data/image_file.hpp"

#include "hw_models/base/error.hpp"

#include <fmt/format.h>
#include <png.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

namespace isinglass {

namespace {

using Bytes = std::vector<std::uint8_t>;

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& what) {
    throw UserError(fmt::format("{}: {}", path.string(), what));
}

// [row][column][channel] to [channel][row][column].
Image by_channel(ImageShape shape, const std::uint8_t* interleaved) {
    Image image{shape, Bytes(shape.size())};
    const std::size_t plane = shape.height * shape.width;
    for (std::size_t p = 0; p < plane; ++p)
        for (std::size_t c = 0; c < shape.channels; ++c)
            image.pixels[c * plane + p] = interleaved[p * shape.channels + c];
    return image;
}

Image read_png(const std::filesystem::path& path, const Bytes& bytes, std::size_t channels) {
    png_image png{};
    png.version = PNG_IMAGE_VERSION;
    if (png_image_begin_read_from_memory(&png, bytes.data(), bytes.size()) == 0)
        refuse(path, fmt::format("not a readable PNG: {}", png.message));
    png.format = channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
    const ImageShape shape{channels, png.height, png.width};
    Bytes interleaved(PNG_IMAGE_SIZE(png));
    const png_color black{};
    if (png_image_finish_read(&png, &black, interleaved.data(), 0, nullptr) == 0) {
        const std::string why = png.message;
        png_image_free(&png);
        refuse(path, fmt::format("a damaged PNG: {}", why));
    }
    return by_channel(shape, interleaved.data());
}

// Width, height and largest value of a PNM header, comments skipped; `at` is left on the first pixel.
std::optional<std::array<std::size_t, 3>> pnm_header(const Bytes& bytes, std::size_t& at) {
    std::array<std::size_t, 3> numbers{};
    at = 2;
    for (auto& number : numbers) {
        for (; at < bytes.size() && (std::isspace(bytes[at]) != 0 || bytes[at] == '#'); ++at)
            if (bytes[at] == '#')
                while (at + 1 < bytes.size() && bytes[at] != '\n') ++at;
        const std::size_t first = at;
        for (; at < bytes.size() && std::isdigit(bytes[at]) != 0 && at < first + 7; ++at)
            number = 10 * number + (bytes[at] - '0');
        if (at == first) return std::nullopt;
    }
    ++at; // one white space
    return numbers;
}

Image read_pnm(const std::filesystem::path& path, const Bytes& bytes, std::size_t channels) {
    const std::size_t own = bytes[1] == '5' ? 1 : 3;
    std::size_t at = 0;
    const auto header = pnm_header(bytes, at);
    if (!header) refuse(path, "no PNM header: width, height and largest value are three numbers");
    const auto [width, height, top] = *header;
    if (top < 1 || top > 255) refuse(path, fmt::format("largest value {}; valid: 1 to 255", top));
    const std::size_t wanted = width * height * own;
    if (wanted == 0 || bytes.size() < at + wanted)
        refuse(path, fmt::format("{} bytes of pixels found, {} expected ({} x {} x {})",
                                 bytes.size() - std::min(at, bytes.size()), wanted, own, height, width));
    Bytes pixels(width * height * channels);
    for (std::size_t p = 0; p < width * height; ++p) {
        const std::uint8_t* from = bytes.data() + at + p * own;
        const auto scaled = [top = top](std::size_t value) {
            return static_cast<std::uint8_t>(std::min<std::size_t>(255, (value * 255 + top / 2) / top));
        };
        // Luminance by ITU-R BT.709, as libpng's.
        const std::size_t grey =
            own == 1 ? from[0] : (6968 * from[0] + 23434 * from[1] + 2366 * from[2] + 16384) >> 15;
        for (std::size_t c = 0; c < channels; ++c)
            pixels[p * channels + c] = scaled(channels == 3 && own == 3 ? from[c] : grey);
    }
    return by_channel({channels, height, width}, pixels.data());
}

} // namespace

Image read_image(const std::filesystem::path& path, std::size_t channels) {
    const auto bytes = read_data_file(path);
    if (bytes.size() > 8 && png_sig_cmp(bytes.data(), 0, 8) == 0) return read_png(path, bytes, channels);
    if (bytes.size() > 2 && bytes[0] == 'P' && (bytes[1] == '5' || bytes[1] == '6'))
        return read_pnm(path, bytes, channels);
    refuse(path, "neither PNG nor binary PGM or PPM (P5, P6), which are valid");
}

} // namespace isinglass
