#include "hw_models/base/error.hpp"
#include "sim/config/overrides.hpp"
#include "sim/config/reader.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;

namespace {

struct Converter {
    std::int64_t bits = 8;
    double rate_hz = 2e8;
    double low_v = 0.0;
    double high_v = 1.0;
    std::string kind = "sar";
    double capacitor_f = 1e-15;
    std::int64_t comparators = 255;

    void fields(Fields& f) {
        static const std::vector<std::string> kinds{"sar", "flash"};
        f.integer({"bits", "resolution"}, bits, {1, 16});
        f.quantity({"rate", "conversions a second"}, rate_hz, Unit::hertz, {1e3, 1e10});
        f.quantity({"low", "lowest level"}, low_v, Unit::volt, {});
        f.quantity({"high", "highest level"}, high_v, Unit::volt, {.max = 5});
        f.check(low_v < high_v, "low", "low must be below high");
        f.variant({"kind", "architecture"}, kind, kinds, [this](const std::string& word, Fields& inner) {
            if (word == "sar")
                inner.quantity({"capacitor", "unit capacitor"}, capacitor_f, Unit::farad, {.min = 0});
            else
                inner.integer({"comparators", "how many"}, comparators, {1, 65535});
        });
    }
};

struct Layer {
    std::string name;
    std::int64_t size = 0;
};

struct Experiment {
    Converter adc;
    std::vector<Layer> layers{{"default", 3}};
    double beta = 0.5;
    bool shuffle = true;
    std::string data = "glyphs";
    std::string write = "changed";
    RelaxTime free{15.0};
    std::vector<double> rates{0.1};
    std::vector<std::int64_t> shape{28, 28};

    void fields(Fields& f) {
        static const std::vector<std::string> writes{"changed", "all"};
        f.table({"adc", "the converter"}, [this](Fields& inner) { adc.fields(inner); });
        f.tables(
            {"layer", "layers"}, layers.size(), [this](std::size_t n) { layers.assign(n, {}); },
            [this](std::size_t i, Fields& inner) {
                inner.text({"name", "how couplings refer to it", true}, layers[i].name);
                inner.integer({"size", "number of spins", true}, layers[i].size, {1, 1e6});
            });
        f.table({"training", "how it learns"}, [this](Fields& inner) {
            inner.number({"beta", "nudge strength"}, beta, {0.0, 10.0});
            inner.flag({"shuffle", "new order each epoch"}, shuffle);
            inner.text({"data", "data set"}, data);
            inner.choice({"write", "which codes are written"}, write, writes);
            inner.relax_time({"free", "free phase"}, free, {0.5, 1000.0});
            inner.numbers({"rates", "a layer each"}, rates, {0.0, 1.0});
            inner.integers({"shape", "of an input"}, shape, {1, 4096});
        });
    }
};

Experiment read(const ConfigNode& root) {
    Experiment experiment;
    TomlReader reader(root);
    experiment.fields(reader);
    reader.reject_unknown_keys();
    return experiment;
}

Experiment read(std::string_view text) {
    return read(parse_config(text, "run.toml"));
}

std::string error_of(std::string_view text) {
    try {
        read(text);
    } catch (const ConfigError& error) {
        return error.what();
    }
    return "no error";
}

} // namespace

TEST_CASE("keys that are given replace defaults, keys that are absent leave them") {
    const auto experiment = read("[adc]\nbits = 6\nrate = \"1 GS/s\"\n[training]\nbeta = 1\nshuffle = false\n"
                                 "free = \"200 ns\"\nrates = [0.5, 1]\nshape = [16, 16]\nwrite = 'all'\n");
    CHECK(experiment.adc.bits == 6);
    CHECK(experiment.adc.rate_hz == 1e9);
    CHECK(experiment.adc.high_v == 1.0);
    CHECK(experiment.beta == 1.0);
    CHECK_FALSE(experiment.shuffle);
    CHECK(experiment.data == "glyphs");
    CHECK(experiment.write == "all");
    CHECK(experiment.free.unit == RelaxUnit::seconds);
    CHECK(experiment.free.value == 200e-9);
    CHECK(experiment.rates == std::vector<double>{0.5, 1.0});
    CHECK(experiment.shape == std::vector<std::int64_t>{16, 16});
    REQUIRE(experiment.layers.size() == 1);
    CHECK(experiment.layers[0].name == "default");
}

