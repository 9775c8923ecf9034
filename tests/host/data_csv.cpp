#include "tests/host/data_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace isinglass::test {
namespace {

using Catch::Contains;

const std::string common = "file = \"table.csv\"\nclasses = 3\n";
const std::string halved = common + "test_fraction = 0.5\n";
const std::string ranged = common + "scaling = \"range\"\nmin = 0\nmax = 16\n";

// Writes `text` as the table and loads it.
DataSet from_text(const std::string& text, const std::string& parameters) {
    TemporaryFolder folder;
    write_file(folder / "uci/table.csv", text);
    return load("csv", parameters, folder / "");
}

std::string refused(const std::string& text, const std::string& parameters) {
    TemporaryFolder folder;
    write_file(folder / "uci/table.csv", text);
    return refusal("csv", parameters, folder / "");
}

// `rows` rows whose feature is the row's number and whose label is that modulo 3.
std::string numbered(int rows) {
    std::string text;
    for (int i = 0; i < rows; ++i) text += fmt::format("{},{}\n", i, i % 3);
    return text;
}

std::multiset<float> all_values(const DataSet& set) {
    std::multiset<float> all;
    for (const auto* part : {&set.train, &set.test}) {
        const auto& values = std::get<std::vector<float>>(part->values);
        all.insert(values.begin(), values.end());
    }
    return all;
}

} // namespace

TEST_CASE("A CSV table is scaled by a stated range and split by counts") {
    TemporaryFolder folder;
    write_file(folder / "table.csv.gz", gzipped("a header\r\n 4 , 0,8,16,1\r\n\n2,1.6e1,12,-0,2"));
    const auto set = load("csv",
                          ranged + "skip_lines = 1\nlabel_column = -1\nshape = [1, 2, 2]\n"
                                   "split = \"counts\"\ntrain = 1\ntest = 1\n",
                          folder / "");
    CHECK(set.name == "table.csv");
    CHECK(set.train.count() == 1);
    CHECK(set.test.count() == 1);
    CHECK(set.train.shape == ImageShape{1, 2, 2});
    CHECK(set.train.classes == 3);
    const auto& first = set.train.labels[0] == 1 ? set.train : set.test;
    const auto& second = set.train.labels[0] == 1 ? set.test : set.train;
    CHECK(first.labels[0] == 1);
    CHECK(second.labels[0] == 2);
    CHECK(features(first, 0) == std::vector<float>{0.25F, 0, 0.5F, 1});
    CHECK(features(second, 0) == std::vector<float>{0.125F, 1, 0.75F, 0});
}

TEST_CASE("The label of a CSV table may stand in any column") {
    const auto set = from_text("2,16,16\n2,16,16\n", ranged + "label_column = 0\ntest_fraction = 0.5");
    CHECK(set.train.labels == std::vector<int>{2});
    CHECK(features(set.train, 0) == std::vector<float>{1, 1});
    CHECK(set.train.shape == ImageShape{1, 1, 2});
}

TEST_CASE("A CSV table's scale is learned from the training part alone") {
    for (const int seed : {1, 2, 3, 4}) {
        const auto set =
            from_text(numbered(10), common + fmt::format("test_fraction = 0.5\nsplit_seed = {}", seed));
        const auto& train = std::get<std::vector<float>>(set.train.values);
        CHECK(*std::ranges::min_element(train) == 0.0F);
        CHECK(*std::ranges::max_element(train) == 1.0F);
        for (const float value : all_values(set)) CHECK((value >= 0.0F && value <= 1.0F));
    }
}

TEST_CASE("A constant column of a CSV table becomes zero") {
    const auto set = from_text("5,1,0\n5,2,1\n5,3,2\n", common + "test_fraction = 0.34");
    CHECK(features(set.train, 0)[0] == 0.0F);
    CHECK(features(set.test, 0)[0] == 0.0F);
}

TEST_CASE("Every row of a CSV table goes to one part, with its label") {
    const auto set = from_text(numbered(16), ranged + "test_fraction = 0.25");
    CHECK(set.train.count() == 12);
    CHECK(set.test.count() == 4);
    const auto all = all_values(set);
    CHECK(std::set<float>(all.begin(), all.end()).size() == 16);
    for (const auto* part : {&set.train, &set.test})
        for (std::size_t i = 0; i < part->count(); ++i)
            CHECK(part->labels[i] == static_cast<int>(16 * features(*part, i)[0]) % 3);
}

TEST_CASE("A CSV table is split by its seed") {
    const auto labels = [](int seed) {
        return from_text(numbered(16), ranged + fmt::format("split_seed = {}", seed)).train.values;
    };
    CHECK(labels(1) == labels(1));
    CHECK(labels(1) != labels(2));
}

