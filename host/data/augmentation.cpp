#include "host/data/augmentation.hpp"

#include <algorithm>

namespace isinglass {

void Augmentation::fields(Fields& f) {
    f.flag({"flip", "show half of the presentations mirrored, left for right"}, flip);
    f.integer({"crop",
               "move images by up to so many rows and columns, with zeros where they were not (a random "
               "crop of the image with that padding)"},
              crop, {0, 1e4});
}

void Augmentation::apply(const ImageShape& shape, const RandomStream& draws, std::uint64_t presentation,
                         std::span<float> image, AlignedVector<float>& scratch) const {
    const auto words = draws.words({presentation}, 0);
    const bool mirrored = flip && (words[0] >> 31) != 0;
    const auto moved = [&](std::uint32_t word) { // uniform in −crop … crop
        return static_cast<std::int64_t>((std::uint64_t{word} * static_cast<std::uint64_t>(2 * crop + 1)) >>
                                         32) -
               crop;
    };
    const std::int64_t down = moved(words[1]);
    const std::int64_t right = moved(words[2]);
    if (!mirrored && down == 0 && right == 0) return;
    scratch.assign(image.begin(), image.end());
    std::ranges::fill(image, 0.0F);
    const auto height = static_cast<std::int64_t>(shape.height);
    const auto width = static_cast<std::int64_t>(shape.width);
    for (std::size_t c = 0; c < shape.channels; ++c)
        for (std::int64_t y = std::max<std::int64_t>(0, down); y < std::min(height, height + down); ++y) {
            const auto plane = static_cast<std::int64_t>(c) * height;
            const float* from = scratch.data() + (plane + y - down) * width;
            float* to = image.data() + (plane + y) * width;
            for (std::int64_t x = std::max<std::int64_t>(0, right); x < std::min(width, width + right); ++x)
                to[x] = from[mirrored ? width - 1 - (x - right) : x - right];
        }
}

} // namespace isinglass
