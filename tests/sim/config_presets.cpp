#include "hw_models/base/error.hpp"
#include "sim/config/overrides.hpp"
#include "sim/config/presets.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace isinglass;

namespace {

const ConfigNode* at(const ConfigNode& root, std::string_view path) {
    const ConfigNode* node = &root;
    while (node && !path.empty()) {
        const auto dot = path.find('.');
        node = node->find(path.substr(0, dot));
        path = dot == std::string_view::npos ? "" : path.substr(dot + 1);
    }
    return node;
}

std::string shown(const ConfigNode& root, std::string_view path) {
    const ConfigNode* node = at(root, path);
    return node ? describe(*node) + " @ " + node->source.text() : "absent";
}

// Presets from a map of "PATH/NAME" to text; the file is called PATH/NAME.toml.
Presets presets_of(std::map<std::string, std::string> texts) {
    return {[texts](const std::string& path, const std::string& name) {
                const auto found = texts.find(path + "/" + name);
                if (found == texts.end())
                    throw UserError("no preset is called '" + name + "'; there are: small");
                return PresetText{found->first + ".toml", found->second};
            },
            {"machine"}};
}

const Presets shipped = presets_of({
    {"machine/small", "clock = \"500 MHz\"\n[adc]\nbits = 8\nrate = \"200 MHz\"\n"},
    {"machine/tiny", "preset = \"small\"\n\n[adc]\nbits = 4\n"},
    {"/base",
     "machine = \"small\"\n[training]\nbeta = 0.5\n[[network.layer]]\nname = 'hidden'\nsize = 512\n"},
    {"machine/loop", "preset = \"back\"\n"},
    {"machine/back", "\npreset = \"loop\"\n"},
    {"machine/broken", "a = 1\nb =\n"},
    {"machine.adc/sar", "bits = 10\n"},
});

ConfigNode load(std::string_view text, const std::vector<std::string>& sets = {}) {
    return load_config(text, "run.toml", sets, shipped);
}

} // namespace

TEST_CASE("laying one table over another keeps the source of each value") {
    const auto base = parse_config("a = 1\nb = 2\n[t]\nx = 1\ny = 2\n", "base");
    const auto over = parse_config("b = 3\n\n\n[t]\ny = [1]\nz = 4\n", "over");
    const auto merged = overlay(base, over);
    CHECK(shown(merged, "a") == "1 @ base:1");
    CHECK(shown(merged, "b") == "3 @ over:1");
    CHECK(shown(merged, "t") == "{...} @ over:4");
    CHECK(shown(merged, "t.x") == "1 @ base:4");
    CHECK(shown(merged, "t.y") == "[...] @ over:5");
    CHECK(shown(merged, "t.z") == "4 @ over:6");
}

TEST_CASE("a preset lies below the table's own keys, and values keep the line where they stand") {
    const auto root = load("[machine]\npreset = \"small\"\n[machine.adc]\nbits = 6\n");
    CHECK(shown(root, "machine.clock") == "\"500 MHz\" @ machine/small.toml:1");
    CHECK(shown(root, "machine.adc.bits") == "6 @ run.toml:4");
    CHECK(shown(root, "machine.adc.rate") == "\"200 MHz\" @ machine/small.toml:4");
    CHECK(shown(root, "machine.preset") == "absent");
}

TEST_CASE("a machine may be named in one word") {
    CHECK(shown(load("machine = \"small\"\n"), "machine.adc.bits") == "8 @ machine/small.toml:3");
}

TEST_CASE("presets chain, and a table inside a preset's table may have its own") {
    CHECK(shown(load("machine = 'tiny'\n"), "machine.adc.bits") == "4 @ machine/tiny.toml:4");
    CHECK(shown(load("machine = 'tiny'\n"), "machine.adc.rate") == "\"200 MHz\" @ machine/small.toml:4");
    CHECK(shown(load("[machine.adc]\npreset = 'sar'\n"), "machine.adc.bits") ==
          "10 @ machine.adc/sar.toml:1");
}

TEST_CASE("a preset of a table inside a preset's table lies over what that preset says there") {
    const auto root = load("[machine]\npreset = 'small'\n[machine.adc]\npreset = 'sar'\n");
    CHECK(shown(root, "machine.adc.bits") == "10 @ machine.adc/sar.toml:1");
    CHECK(shown(root, "machine.adc.rate") == "\"200 MHz\" @ machine/small.toml:4");
}

