#include "hw_models/base/error.hpp"
#include "sim/config/document.hpp"
#include "sim/config/nearest.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;

TEST_CASE("every value of a document knows its file and line") {
    const auto root = parse_config("seed = 1\n\n[machine.adc]\nbits = 8 # fine\n[[layer]]\nname = 'a'\n"
                                   "rates = [\n  1.0,\n  2.0]\n",
                                   "x.toml");
    CHECK(root.source.text() == "x.toml:1");
    CHECK(root.find("seed")->source.text() == "x.toml:1");
    CHECK(root.find("machine")->source.text() == "x.toml:3");
    CHECK(root.find("machine")->find("adc")->find("bits")->source.text() == "x.toml:4");
    const auto& layers = *root.find("layer")->get_if<ConfigNode::Array>();
    REQUIRE(layers.size() == 1);
    CHECK(layers[0].find("name")->source.text() == "x.toml:6");
    CHECK(layers[0].find("rates")->get_if<ConfigNode::Array>()->at(1).source.text() == "x.toml:9");
}

TEST_CASE("keys keep the order of the file") {
    const auto root = parse_config("zebra = 1\nant = 2\nmole = 3\n", "x.toml");
    const auto& entries = *root.get_if<ConfigNode::Table>();
    REQUIRE(entries.size() == 3);
    CHECK(entries[0].key == "zebra");
    CHECK(entries[1].key == "ant");
    CHECK(entries[2].key == "mole");
}

TEST_CASE("a syntax error names file and line") {
    CHECK_THROWS_WITH(parse_config("a = 1\nb = = 2\n", "bad.toml"),
                      Catch::StartsWith("bad.toml:2: not valid TOML: "));
    CHECK_THROWS_WITH(parse_config("a = 1\n\na = 2\n", "twice.toml"), Catch::StartsWith("twice.toml:3: "));
    CHECK_THROWS_AS(parse_config("[machine\n", "open.toml"), ConfigError);
    CHECK_THROWS_WITH(parse_config("x = 1\nday = 2024-01-01\n", "day.toml"),
                      Catch::StartsWith("day.toml:2: "));
}

TEST_CASE("the message of a syntax error is one line") {
    try {
        parse_config("text = \"open\nnext = 1\n", "x.toml");
        FAIL("no error");
    } catch (const ConfigError& error) {
        CHECK(std::string(error.what()).find('\n') == std::string::npos);
    }
}

TEST_CASE("a setting is a TOML value, or else a word") {
    const auto value = [](std::string_view text) { return parse_setting(text, {"--set", 0}).value; };
    CHECK(std::get<std::int64_t>(value("6")) == 6);
    CHECK(std::get<double>(value("0.5")) == 0.5);
    CHECK(std::get<double>(value(".5")) == 0.5);
    CHECK(std::get<bool>(value("true")));
    CHECK(std::get<std::string>(value("\"10 ns\"")) == "10 ns");
    CHECK(std::get<std::string>(value("10 ns")) == "10 ns");
    CHECK(std::get<std::string>(value("10ns")) == "10ns");
    CHECK(std::get<std::string>(value("changed")) == "changed");
    CHECK(std::get<std::string>(value("../data/mnist")) == "../data/mnist");
    CHECK(std::get<std::string>(value("2024-01-01")) == "2024-01-01");
    CHECK(std::get<std::string>(value("1\nother = 2")) == "1\nother = 2");
    CHECK(std::get<ConfigNode::Array>(value("[1, 2]")).size() == 2);
}

TEST_CASE("values are described as TOML writes them") {
    const auto root =
        parse_config("a = 40\nb = \"10 \\\"V\\\"\"\nc = 2.0\nd = false\ne = inf\nf = [1]\ng = {}\n", "");
    CHECK(describe(*root.find("a")) == "40");
    CHECK(describe(*root.find("b")) == "\"10 \\\"V\\\"\"");
    CHECK(describe(*root.find("c")) == "2");
    CHECK(describe(*root.find("d")) == "false");
    CHECK(describe(*root.find("e")) == "inf");
    CHECK(describe(*root.find("f")) == "[...]");
    CHECK(describe(*root.find("g")) == "{...}");
}

TEST_CASE("the nearest word has the fewest edits") {
    CHECK(edit_distance("", "abc") == 3);
    CHECK(edit_distance("kitten", "sitting") == 3);
    CHECK(edit_distance("beta", "beta") == 0);
    const std::vector<std::string> words{"gamma", "beta", "bits"};
    CHECK(nearest("bata", words) == "beta");
    CHECK(nearest("bit", words) == "bits");
    CHECK(nearest("x", {}).empty());
}