TEST_CASE("A CSV cell that is no number is refused with line and column") {
    CHECK_THAT(refused("1,2,0\n1,abc,0\n", common),
               Contains("table.csv: line 2, column 2: 'abc' is not a number"));
    CHECK_THAT(refused("1,2,0\n1,,0\n", common), Contains("line 2, column 2: '' is not a number"));
    CHECK_THAT(refused("1,2,0\n\n1,3x,0\n", common), Contains("line 3, column 2: '3x' is not a number"));
    CHECK_THAT(refused("1,nan,0\n", common), Contains("'nan' is not a number"));
    CHECK_THAT(refused("1,1e999,0\n", common), Contains("'1e999' is not a number"));
}

TEST_CASE("a CSV table split by class trains on the first samples of each and tests on the next") {
    // Labels 0 0 0 1 1 1 2 2 2 0 1 2 of rows 0 to 11, and rows beyond that nobody asked for.
    std::string text;
    const std::vector<int> labels{0, 0, 0, 1, 1, 1, 2, 2, 2, 0, 1, 2, 0};
    for (std::size_t i = 0; i < labels.size(); ++i) text += fmt::format("{},{}\n", i, labels[i]);
    const auto per_class = ranged + "split = \"per_class\"\n";
    const auto set = from_text(text, per_class + "train = 2\ntest = 2");
    CHECK(set.train.labels == std::vector<int>{0, 1, 2, 0, 1, 2});
    CHECK(set.test.labels == std::vector<int>{0, 1, 2, 0, 1, 2});
    const auto rows = [](const Samples& samples) {
        std::vector<float> all;
        for (std::size_t i = 0; i < samples.count(); ++i) all.push_back(16.0F * features(samples, i)[0]);
        return all;
    };
    CHECK(rows(set.train) == std::vector<float>{0, 3, 6, 1, 4, 7});
    CHECK(rows(set.test) == std::vector<float>{2, 5, 8, 9, 10, 11});
    CHECK_THAT(refused(text, per_class + "train = 4\ntest = 1"),
               Contains("4 samples of class 1 found, 4 training and 1 test samples a class wanted; valid: at "
                        "most 4"));
}

TEST_CASE("exclusive or is four samples that are training and test") {
    const auto set = load("xor", "");
    for (const auto* part : {&set.train, &set.test}) {
        REQUIRE(part->count() == 4);
        CHECK(part->classes == 2);
        for (std::size_t i = 0; i < 4; ++i) {
            const auto levels = features(*part, i);
            CHECK(part->labels[i] == (levels[0] != levels[1] ? 1 : 0));
            CHECK(2.0F * levels[0] + levels[1] == static_cast<float>(i));
        }
    }
}

TEST_CASE("CSV rows of unequal length are refused with their line") {
    CHECK_THAT(refused("1,2,0\n1,0\n", common), Contains("line 2: 2 columns found, 3 expected as in line 1"));
}

TEST_CASE("CSV labels out of range are refused with line and column") {
    for (const std::string label : {"3", "-1", "0.5"})
        CHECK_THAT(
            refused("1,0\n1," + label + "\n", halved),
            Contains("line 2, column 2: label " + label + " is out of range; valid: whole numbers 0 to 2"));
}

TEST_CASE("CSV values outside the stated range are refused with line and column") {
    CHECK_THAT(refused("1,0\n17,0\n", ranged + "test_fraction = 0.5"),
               Contains("line 2, column 1: 17 is out of range; valid: 0 to 16"));
}

TEST_CASE("CSV tables that do not fit their parameters are refused") {
    CHECK_THAT(refused("", common), Contains("0 rows of 0 columns found"));
    CHECK_THAT(refused("1\n2\n", common), Contains("2 rows of 1 columns found"));
    CHECK_THAT(refused("1,0\n2,0\n", halved + "label_column = 2"), Contains("valid: -2 to 1"));
    CHECK_THAT(refused("1,0\n2,0\n", halved + "shape = [1, 2, 2]"),
               Contains("1 features a line found, 4 expected"));
    CHECK_THAT(refused("1,0\n2,0\n", common + "test_fraction = 0.1"), Contains("leave one part empty"));
    CHECK_THAT(refused("1,0\n2,0\n", common + "split = \"counts\"\ntrain = 2\ntest = 1"),
               Contains("2 samples found, 2 training and 1 test samples wanted"));
}

TEST_CASE("CSV parameters that contradict themselves are refused where they stand") {
    const auto text = [](const std::string& more) { return common + more; };
    CHECK_THROWS_AS(load("csv", text("shape = [8, 8]")), ConfigError);
    CHECK_THROWS_AS(load("csv", text("scaling = \"range\"\nmin = 2\nmax = 1")), ConfigError);
    CHECK_THROWS_AS(load("csv", "file = \"a.csv\""), ConfigError);
    CHECK_THROWS_AS(load("csv", "classes = 3"), ConfigError);
}

} // namespace isinglass::test
