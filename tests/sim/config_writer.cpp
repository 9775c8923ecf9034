#include "sim/config/reader.hpp"
#include "sim/config/reference.hpp"
#include "sim/config/writer.hpp"

#include <catch2/catch.hpp>

#include <bit>
#include <cmath>
#include <limits>
#include <memory>
#include <random>

using namespace isinglass;

namespace {

struct Device {
    virtual ~Device() = default;
    virtual void fields(Fields& f) = 0;
};
struct Sram : Device {
    std::int64_t bits = 8;
    void fields(Fields& f) override { f.integer({"bits", "width of a code"}, bits, {1, 16}); }
};
struct Resistive : Device {
    double low_s = 1e-6;
    void fields(Fields& f) override {
        f.quantity({"low", "least conductance"}, low_s, Unit::siemens, {.min = 0});
        f.table({"drift", "over time"}, [this](Fields& inner) {
            inner.number({"nu", "exponent"}, nu, {0, 1});
        });
    }
    double nu = 0.05;
};

// A component chosen by a word, kept as long as the word stays.
struct Chosen {
    std::string kind = "sram";
    std::string made;
    std::unique_ptr<Device> device;
    void fields(Fields& f) {
        static const std::vector<std::string> kinds{"sram", "resistive"};
        f.variant({"kind", "what holds a coupling"}, kind, kinds,
                  [this](const std::string& word, Fields& inner) {
                      if (word != made) {
                          device = word == "sram" ? std::unique_ptr<Device>(new Sram)
                                                  : std::unique_ptr<Device>(new Resistive);
                          made = word;
                      }
                      device->fields(inner);
                  });
    }
};

struct Layer {
    std::string name = "new";
    double rate = 0.1;
    Chosen device;
};

struct Everything {
    double time_s = 1e-8;
    double plain = 0.5;
    std::int64_t whole = 3;
    bool flag = true;
    std::string text = "glyphs";
    std::string word = "all";
    RelaxTime free{15.0};
    std::vector<double> reals{0.5, 2.0};
    std::vector<std::int64_t> wholes{1, 2};
    Chosen device;
    std::vector<Layer> layers;

