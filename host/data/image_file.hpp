// Single images from files: PNG through libpng, and the binary forms of PNM (PGM "P5", PPM "P6").
#pragma once

#include "host/data/data_set.hpp"

#include <filesystem>

namespace isinglass {

struct Image {
    ImageShape shape;                 // 1 channel, or 3: red, green and blue
    std::vector<std::uint8_t> pixels; // [channel][row][column]
};

// The image with `channels` channels, 1 or 3: colours become their luminance, greys are the same in all
// three; whatever is transparent is shown on black. PNM of up to 8 bits, PNG of any depth, as 8 bits. Throws
// InputOutputError for a file that cannot be read and UserError for one that is damaged or of another form.
[[nodiscard]] Image read_image(const std::filesystem::path& path, std::size_t channels);

} // namespace isinglass
