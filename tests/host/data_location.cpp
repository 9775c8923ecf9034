#include "tests/host/data_files.hpp"

#include <array>

namespace isinglass::test {
namespace {

using Catch::Contains;

const std::array<std::string, 2> names = {"images", "labels"};

void write_both(const std::filesystem::path& folder) {
    for (const auto& name : names) write_file(folder / name, "x");
}

std::filesystem::path found_in(const DataLocation& location) {
    return location.find("set", names).front().parent_path();
}

} // namespace

TEST_CASE("Data files are found in the directory's folder or in the directory itself") {
    TemporaryFolder folder;
    write_both(folder / "set");
    CHECK(found_in({(folder / "").string(), ""}) == folder / "set");
    CHECK(found_in({(folder / "set").string(), ""}) == folder / "set");
}

TEST_CASE("With --data given the data files are looked for nowhere else") {
    TemporaryFolder option, environment;
    const DataLocation both{(option / "").string(), (environment / "").string()};
    write_both(environment / "set");
    CHECK_THROWS_AS(found_in(both), UserError);
    write_both(option / "set");
    CHECK(found_in(both) == option / "set");
}

TEST_CASE("Data files are taken from one folder, never from two") {
    TemporaryFolder folder;
    write_both(folder / "");
    write_file(folder / "set/images", "another set's");
    CHECK(std::filesystem::equivalent(found_in({(folder / "").string(), ""}), folder / ""));
}

TEST_CASE("Missing data files are refused with both places and the files wanted") {
    TemporaryFolder folder;
    write_file(folder / "set/images", "x");
    const auto message = [](const DataLocation& location) -> std::string {
        try {
            static_cast<void>(location.find("set", names));
        } catch (const UserError& error) {
            return error.what();
        }
        return "found";
    };
    const auto place = (folder / "").string();
    CHECK_THAT(message({place, ""}), Contains("images, labels") && Contains("--data ('" + place + "')") &&
                                         Contains("ISINGLASS_DATA (not set)") && Contains("'set'"));
    CHECK_THAT(message({"", "/nowhere"}),
               Contains("--data (not given)") && Contains("ISINGLASS_DATA ('/nowhere')"));
}

TEST_CASE("Data files are never looked for in the working directory") {
    TemporaryFolder folder;
    write_both(folder / "set");
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(folder / "");
    CHECK_THROWS_AS(found_in({"", ""}), UserError);
    std::filesystem::current_path(before);
}

TEST_CASE("A data file that cannot be read is an input error") {
    TemporaryFolder folder;
    CHECK_THROWS_AS(read_data_file(folder / "absent"), InputOutputError);
    CHECK_THROWS_AS(read_data_file(folder / ""), InputOutputError);
}

TEST_CASE("An unknown kind of data set is refused with those there are") {
    CHECK_THROWS_WITH(data_set_kinds().make("minst"),
                      Contains("minst") && Contains("glyphs, idx, cifar, csv"));
}

TEST_CASE("What a file unpacks to is known before it is read") {
    const TemporaryFolder folder;
    write_file(folder / "plain", std::string(1000, 'x'));
    write_file(folder / "packed.gz", gzipped(std::string(70000, 'x')));
    CHECK(unpacked_bytes(folder / "plain") == 1000.0);
    CHECK(unpacked_bytes(folder / "packed.gz") == 70000.0);
    CHECK(unpacked_bytes(folder / "none") == 0.0);
}

TEST_CASE("Validation takes the last samples of training") {
    const auto set = load("glyphs", "train = 10\ntest = 1");
    const auto [train, validation] = split_validation(set.train, 3);
    CHECK(train.count() == 7);
    CHECK(validation.count() == 3);
    CHECK(validation.labels == std::vector<int>(set.train.labels.end() - 3, set.train.labels.end()));
    CHECK(validation.shape == set.train.shape);
    CHECK(validation.classes == 10);
    CHECK(features(train, 6) == features(set.train, 6));
    CHECK(features(validation, 0) == features(set.train, 7));
    CHECK(split_validation(set.train, 0).second.count() == 0);
    CHECK_THROWS_WITH(split_validation(set.train, 10), Contains("10 of 10") && Contains("at most 9"));
}

} // namespace isinglass::test