TEST_CASE("an array of tables replaces the default elements") {
    const auto experiment = read("[[layer]]\nname = 'a'\nsize = 784\n[[layer]]\nname = 'b'\nsize = 10\n");
    REQUIRE(experiment.layers.size() == 2);
    CHECK(experiment.layers[1].name == "b");
    CHECK(experiment.layers[1].size == 10);
    CHECK(read("layer = []\n").layers.empty());
}

TEST_CASE("a variant reads the keys of its word and rejects those of another") {
    CHECK(read("[adc]\nkind = 'flash'\ncomparators = 15\n").adc.comparators == 15);
    CHECK(read("[adc]\ncapacitor = \"2 fF\"\n").adc.capacitor_f == 2e-15);
    CHECK(error_of("[adc]\nkind = 'flash'\ncapacitor = \"2 fF\"\n") ==
          "run.toml:3: unknown key 'adc.capacitor'; the nearest valid key is 'adc.comparators'");
}

TEST_CASE("an unknown key names file, line, path and the nearest valid key") {
    CHECK(error_of("[training]\nbeta = 0.5\nshufle = true\n") ==
          "run.toml:3: unknown key 'training.shufle'; the nearest valid key is 'training.shuffle'");
    CHECK(error_of("[trainin]\nbeta = 0.5\n") ==
          "run.toml:1: unknown key 'trainin'; the nearest valid key is 'training'");
    CHECK(error_of("[[layer]]\nname = 'out'\nsize = 10\nsise = 10\n") ==
          "run.toml:4: unknown key 'layer.out.sise'; the nearest valid key is 'layer.out.size'");
    TomlReader empty(parse_config("a = 1\n", "x.toml"));
    CHECK_THROWS_WITH(empty.reject_unknown_keys(), "x.toml:1: unknown key 'a'; this table has no keys");
}

TEST_CASE("a value out of range is told the range") {
    CHECK(error_of("[adc]\nbits = 40\n") ==
          "run.toml:2: key 'adc.bits' = 40 is out of range: valid is 1 to 16");
    CHECK(error_of("[adc]\nbits = 0\n") ==
          "run.toml:2: key 'adc.bits' = 0 is out of range: valid is 1 to 16");
    CHECK(error_of("[adc]\nrate = \"1 Hz\"\n") ==
          "run.toml:2: key 'adc.rate' = \"1 Hz\" is out of range: valid is 1 kHz to 10 GHz");
    CHECK(error_of("[adc]\nhigh = \"6 V\"\n") ==
          "run.toml:2: key 'adc.high' = \"6 V\" is out of range: valid is at most 5 V");
    CHECK(error_of("[training]\nrates = [\n0.5,\n1.5]\n") ==
          "run.toml:4: key 'training.rates[1]' = 1.5 is out of range: valid is 0 to 1");
    CHECK(error_of("[training]\nshape = [0]\n") ==
          "run.toml:2: key 'training.shape[0]' = 0 is out of range: valid is 1 to 4096");
    CHECK(error_of("[training]\nbeta = nan\n") ==
          "run.toml:2: key 'training.beta' = nan is out of range: valid is 0 to 10");
    CHECK(error_of("[training]\nfree = \"0.1 RC\"\n") ==
          "run.toml:2: key 'training.free' = \"0.1 RC\" is out of range: valid is 0.5 to 1000, counted in RC "
          "or steps");
    CHECK(error_of("[training]\nfree = \"0 ns\"\n") ==
          "run.toml:2: key 'training.free' = \"0 ns\" is out of range: a time must be positive");
    CHECK(read("[adc]\nbits = 16\n").adc.bits == 16);
}

TEST_CASE("a wrong or missing unit is told an example") {
    CHECK(error_of("[adc]\nrate = 10\n") ==
          "run.toml:2: key 'adc.rate' = 10 has no unit: write it with its unit, e.g. \"500 MHz\"");
    CHECK(error_of("[adc]\nrate = \"10\"\n") ==
          "run.toml:2: key 'adc.rate': \"10\" has no unit; write it with its unit, e.g. \"500 MHz\"");
    CHECK(error_of("[adc]\nrate = \"10 ns\"\n") == "run.toml:2: key 'adc.rate': \"10 ns\" has the unit 'ns', "
                                                   "where a rate is expected; write e.g. \"500 MHz\"");
    CHECK(error_of("[training]\nfree = 15\n") ==
          "run.toml:2: key 'training.free' = 15 has no unit: write it with its unit, e.g. \"15 RC\"");
    CHECK(error_of("[training]\nfree = \"15 V\"\n") ==
          "run.toml:2: key 'training.free': \"15 V\" is not a "
          "relaxation time; write e.g. \"15 RC\", \"30 steps\" or \"150 ns\"");
}

