#include "tests/host/data_files.hpp"

#include <map>

namespace isinglass::test {
namespace {

using Catch::Contains;

std::string words(std::initializer_list<std::uint32_t> values) {
    std::string bytes;
    for (const auto value : values)
        for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(value >> shift & 0xff);
    return bytes;
}

const std::string train_images = "train-images-idx3-ubyte";
const std::string train_labels = "train-labels-idx1-ubyte";

// A small data set of 3 + 2 images of 2 rows and 3 columns, as file names and contents.
struct IdxFolder {
    std::map<std::string, std::string> files = {
        {train_images, words({0x803, 3, 2, 3}) + std::string("\0\x33\xff\1\2\3aaaaaabbbbbb", 18)},
        {train_labels, words({0x801, 3}) + std::string("\7\0\x9", 3)},
        {"t10k-images-idx3-ubyte", words({0x803, 2, 2, 3}) + "ccccccdddddd"},
        {"t10k-labels-idx1-ubyte", words({0x801, 2}) + std::string("\1\2", 2)},
    };
    TemporaryFolder folder;

    std::filesystem::path written() {
        for (const auto& [name, bytes] : files) write_file(folder / "mnist" / name, bytes);
        return folder / "";
    }
    std::string refusal() { return test::refusal("idx", "", written()); }
};

void check_values(const DataSet& set) {
    CHECK(set.train.count() == 3);
    CHECK(set.test.count() == 2);
    CHECK(set.train.shape == ImageShape{1, 2, 3});
    CHECK(set.train.classes == 10);
    CHECK(set.train.labels == std::vector<int>{7, 0, 9});
    CHECK(set.test.labels == std::vector<int>{1, 2});
    CHECK(features(set.train, 0) == std::vector<float>{0, 0.2F, 1, 1 / 255.F, 2 / 255.F, 3 / 255.F});
    CHECK(features(set.test, 1) == std::vector<float>(6, 'd' / 255.F));
}

} // namespace

TEST_CASE("IDX files are read as they were written") {
    IdxFolder idx;
    const auto set = load("idx", "", idx.written());
    check_values(set);
    CHECK(set.name == "mnist");
    CHECK(set.description == "3 training and 2 test samples of 1 x 2 x 3, 10 classes");
    CHECK(std::holds_alternative<std::vector<std::uint8_t>>(set.train.values));
}

TEST_CASE("IDX files may be gzip, with or without saying so in their names") {
    IdxFolder idx;
    TemporaryFolder packed;
    for (const auto& [name, bytes] : idx.files)
        write_file(packed / (name == train_images ? name : name + ".gz"), gzipped(bytes));
    check_values(load("idx", "", packed / ""));
}

TEST_CASE("A wrong IDX magic number is refused with both numbers") {
    IdxFolder idx;
    std::swap(idx.files[train_images], idx.files[train_labels]);
    idx.files[train_images] += std::string(20, 'x');
    CHECK_THAT(idx.refusal(), Contains(train_images) && Contains("0x00000801 found, 0x00000803 expected"));
}

TEST_CASE("Truncated IDX files are refused with the bytes found and expected") {
    IdxFolder idx;
    auto& bytes = idx.files[train_images];
    SECTION("in the pixels") {
        bytes.pop_back();
        CHECK_THAT(idx.refusal(), Contains("truncated: 33 bytes found, 34 expected"));
    }
    SECTION("in the header") {
        bytes.resize(10);
        CHECK_THAT(idx.refusal(), Contains("truncated: 10 bytes found, 16 expected for the header"));
    }
    SECTION("to nothing") {
        bytes.clear();
        CHECK_THAT(idx.refusal(), Contains("truncated: 0 bytes found"));
    }
    SECTION("behind a header that promises more than any memory holds") {
        bytes = words({0x803, 0xffffffff, 0xffffffff, 0xffffffff});
        CHECK_THAT(idx.refusal(), Contains("truncated: 16 bytes found"));
    }
}

TEST_CASE("IDX files that are longer than their header says are refused") {
    IdxFolder idx;
    idx.files[train_labels] += "x";
    CHECK_THAT(idx.refusal(), Contains("12 bytes found, 11 expected"));
}

TEST_CASE("A damaged gzip file is refused") {
    IdxFolder idx;
    auto packed = gzipped(idx.files[train_images] + std::string(10000, 'x'));
    SECTION("when it is cut off") {
        packed.resize(packed.size() - 12);
    }
    SECTION("when its checksum is cut off") {
        packed.resize(packed.size() - 5);
    }
    SECTION("when it is cut off behind its first bytes") {
        packed.resize(2);
    }
    SECTION("when a byte is wrong") {
        packed[packed.size() / 2] ^= 0x55;
    }
    idx.files[train_images] = packed;
    CHECK_THAT(idx.refusal(), Contains(train_images) && Contains("gzip data are damaged or cut off"));
}

TEST_CASE("IDX images and labels must be equally many") {
    IdxFolder idx;
    idx.files[train_labels] = words({0x801, 2}) + "\1\2";
    CHECK_THAT(idx.refusal(), Contains(train_labels) && Contains("2 labels found, 3 expected"));
}

TEST_CASE("IDX labels out of range are refused with the sample") {
    IdxFolder idx;
    idx.files[train_labels] = words({0x801, 3}) + "\1\2\xa";
    CHECK_THAT(idx.refusal(), Contains("label 10 of sample 2 is out of range; valid: 0 to 9"));
    CHECK(load("idx", "classes = 11", idx.written()).train.labels.back() == 10);
}

TEST_CASE("IDX images for the test must have the size of those for training") {
    IdxFolder idx;
    idx.files["t10k-images-idx3-ubyte"] = words({0x803, 2, 3, 2}) + "ccccccdddddd";
    CHECK_THAT(idx.refusal(), Contains("images of 3 x 2 found, 2 x 3 expected"));
}

TEST_CASE("IDX files can be cut to the first samples of each class, training and test apart") {
    IdxFolder idx;
    idx.files[train_labels] = words({0x801, 3}) + std::string("\7\7\0", 3);
    const auto both = load("idx", "train_per_class = 1\ntest_per_class = 2", idx.written());
    CHECK(both.train.labels == std::vector<int>{7, 0});
    CHECK(features(both.train, 1) == std::vector<float>(6, 'b' / 255.F));
    CHECK(both.test.labels == std::vector<int>{1, 2});
    CHECK(both.description == "2 training and 2 test samples of 1 x 2 x 3, 10 classes");
    idx.files["t10k-labels-idx1-ubyte"] = words({0x801, 2}) + "\1\1";
    CHECK(load("idx", "test_per_class = 1", idx.written()).test.labels == std::vector<int>{1});
    CHECK(load("idx", "test_per_class = 1", idx.written()).train.count() == 3);
}

TEST_CASE("An IDX file without images is refused") {
    IdxFolder idx;
    idx.files[train_images] = words({0x803, 0, 2, 3});
    CHECK_THAT(idx.refusal(), Contains("size 0 in the header at byte 4"));
}

} // namespace isinglass::test
