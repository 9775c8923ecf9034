// Public data sets, where they are present.
#include "tests/host/data_files.hpp"

#include <cstdlib>
#include <iostream>
#include <optional>

namespace isinglass::test {
namespace {

// The directory of data sets that has `file`; prints why a test is skipped when there is none.
std::optional<std::filesystem::path> data_with(const std::string& file) {
    const char* environment = std::getenv("ISINGLASS_DATA");
    const auto beside = std::filesystem::path(ISINGLASS_SOURCE) / "../shared/data";
    for (const auto& place : {std::filesystem::path(environment ? environment : ""), beside})
        if (!place.empty() && std::filesystem::exists(place / file)) return place;
    std::cout << "skipped: " << file << " is neither in ISINGLASS_DATA nor in ../shared/data\n";
    return std::nullopt;
}

std::vector<int> first_labels(const Samples& samples, long count) {
    return {samples.labels.begin(), samples.labels.begin() + count};
}

} // namespace

TEST_CASE("MNIST has its 60000 and 10000 digits") {
    const auto data = data_with("mnist/train-images-idx3-ubyte.gz");
    if (!data) return;
    const auto set = load("idx", "", *data);
    CHECK(set.train.count() == 60000);
    CHECK(set.test.count() == 10000);
    CHECK(set.train.shape == ImageShape{1, 28, 28});
    CHECK(first_labels(set.train, 5) == std::vector<int>{5, 0, 4, 1, 9});
    CHECK(first_labels(set.test, 5) == std::vector<int>{7, 2, 1, 0, 4});
}

TEST_CASE("Fashion-MNIST has its 60000 and 10000 pieces") {
    const auto data = data_with("fashion-mnist/train-images-idx3-ubyte.gz");
    if (!data) return;
    const auto set = load("idx", "folder = \"fashion-mnist\"", *data);
    CHECK(set.name == "fashion-mnist");
    CHECK(set.train.count() == 60000);
    CHECK(set.test.count() == 10000);
    CHECK(first_labels(set.train, 5) == std::vector<int>{9, 0, 0, 3, 0});
}

TEST_CASE("CIFAR-10 has 10000 images a batch") {
    const auto data = data_with("cifar-10/data_batch_1.bin.gz");
    if (!data) return;
    const auto set = load("cifar", "", *data);
    CHECK(set.train.count() % 10000 == 0);
    CHECK(set.train.count() >= 10000);
    CHECK(set.test.count() == 10000);
    CHECK(first_labels(set.train, 5) ==
          std::vector<int>{6, 9, 9, 4, 1}); // frog, two trucks, deer, automobile
    CHECK(first_labels(set.test, 5) == std::vector<int>{3, 8, 8, 0, 6});
}

TEST_CASE("The UCI digits are 1797 images of 8 x 8") {
    const auto data = data_with("uci/digits.csv.gz");
    if (!data) return;
    const auto set =
        load("csv",
             "file = \"digits.csv\"\nclasses = 10\nshape = [1, 8, 8]\nscaling = \"range\"\nmin = 0\n"
             "max = 16\nsplit = \"counts\"\ntrain = 1497\ntest = 300",
             *data);
    CHECK(set.train.count() + set.test.count() == 1797);
    CHECK(set.train.shape == ImageShape{1, 8, 8});
}

TEST_CASE("Iris is 150 flowers in three classes") {
    const auto data = data_with("uci/iris.csv");
    if (!data) return;
    const auto set = load("csv", "file = \"iris.csv\"\nclasses = 3\nskip_lines = 1", *data);
    CHECK(set.train.count() == 120);
    CHECK(set.test.count() == 30);
    CHECK(set.train.feature_count() == 4);
}

} // namespace isinglass::test