    void fields(Fields& f) {
        static const std::vector<std::string> words{"changed", "all"};
        f.table({"array", "the spins"}, [this](Fields& inner) {
            device.fields(inner); // its inner table comes before the values that follow
            inner.quantity({"rc", "time constant | of a node"}, time_s, Unit::second, {});
            inner.relax_time({"free", "free phase"}, free, {});
        });
        f.number({"plain", "a number", true}, plain, {});
        f.integer({"whole", "a count"}, whole, {});
        f.flag({"flag", "a switch"}, flag);
        f.text({"text", "a name"}, text);
        f.choice({"word", "a choice"}, word, words);
        f.numbers({"reals", "a list"}, reals, {});
        f.integers({"wholes", "a list"}, wholes, {});
        f.tables(
            {"layer", "layers"}, layers.size(), [this](std::size_t n) { layers.clear(), layers.resize(n); },
            [this](std::size_t i, Fields& inner) {
                inner.text({"name", "its name"}, layers[i].name);
                inner.number({"rate", "learning rate"}, layers[i].rate, {0, 1});
                inner.table({"device", "of its couplings"},
                            [&](Fields& deep) { layers[i].device.fields(deep); });
            });
        f.check(true, "plain", "never said");
    }
};

std::string written(Everything& everything) {
    TomlWriter writer;
    everything.fields(writer);
    return writer.document();
}

Everything reread(const std::string& text) {
    Everything everything;
    TomlReader reader(parse_config(text, "written.toml"));
    everything.fields(reader);
    reader.reject_unknown_keys();
    return everything;
}

bool same_bits(double a, double b) {
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

std::string reference() {
    Everything everything;
    ReferenceWriter writer;
    everything.fields(writer);
    return writer.page();
}

} // namespace

TEST_CASE("the expanded configuration has every key, values before tables") {
    Everything everything;
    everything.layers.resize(1);
    CHECK(written(everything) == "plain = 0.5\nwhole = 3\nflag = true\ntext = \"glyphs\"\nword = \"all\"\n"
                                 "reals = [0.5, 2.0]\nwholes = [1, 2]\n"
                                 "\n[array]\nkind = \"sram\"\nbits = 8\nrc = \"10 ns\"\nfree = \"15 RC\"\n"
                                 "\n[[layer]]\nname = \"new\"\nrate = 0.1\n"
                                 "\n[layer.device]\nkind = \"sram\"\nbits = 8\n");
}

TEST_CASE("writing a configuration that was read back gives the same text") {
    Everything everything;
    everything.device.kind = "resistive";
    everything.layers.resize(2);
    everything.layers[1].name = "out \"x\"\n\t\\ µ";
    everything.layers[1].device.kind = "resistive";
    everything.text = std::string("\x01", 1) + "\x7f";
    everything.whole = std::numeric_limits<std::int64_t>::min();
    everything.wholes.clear();
    const auto first = written(everything);
    auto again = reread(first);
    CHECK(written(again) == first);
    CHECK(again.layers.at(1).name == everything.layers[1].name);
    CHECK(again.text == everything.text);
    CHECK(again.whole == everything.whole);
    CHECK(again.wholes.empty());
}

TEST_CASE("no elements are written as no elements") {
    Everything everything;
    CHECK(written(everything).find("layer = []\n") != std::string::npos);
}

TEST_CASE("the writer keeps what a variant's component holds") {
    auto everything = reread("plain = 1\n[array]\nkind = 'resistive'\nlow = \"7 uS\"\ndrift.nu = 0.25\n"
                             "[[layer]]\n[layer.device]\nkind = 'resistive'\nlow = \"9 uS\"\n");
    const auto text = written(everything);
    CHECK(text.find("low = \"7 uS\"") != std::string::npos);
    CHECK(text.find("[array.drift]\nnu = 0.25\n") != std::string::npos);
    CHECK(text.find("low = \"9 uS\"") != std::string::npos);
    CHECK(text.find("[layer.device.drift]\nnu = 0.05\n") != std::string::npos);
}

TEST_CASE("random numbers come back from a written configuration bit for bit") {
    std::mt19937_64 random(11);
    const auto any_finite = [&] {
        for (;;)
            if (const auto value = std::bit_cast<double>(random()); std::isfinite(value)) return value;
    };
    for (int i = 0; i < 300; ++i) {
        Everything everything;
        everything.plain = any_finite();
        everything.time_s = any_finite();
        everything.free = {any_finite(), static_cast<RelaxUnit>(i % 3)};
        everything.free.value = i % 3 != 2 ? everything.free.value : std::abs(everything.free.value);
        everything.reals = {any_finite(), std::floor(any_finite()), static_cast<double>(i), -0.0};
        everything.whole = static_cast<std::int64_t>(random());
        const auto text = written(everything);
        INFO(text);
        const auto again = reread(text);
        REQUIRE(same_bits(again.plain, everything.plain));
        REQUIRE(same_bits(again.time_s, everything.time_s));
        REQUIRE(same_bits(again.free.value, everything.free.value));
        REQUIRE(again.free.unit == everything.free.unit);
        REQUIRE(again.whole == everything.whole);
        for (std::size_t k = 0; k < everything.reals.size(); ++k)
            REQUIRE(same_bits(again.reals.at(k), everything.reals[k]));
    }
}

TEST_CASE("a value that no file can hold is refused by the writer") {
    Everything everything;
    everything.plain = INFINITY;
    CHECK_THROWS_AS(written(everything), std::logic_error);
}

TEST_CASE("the reference has a row a key with meaning, unit, range and default") {
    const auto page = reference();
    CHECK(page.find("| `plain` | a number |  | any finite value | required |\n") != std::string::npos);
    CHECK(page.find("| `rc` | time constant \\| of a node | s | any finite value | `\"10 ns\"` |\n") !=
          std::string::npos);
    CHECK(
        page.find(
            "| `free` | free phase | RC, steps or s | any finite value (in RC or steps) | `\"15 RC\"` |\n") !=
        std::string::npos);
    CHECK(page.find("| `word` | a choice |  | `\"changed\"`, `\"all\"` | `\"all\"` |\n") !=
          std::string::npos);
    CHECK(page.find("| `reals` | a list |  | list of numbers, any finite value | `[0.5, 2]` |\n") !=
          std::string::npos);
    CHECK(page.find("\n## `[array]`\n\nthe spins\n\n| key | meaning |") != std::string::npos);
}

TEST_CASE("the reference shows every word of a variant and the element of an empty array") {
    const auto page = reference();
    CHECK(page.find("\n## `[array]`, with `array.kind = \"sram\"`\n") != std::string::npos);
    CHECK(page.find("\n## `[array]`, with `array.kind = \"resistive\"`\n") != std::string::npos);
    CHECK(page.find("\n## `[array.drift]`, with `array.kind = \"resistive\"`\n") != std::string::npos);
    CHECK(page.find("| `low` | least conductance | S | at least 0 S | `\"1 uS\"` |\n") != std::string::npos);
    CHECK(page.find("\n## `[[layer]]`\n") != std::string::npos);
    CHECK(page.find("| `rate` | learning rate |  | 0 to 1 | `0.1` |\n") != std::string::npos);
    CHECK(page.find("\n## `[layer.device]`, with `layer.device.kind = \"resistive\"`\n") !=
          std::string::npos);
}
