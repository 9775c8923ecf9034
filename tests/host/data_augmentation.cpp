// Mirrored and shifted images, pixel by pixel.
#include "host/data/augmentation.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <numeric>

using namespace isinglass;

namespace {

const ImageShape shape{2, 5, 4};

std::vector<float> shown(const Augmentation& how, std::uint64_t presentation) {
    std::vector<float> image(shape.size());
    std::iota(image.begin(), image.end(), 1.0F);
    AlignedVector<float> scratch;
    how.apply(shape, RandomStream(3, Purpose::augmentation), presentation, image, scratch);
    return image;
}

// The image moved down and right, then mirrored before that where asked.
std::vector<float> expected(bool mirrored, int down, int right) {
    std::vector<float> image;
    for (int c = 0; c < 2; ++c)
        for (int y = 0; y < 5; ++y)
            for (int x = 0; x < 4; ++x) {
                const int row = y - down;
                const int column = mirrored ? 3 - (x - right) : x - right;
                const bool inside = row >= 0 && row < 5 && x - right >= 0 && x - right < 4;
                image.push_back(inside ? static_cast<float>(1 + (c * 5 + row) * 4 + column) : 0.0F);
            }
    return image;
}

} // namespace

TEST_CASE("An augmented image is the image mirrored and moved, every way about equally often", "[data]") {
    const Augmentation how{.flip = true, .crop = 1};
    std::map<std::tuple<bool, int, int>, int> seen;
    constexpr int presentations = 3600;
    for (std::uint64_t p = 0; p < presentations; ++p) {
        const auto image = shown(how, p);
        int ways = 0;
        for (const bool mirrored : {false, true})
            for (int down = -1; down <= 1; ++down)
                for (int right = -1; right <= 1; ++right)
                    if (image == expected(mirrored, down, right)) {
                        ++seen[{mirrored, down, right}];
                        ++ways;
                    }
        REQUIRE(ways == 1);
    }
    CHECK(seen.size() == 18);
    for (const auto& [way, count] : seen)
        CHECK(count == Approx(200).margin(5 * 14)); // five standard deviations
}

TEST_CASE("What a presentation shows does not depend on what was shown before", "[data]") {
    const Augmentation how{.flip = true, .crop = 2};
    const auto first = shown(how, 7);
    shown(how, 8);
    CHECK(shown(how, 7) == first);
}

TEST_CASE("Without augmentation images are shown as they are", "[data]") {
    CHECK_FALSE(Augmentation{}.any());
    for (std::uint64_t p = 0; p < 20; ++p) REQUIRE(shown({}, p) == expected(false, 0, 0));
    const Augmentation flips{.flip = true};
    for (std::uint64_t p = 0; p < 20; ++p) {
        const auto image = shown(flips, p);
        REQUIRE((image == expected(false, 0, 0) || image == expected(true, 0, 0)));
    }
}