TEST_CASE("an experiment may stand on another and change its machine") {
    const auto root = load("preset = 'base'\n[machine]\npreset = 'tiny'\n");
    CHECK(shown(root, "training.beta") == "0.5 @ /base.toml:3");
    CHECK(shown(root, "machine.adc.bits") == "4 @ machine/tiny.toml:4");
    CHECK(shown(load("preset = 'base'\n[machine.adc]\nbits = 5\n"), "machine.adc.bits") == "5 @ run.toml:3");
}

TEST_CASE("bad presets are errors at the line that names them") {
    CHECK_THROWS_WITH(load("\nmachine = 'big'\n"),
                      "run.toml:2: key 'machine.preset': no preset is called 'big'; there are: small");
    CHECK_THROWS_WITH(load("[machine]\npreset = 4\n"),
                      "run.toml:2: key 'machine.preset' = 4 must be the name of a preset, in quotes");
    CHECK_THROWS_WITH(load("machine = 'loop'\n"),
                      "machine/back.toml:2: preset \"loop\" includes itself: machine/loop.toml -> "
                      "machine/back.toml -> machine/loop.toml");
    CHECK_THROWS_WITH(load("machine = 'broken'\n"),
                      Catch::StartsWith("machine/broken.toml:2: not valid TOML"));
    CHECK_THROWS_AS(load("machine = 'loop'\n"), ConfigError);
}

TEST_CASE("a setting overrides files and presets, and is named as the source") {
    const auto root = load("preset = 'base'\n", {"machine.adc.bits=6", "training.rates.hidden=0.1",
                                                 "network.layer.hidden.size=256", "machine.array.rc=10ns"});
    CHECK(shown(root, "machine.adc.bits") == "6 @ --set machine.adc.bits=6");
    CHECK(shown(root, "machine.clock") == "\"500 MHz\" @ machine/small.toml:1");
    CHECK(shown(root, "training.rates.hidden") == "0.1 @ --set training.rates.hidden=0.1");
    CHECK(shown(root, "machine.array.rc") == "\"10ns\" @ --set machine.array.rc=10ns");
    const auto& layers = *at(root, "network.layer")->get_if<ConfigNode::Array>();
    CHECK(shown(layers[0], "size") == "256 @ --set network.layer.hidden.size=256");
    const auto by_position = load("preset = 'base'\n", {"network.layer.0.size=9"});
    CHECK(shown(at(by_position, "network.layer")->get_if<ConfigNode::Array>()->at(0), "size") ==
          "9 @ --set network.layer.0.size=9");
}

TEST_CASE("a setting chooses the machine") {
    for (const auto* set : {"machine=tiny", "machine.preset=tiny"})
        for (const auto* text :
             {"", "preset = 'base'\n", "machine = 'small'\n", "[machine]\npreset = 'small'\n"}) {
            INFO(set << " over " << text);
            CHECK(shown(load(text, {set}), "machine.adc.bits") == "4 @ machine/tiny.toml:4");
        }
    CHECK_THROWS_WITH(load("", {"machine=big"}),
                      Catch::StartsWith("--set machine=big: key 'machine.preset'"));
}

TEST_CASE("a setting that names nothing is told what there is") {
    CHECK_THROWS_WITH(
        load("preset = 'base'\n", {"network.layer.hiden.size=1"}),
        "--set network.layer.hiden.size=1: 'network.layer' has no element 'hiden'; there are: hidden");
    CHECK_THROWS_WITH(load("preset = 'base'\n", {"network.layer.1.size=1"}),
                      Catch::Contains("no element '1'"));
    CHECK_THROWS_WITH(load("preset = 'base'\n", {"training.beta.x=1"}),
                      "--set training.beta.x=1: 'training.beta' = 0.5 has no keys below it");
    for (const auto* wrong : {"training.beta", "=1", "a..b=1", "a.=1", "a=", ""})
        CHECK_THROWS_WITH(load("", {wrong}), Catch::Contains("write KEY.PATH=VALUE"));
}

TEST_CASE("a setting that names a preset of an inner table sets all that it says, in the order of settings") {
    const auto* text = "[machine.adc]\nbits = 6\nrate = \"1 MHz\"\n";
    const auto root = load(text, {"machine.adc.preset=sar"});
    CHECK(shown(root, "machine.adc.bits") == "10 @ machine.adc/sar.toml:1");
    CHECK(shown(root, "machine.adc.rate") == "\"1 MHz\" @ run.toml:3");
    CHECK(shown(load(text, {"machine.adc.preset=sar", "machine.adc.bits=7"}), "machine.adc.bits") ==
          "7 @ --set machine.adc.bits=7");
    CHECK_THROWS_WITH(load(text, {"machine.adc.preset=none"}), Catch::Contains("machine.adc.preset"));
}