TEST_CASE("a value of the wrong type is told the right one") {
    CHECK(error_of("[adc]\nbits = 8.0\n") == "run.toml:2: key 'adc.bits' = 8 must be a whole number");
    CHECK(error_of("[adc]\nrate = true\n") ==
          "run.toml:2: key 'adc.rate' = true must be a quantity in quotes, e.g. \"500 MHz\"");
    CHECK(error_of("[training]\nbeta = \"0.5\"\n") ==
          "run.toml:2: key 'training.beta' = \"0.5\" must be a plain number, without quotes or unit");
    CHECK(error_of("[training]\nshuffle = 1\n") ==
          "run.toml:2: key 'training.shuffle' = 1 must be true or false");
    CHECK(error_of("[training]\ndata = 5.5\n") ==
          "run.toml:2: key 'training.data' = 5.5 must be text in quotes");
    CHECK(error_of("[training]\nrates = 0.5\n") ==
          "run.toml:2: key 'training.rates' = 0.5 must be a list of numbers in brackets");
    CHECK(error_of("\nadc = 5\n") == "run.toml:2: key 'adc' = 5 must be a table: write [adc]");
    CHECK(error_of("[layer]\nname = 'a'\n") ==
          "run.toml:1: key 'layer' = {...} must be an array of tables: write [[layer]]");
    CHECK(error_of("layer = [1]\n") == "run.toml:1: key 'layer.0' = 1 must be a table: write [layer.0]");
}

TEST_CASE("a word that is none of the choices is told them and the nearest") {
    CHECK(error_of("[training]\nwrite = \"change\"\n") ==
          "run.toml:2: key 'training.write' = \"change\" must be one of changed, all; the nearest is "
          "'changed'");
    CHECK(error_of("[adc]\nkind = \"sarr\"\n") ==
          "run.toml:2: key 'adc.kind' = \"sarr\" must be one of sar, flash; the nearest is 'sar'");
    CHECK(error_of("[adc]\nkind = 1\n") ==
          "run.toml:2: key 'adc.kind' = 1 must be one of sar, flash, in quotes");
}

TEST_CASE("a missing required key names the table's line and what the key means") {
    CHECK(error_of("\n[[layer]]\nname = 'a'\n") ==
          "run.toml:2: key 'layer.a.size' is missing (number of spins)");
}

TEST_CASE("a rule over several keys names the key at fault, also when it is a default") {
    CHECK(error_of("[adc]\nlow = \"2 V\"\n") ==
          "run.toml:2: key 'adc.low' = \"2 V\" is not valid: low must be below high");
    CHECK(error_of("\n[adc]\nhigh = \"-1 V\"\n") ==
          "run.toml:2: key 'adc.low' (not given, default) is not valid: low must be below high");
}

TEST_CASE("an error in a value that --set gave names the --set") {
    auto root = parse_config("[adc]\nbits = 8\n", "run.toml");
    SECTION("out of range") {
        apply_set(root, parse_set("adc.bits=40"));
        CHECK_THROWS_WITH(read(root),
                          "--set adc.bits=40: key 'adc.bits' = 40 is out of range: valid is 1 to 16");
    }
    SECTION("unknown") {
        apply_set(root, parse_set("training.bata=1"));
        CHECK_THROWS_WITH(read(root), "--set training.bata=1: unknown key 'training.bata'; the nearest valid "
                                      "key is 'training.beta'");
    }
    SECTION("a quantity without quotes is fine") {
        apply_set(root, parse_set("adc.rate=10MHz"));
        CHECK(read(root).adc.rate_hz == 1e7);
    }
}

TEST_CASE("an error in a value that a preset gave names the preset's file") {
    const auto root = overlay(parse_config("\n\n[adc]\nbits = 99\n", "presets/bad.toml"),
                              parse_config("[adc]\nhigh = \"2 V\"\n", "run.toml"));
    CHECK_THROWS_WITH(read(root), Catch::StartsWith("presets/bad.toml:4: key 'adc.bits' = 99"));
}
