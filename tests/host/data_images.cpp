#include "host/data/image_file.hpp"
#include "tests/host/data_files.hpp"

#include <fmt/format.h>
#include <png.h>

namespace isinglass::test {
namespace {

using Catch::Contains;

// A PNG of libpng's own making.
void write_png(const std::filesystem::path& path, std::uint32_t format, std::uint32_t width,
               std::uint32_t height, const std::vector<std::uint8_t>& pixels) {
    std::filesystem::create_directories(path.parent_path());
    png_image png{};
    png.version = PNG_IMAGE_VERSION;
    png.format = format;
    png.width = width;
    png.height = height;
    REQUIRE(png_image_write_to_file(&png, path.c_str(), 0, pixels.data(), 0, nullptr) != 0);
}

// 2 rows of 3 grey pixels, all `value`.
std::string pgm(int value) {
    return "P5\n# a comment\n3 2\n255\n" + std::string(6, static_cast<char>(value));
}

// Two classes, "cat" with 4 and "dog" with 2 training images.
void write_pets(const TemporaryFolder& folder) {
    for (int k = 0; k < 4; ++k) write_file(folder / fmt::format("pets/train/cat/{}.pgm", k), pgm(10 + k));
    for (int k = 0; k < 2; ++k) write_file(folder / fmt::format("pets/train/dog/{}.pgm", k), pgm(20 + k));
    write_file(folder / "pets/test/cat/0.pgm", pgm(30));
    write_file(folder / "pets/test/dog/0.pgm", pgm(40));
    write_file(folder / "pets/train/dog/.hidden", "left alone");
}
const std::string pets = "folder = \"pets\"\ncolours = \"grey\"";

std::string refused_image(const std::filesystem::path& path) {
    try {
        (void)read_image(path, 3);
    } catch (const UserError& error) {
        return error.what();
    }
    return {};
}

} // namespace

TEST_CASE("Folders of images say what they take before they are read") {
    const TemporaryFolder folder;
    write_pets(folder);
    const auto kind = configured(data_set_kinds().make("images"), pets);
    CHECK(kind->loading_bytes({.option = (folder / "").string(), .environment = ""}) == 8.0 * 6.0);
}

TEST_CASE("A PNG's colours are three channels, each row by row") {
    const TemporaryFolder folder;
    write_png(folder / "rgb.png", PNG_FORMAT_RGB, 2, 1, {1, 2, 3, 41, 42, 43});
    const auto image = read_image(folder / "rgb.png", 3);
    CHECK(image.shape == ImageShape{3, 1, 2});
    CHECK(image.pixels == std::vector<std::uint8_t>{1, 41, 2, 42, 3, 43});
}

TEST_CASE("A grey image as colours has one value in all channels, colours as grey their luminance") {
    const TemporaryFolder folder;
    write_png(folder / "grey.png", PNG_FORMAT_GRAY, 2, 1, {7, 200});
    CHECK(read_image(folder / "grey.png", 3).pixels == std::vector<std::uint8_t>{7, 200, 7, 200, 7, 200});
    write_file(folder / "same.ppm", "P6 2 1 255\n\x05\x05\x05" + std::string("\x64\x64\x64"));
    CHECK(read_image(folder / "same.ppm", 1).pixels == std::vector<std::uint8_t>{5, 100});
    write_file(folder / "red.ppm", "P6 1 1 255\n\xff" + std::string(2, '\0'));
    CHECK(read_image(folder / "red.ppm", 1).pixels == std::vector<std::uint8_t>{54}); // 0.2126 of 255
}

TEST_CASE("Greys of a PNM with another largest value are scaled to 255") {
    const TemporaryFolder folder;
    write_file(folder / "x.pgm", "P5 2 1 15\n\x0f\x03");
    CHECK(read_image(folder / "x.pgm", 1).pixels == std::vector<std::uint8_t>{255, 51});
}

TEST_CASE("An image that is damaged or of another form is refused with its path") {
    const TemporaryFolder folder;
    write_png(folder / "cut.png", PNG_FORMAT_GRAY, 30, 30, std::vector<std::uint8_t>(900, 9));
    std::filesystem::resize_file(folder / "cut.png", 60);
    CHECK_THAT(refused_image(folder / "cut.png"), Contains("cut.png: a damaged PNG"));
    write_file(folder / "a.jpg", "\xff\xd8\xff");
    CHECK_THAT(refused_image(folder / "a.jpg"), Contains("a.jpg: neither PNG nor binary PGM or PPM"));
    write_file(folder / "short.pgm", "P5 3 2 255\n12345");
    CHECK_THAT(refused_image(folder / "short.pgm"),
               Contains("5 bytes of pixels found, 6 expected (1 x 2 x 3)"));
    write_file(folder / "deep.pgm", "P5 1 1 65535\n12");
    CHECK_THAT(refused_image(folder / "deep.pgm"), Contains("largest value 65535; valid: 1 to 255"));
    write_file(folder / "none.ppm", "P6 3 x");
    CHECK_THAT(refused_image(folder / "none.ppm"), Contains("no PNM header"));
}

TEST_CASE("Folders of images are classes by name, spread evenly over the samples") {
    const TemporaryFolder folder;
    write_pets(folder);
    const auto set = load("images", pets, folder / "");
    CHECK(set.name == "pets");
    CHECK(set.train.classes == 2);
    CHECK(set.train.shape == ImageShape{1, 2, 3});
    CHECK(set.train.labels == std::vector<int>{0, 1, 0, 0, 1, 0}); // the last three have both, too
    CHECK(features(set.train, 0) == std::vector<float>(6, 10 / 255.F));
    CHECK(features(set.train, 4) == std::vector<float>(6, 21 / 255.F));
    CHECK(set.test.labels == std::vector<int>{0, 1});
}

TEST_CASE("Folders of images that are missing, empty or unequal are refused") {
    const TemporaryFolder folder;
    CHECK_THAT(refusal("images", pets, folder / ""), Contains("train/, test/"));
    write_pets(folder);
    write_file(folder / "pets/train/dog/9.pgm", "P5 3 3 255\n123456789");
    CHECK_THAT(refusal("images", pets, folder / ""),
               Contains("9.pgm: 3 x 3 pixels, the first image has 2 x 3"));
    std::filesystem::remove(folder / "pets/train/dog/9.pgm");
    std::filesystem::remove(folder / "pets/test/dog/0.pgm");
    CHECK_THAT(refusal("images", pets, folder / ""), Contains("test/dog: no images in this class"));
    std::filesystem::remove(folder / "pets/test/dog");
    CHECK_THAT(refusal("images", pets, folder / ""), Contains("the classes are cat, in"));
}

} // namespace isinglass::test
