#include "tests/host/data_files.hpp"

#include <cstring>

namespace isinglass::test {
namespace {

using Catch::Contains;

template <class T>
std::string bytes_of(const std::vector<T>& values) {
    std::string bytes(values.size() * sizeof(T), '\0');
    std::memcpy(bytes.data(), values.data(), bytes.size());
    return bytes;
}

const std::string bytes_setting = "shape = [2, 1, 2]\nclasses = 3";
const std::string floats_setting =
    "shape = [1, 1, 2]\nclasses = 300\nfeatures = \"float32\"\nlabels = \"uint16\"";

} // namespace

TEST_CASE("Raw tensors of bytes are read sample by sample, plain or gzip") {
    const TemporaryFolder folder;
    write_file(folder / "tensors/train-features.bin.gz", gzipped("\x01\x02\x03\x04\x05\x06\x07\xff"));
    write_file(folder / "tensors/train-labels.bin", std::string("\x02\x00", 2));
    write_file(folder / "tensors/test-features.bin", "\x09\x09\x09\x09");
    write_file(folder / "tensors/test-labels.bin", "\x01");
    const auto set = load("tensors", bytes_setting, folder / "");
    CHECK(set.train.shape == ImageShape{2, 1, 2});
    CHECK(set.train.labels == std::vector<int>{2, 0});
    CHECK(features(set.train, 1) == std::vector<float>{5 / 255.F, 6 / 255.F, 7 / 255.F, 1.0F});
    CHECK(set.test.labels == std::vector<int>{1});
}

TEST_CASE("Raw tensors of floats have labels of two bytes where more classes ask for them") {
    const TemporaryFolder folder;
    for (const std::string part : {"train", "test"}) {
        write_file(folder / (part + "-features.bin"), bytes_of<float>({0.0F, 0.25F, 1.0F, 0.5F}));
        write_file(folder / (part + "-labels.bin"), bytes_of<std::uint16_t>({299, 7}));
    }
    const auto set = load("tensors", floats_setting, folder / "");
    CHECK(set.train.labels == std::vector<int>{299, 7});
    CHECK(features(set.train, 0) == std::vector<float>{0.0F, 0.25F});
    CHECK(features(set.test, 1) == std::vector<float>{1.0F, 0.5F});
}

TEST_CASE("Raw tensors that do not fit what is stated are refused with what was found") {
    const TemporaryFolder folder;
    for (const std::string part : {"train", "test"}) {
        write_file(folder / (part + "-features.bin"), bytes_of<float>({0.0F, 0.25F, 1.0F, 0.5F}));
        write_file(folder / (part + "-labels.bin"), bytes_of<std::uint16_t>({300, 7}));
    }
    CHECK_THAT(refusal("tensors", floats_setting, folder / ""),
               Contains("label 300 of sample 0 is out of range; valid: 0 to 299"));
    write_file(folder / "train-labels.bin", "abc");
    CHECK_THAT(refusal("tensors", floats_setting, folder / ""), Contains("a multiple of 2"));
    write_file(folder / "train-labels.bin", bytes_of<std::uint16_t>({1, 7, 3}));
    CHECK_THAT(refusal("tensors", floats_setting, folder / ""),
               Contains("16 bytes found, 24 expected (3 labels of 8 bytes of features)"));
    write_file(folder / "train-labels.bin", bytes_of<std::uint16_t>({1, 7}));
    write_file(folder / "train-features.bin", bytes_of<float>({0.0F, 0.25F, 1.0F, -0.5F}));
    CHECK_THAT(refusal("tensors", floats_setting, folder / ""),
               Contains("value 1 of sample 1 is -0.5; valid: 0 to 1"));
}

} // namespace isinglass::test
