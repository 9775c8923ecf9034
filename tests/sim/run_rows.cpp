#include "sim/run/rows.hpp"
#include "sim/run/trace_spec.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <sstream>

using namespace isinglass;

namespace {

std::string written(Rows::Form form) {
    std::ostringstream out;
    Rows rows({{"signal"}, {"settling", "s"}, {"count"}}, form, out);
    rows.row({std::string("a/\"b\", c"), 1.25e-8, std::int64_t{3}});
    rows.row({std::string("d"), std::numeric_limits<double>::quiet_NaN(), std::int64_t{0}});
    rows.finish();
    return out.str();
}

} // namespace

TEST_CASE("Rows are a table with units for people, and plain SI numbers for machines", "[rows]") {
    CHECK(written(Rows::Form::csv) == "signal,settling_s,count\n\"a/\"\"b\"\", c\",1.25e-08,3\nd,nan,0\n");
    CHECK(written(Rows::Form::json) ==
          "[\n {\"signal\": \"a/\\\"b\\\", c\", \"settling_s\": 1.25e-08, \"count\": 3},\n"
          " {\"signal\": \"d\", \"settling_s\": null, \"count\": 0}\n]\n");
    CHECK(written(Rows::Form::table).find("12.5 ns") != std::string::npos);
}

TEST_CASE("Lists of numbers are numbers and ranges from 0, or all", "[trace]") {
    const auto set = NumberSet::parse("0-2, 7,40-41");
    REQUIRE(set);
    for (const std::int64_t n : {0, 1, 2, 7, 40, 41}) CHECK(set->contains(n));
    for (const std::int64_t n : {3, 6, 8, 39, 42}) CHECK_FALSE(set->contains(n));
    CHECK(set->reaches(8, 40));
    CHECK_FALSE(set->reaches(8, 39));
    CHECK(NumberSet::parse("all")->contains(123456789));
    for (const char* wrong : {"", " ", ",", "x", "3-", "-3", "5-4", "1.5", "3 4", "all, 3"})
        CHECK_FALSE(NumberSet::parse(wrong));
    CHECK(listed_words(" a,b b , c") == std::vector<std::string>{"a", "b b", "c"});
    CHECK(listed_words("all").empty());
}
