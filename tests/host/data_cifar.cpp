#include "tests/host/data_files.hpp"

namespace isinglass::test {
namespace {

using Catch::Contains;
const std::string two_images = "batch_images = 2";

// A batch of two images; `red` is the value of all red pixels, green and blue are 10 and 20 above.
std::string batch(int first_label, int red) {
    std::string bytes;
    for (const int label : {first_label, first_label + 1}) {
        bytes += static_cast<char>(label);
        for (const int value : {red, red + 10, red + 20})
            bytes += std::string(1024, static_cast<char>(value));
    }
    return bytes;
}

} // namespace

TEST_CASE("All CIFAR training batches are read in the order of their names, plain or gzip") {
    TemporaryFolder folder;
    write_file(folder / "cifar-10/data_batch_2.bin.gz", gzipped(batch(4, 40)));
    write_file(folder / "cifar-10/data_batch_1.bin", batch(2, 20));
    write_file(folder / "cifar-10/data_batch_1.bin.gz", "left over, the plain file is read");
    write_file(folder / "cifar-10/test_batch.bin", batch(8, 80));
    write_file(folder / "cifar-10/lossless_first4000.bin.gz", "no batch");

    const auto set = load("cifar", two_images + "\nname = \"a copy\"", folder / "");
    CHECK(set.name == "a copy");
    CHECK(set.train.labels == std::vector<int>{2, 3, 4, 5});
    CHECK(set.test.labels == std::vector<int>{8, 9});
    CHECK(set.train.shape == ImageShape{3, 32, 32});
    CHECK(set.train.classes == 10);
    const auto third = features(set.train, 2);
    CHECK(third.front() == 40 / 255.F);
    CHECK(third[1023] == 40 / 255.F);
    CHECK(third[1024] == 50 / 255.F);
    CHECK(third.back() == 60 / 255.F);
}

TEST_CASE("A CIFAR batch of the wrong length is refused with the bytes found and expected") {
    TemporaryFolder folder;
    write_file(folder / "data_batch_1.bin", batch(2, 20));
    write_file(folder / "test_batch.bin", batch(8, 80).substr(0, 6000));
    CHECK_THAT(refusal("cifar", two_images, folder / ""),
               Contains("test_batch.bin: truncated: 6000 bytes found, 6146 expected"));
    CHECK_THAT(refusal("cifar", "batch_images = 1", folder / ""),
               Contains("data_batch_1.bin: too long: 6146 bytes found, 3073 expected"));
    CHECK_THAT(refusal("cifar", "", folder / ""), Contains("truncated: 6146 bytes found, 30730000 expected"));
}

TEST_CASE("A CIFAR label out of range is refused with its byte") {
    TemporaryFolder folder;
    write_file(folder / "data_batch_1.bin", batch(9, 20));
    write_file(folder / "test_batch.bin", batch(8, 80));
    CHECK_THAT(refusal("cifar", two_images, folder / ""),
               Contains("label 10 at byte 3073 is out of range; valid: 0 to 9"));
}

} // namespace isinglass::test
