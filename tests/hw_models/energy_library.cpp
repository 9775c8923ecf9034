#include "hw_models/base/error.hpp"
#include "hw_models/energy/adc_fit.hpp"
#include "hw_models/energy/component_library.hpp"
#include "hw_models/energy/technology.hpp"
#include "sim/config/document.hpp"
#include "sim/config/reader.hpp"
#include "sim/config/writer.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>

using namespace isinglass;

namespace {

std::string text_of(const std::string& file) {
    std::ifstream in(std::string(ISINGLASS_SOURCE) + "/hw_models/energy/" + file);
    REQUIRE(in);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

ComponentLibrary parse(const std::string& text) {
    TomlReader reader(parse_config(text, "table.toml"));
    ComponentLibrary library;
    library.fields(reader);
    reader.reject_unknown_keys();
    return library;
}

// Every table that ships, by its file's name.
std::map<std::string, ComponentLibrary> all_shipped() {
    std::map<std::string, ComponentLibrary> tables;
    for (const auto& file :
         std::filesystem::directory_iterator(std::string(ISINGLASS_SOURCE) + "/hw_models/energy/components"))
        tables[file.path().stem().string()] = parse(text_of("components/" + file.path().filename().string()));
    return tables;
}

// Nodes that a text names, as "45 nm", in nanometres.
std::vector<double> nodes_named(const std::string& text) {
    std::vector<double> found;
    static const std::regex node("([0-9.]+) nm");
    for (std::sregex_iterator m(text.begin(), text.end(), node), end; m != end; ++m)
        found.push_back(std::stod((*m)[1]));
    return found;
}

ComponentLibrary shipped() {
    return parse(text_of("components/28nm.toml"));
}

const std::string row = R"(
[[component]]
component = "adc"
action = "convert"
unit = "count"
energy = "8 pJ"
group = "converters"
mark = "computed"
source = "a survey"
year = 2025
node = "28 nm"
arithmetic = "1 + 7"
)";

// The row above in a table, with one line replaced.
std::string with(const std::string& line, const std::string& replacement) {
    std::string text = "name = \"t\"\n" + row;
    text.replace(text.find(line), line.size(), replacement);
    return text;
}

// What the row's arithmetic must give, from the formulas in hw_models/energy and the sources' numbers.
std::map<std::string, double> computed_energies_j() {
    const double from_45 = energy_scaling(45e-9, 28e-9);
    const double line_f = wire_capacitance_f(28e-9, 1024e-6);
    return {
        {"dac.convert any", 0.32e-3 / 1.1e9 * energy_scaling(40e-9, 28e-9)},
        {"dac.line_drive any", 0.5 * line_f * 0.8 * 0.8},
        {"adc.convert typical", adc_typical_energy_j(8)},
        {"adc.convert optimistic", adc_optimistic_energy_j(8, 200e6, 28e-9)},
        {"settle.compare any", 2 * 0.0417e-12 * energy_scaling(65e-9, 28e-9)},
        {"coupling.write any", 100e-12 / 8 * from_45},
        {"crossbar.conduction any", 1.0},
        {"digital.mac any", (1.5 * 0.2e-12 + 0.1e-12) * from_45},
        {"digital.coupling_byte any", 10e-12 / 8 * from_45},
        {"digital.update any", (0.5e-12 + 0.1e-12) * from_45},
        {"digital.lookup any", 10e-12 * 12 / 64 * from_45},
        {"port.word any", 0.5e-12 * from_45},
        {"staging.byte any", 20e-12 / 8 * from_45},
        {"dma.byte any", (2 * 1e-12 + 0.1e-12) / 4 * from_45},
        {"register.access any", 1e-12 * from_45},
        {"host.flop any", 400 / 19.5e12},
        {"host.dram_byte typical", (1300e-12 + 2600e-12) / 2 / 8},
        {"host.dram_byte optimistic", 1300e-12 / 8},
    };
}

} // namespace

TEST_CASE("Every computed price of the 28 nm table equals the arithmetic beside it", "[energy]") {
    auto expected = computed_energies_j();
    for (const auto& r : shipped().components) {
        if (r.mark != "computed") continue;
        const auto key = r.name() + " " + r.profile;
        CAPTURE(key);
        REQUIRE(expected.count(key) == 1);
        REQUIRE(r.energy_j == Approx(expected.at(key)).epsilon(0.005));
        expected.erase(key);
    }
    REQUIRE(expected.empty());
}

TEST_CASE(
    "Every row of every table has source, year, node and mark, and shows its arithmetic where it was scaled",
    "[energy]") {
    const auto tables = all_shipped();
    REQUIRE(tables.count("28nm") == 1);
    REQUIRE(tables.count("130nm-ds-isa") == 1);
    for (const auto& [file, table] : tables) {
        CHECK_FALSE(table.not_included.empty());
        for (const auto& r : table.components) {
            CAPTURE(file, r.name(), r.profile);
            CHECK(r.source.size() > 15); // a publication or a reason, no word
            CHECK(r.year >= 1990);
            CHECK(r.node_m > 0.0);
            CHECK((r.mark == "primary" || r.mark == "secondary" || r.mark == "computed" ||
                   r.mark == "assumption"));
            bool scaled = r.mark == "computed";
            for (const double nm : nodes_named(r.source))
                scaled = scaled || std::abs(nm * 1e-9 - r.node_m) > 1e-12;
            if (scaled) CHECK_FALSE(r.arithmetic.empty());
        }
    }
}

TEST_CASE("Every computed price of the DS-ISA table equals the arithmetic beside it", "[energy]") {
    const auto table = all_shipped().at("130nm-ds-isa");
    const double scaled = energy_scaling(45e-9, 130e-9, 0.9) * std::pow(1.2 / 0.9, 2);
    CHECK(scaled == Approx(5.631).epsilon(1e-4));
    const std::map<std::string, double> computed{{"coupling.write", 100e-12 / 8 * scaled},
                                                 {"staging.byte", 20e-12 / 8 * scaled},
                                                 {"dma.byte", 2.1e-12 / 4 * scaled},
                                                 {"register.access", 1e-12 * scaled},
                                                 {"host.flop", 400 / 19.5e12},
                                                 {"host.dram_byte", 1950e-12 / 8}};
    std::size_t found = 0;
    for (const auto& r : table.components) {
        CAPTURE(r.name());
        if (r.mark != "computed") continue;
        ++found;
        REQUIRE(computed.count(r.name()) == 1);
        CHECK(r.energy_j == Approx(computed.at(r.name())).epsilon(0.005));
    }
    CHECK(found == computed.size());
    const auto energy_j = [&](const char* action) { return table.find(action)->energy_j; };
    CHECK(energy_j("dac.convert") == Approx(2.4e-3 / 600e6));
    CHECK(energy_j("adc.convert") == Approx(13.3e-3 / 1e9));
    CHECK(energy_j("dac.line_drive") == Approx(0.5 * 0.345e-12 * 1.024 * 1.44).epsilon(0.005));
    CHECK(energy_j("sample_hold.sample") == Approx(20e-15 * 1.44 + 20e-6 * 1.2 * 1e-9).epsilon(0.005));
    CHECK(
        energy_j("settle.compare") ==
        Approx(2 * 0.0417e-12 * energy_scaling(65e-9, 130e-9, 0.9) * std::pow(1.2 / 0.9, 2)).epsilon(0.005));
    CHECK(energy_j("node.reset") == Approx(0.5 * 0.3e-12 * 1.44));
    CHECK(energy_j("tile.leakage") == Approx(1024.0 * 1024 * 16 * 10e-12 * 1.2 * 1.5).epsilon(0.01));
    CHECK(energy_j("link.bit") == Approx(0.345e-12 * 5 * 1.44).epsilon(0.005));
    CHECK(energy_j("sequencer.command") == Approx(25e-12 * scaled).epsilon(0.005));
    CHECK(energy_j("controller.static") ==
          Approx(200e3 * 10e-15 * 1.44 * 0.15 * 200e6 * (79.58 - 32 * (0.27 + 0.72))).epsilon(0.005));
}

TEST_CASE("Every assumed price of the 28 nm table equals the arithmetic beside it", "[energy]") {
    const auto library = shipped();
    const auto energy_j = [&](const char* action) { return library.find(action)->energy_j; };
    REQUIRE(energy_j("sample_hold.sample") == Approx(20e-15 * 0.64 + 20e-6 * 0.9 * 5e-9).epsilon(0.005));
    REQUIRE(energy_j("converter.static") == Approx(0.03 * adc_typical_energy_j(8) * 200e6).epsilon(0.02));
    REQUIRE(energy_j("node.reset") == Approx(0.5 * 0.3e-12 * 0.64));
    REQUIRE(energy_j("tile.leakage") == Approx(1024.0 * 1024 * 16 * 50e-12 * 0.8 * 1.5).epsilon(0.01));
    REQUIRE(energy_j("sequencer.command") == Approx(25e-12 * energy_scaling(45e-9, 28e-9)).epsilon(0.005));
    REQUIRE(energy_j("controller.static") == Approx(20e3 * 1e-15 * 500e6 + 200e3 * 5e-9));
    REQUIRE(energy_j("host.static") == Approx(8 * 31e-3 * 1.2).epsilon(0.01));
}

TEST_CASE("Converter areas of the 28 nm table follow the survey fit", "[energy]") {
    auto library = shipped();
    for (const auto* profile : {"typical", "optimistic"}) {
        library.profile = profile;
        const auto* adc = library.find("adc.convert");
        REQUIRE(adc->area_m2 == Approx(adc_survey_area_m2(200e6, 28e-9, adc->energy_j)).epsilon(0.005));
    }
}

TEST_CASE("The 28 nm table prices every documented action in both profiles, and documents every row",
          "[energy]") {
    auto library = shipped();
    const auto readme = text_of("README.md");
    for (const auto& r : library.components) {
        CAPTURE(r.name());
        REQUIRE(readme.find("| `" + r.name() + "` | " + r.unit) != std::string::npos);
        for (const auto* profile : {"typical", "optimistic"}) {
            library.profile = profile;
            REQUIRE(library.find(r.name()) != nullptr);
        }
    }
    REQUIRE_FALSE(library.not_included.empty());
    REQUIRE(library.profile == "optimistic");
    REQUIRE(shipped().profile == "typical");
}

TEST_CASE("A component table that is written out reads back the same", "[energy]") {
    auto library = shipped();
    TomlWriter first;
    library.fields(first);
    auto again = parse(first.document());
    TomlWriter second;
    again.fields(second);
    REQUIRE(second.document() == first.document());
    REQUIRE(again.components.size() == library.components.size());
    REQUIRE(again.not_included == library.not_included);
}

TEST_CASE("A price without source, year, node or mark is refused", "[energy]") {
    REQUIRE_NOTHROW(parse(with("a survey", "a survey")));
    for (const auto* line :
         {"source = \"a survey\"", "year = 2025", "node = \"28 nm\"", "mark = \"computed\"",
          "group = \"converters\"", "energy = \"8 pJ\"", "unit = \"count\""}) {
        CAPTURE(line);
        REQUIRE_THROWS_AS(parse(with(line, "")), ConfigError);
    }
    REQUIRE_THROWS_AS(parse(with("a survey", "")), ConfigError);
}

TEST_CASE("A computed price must show its arithmetic; a measured one need not", "[energy]") {
    REQUIRE_THROWS_WITH(parse(with("arithmetic = \"1 + 7\"", "")), Catch::Contains("arithmetic"));
    REQUIRE_NOTHROW(parse(with("mark = \"computed\"", "mark = \"primary\"")));
}

TEST_CASE("Prices that cannot be are refused where they are written", "[energy]") {
    REQUIRE_THROWS_AS(parse(with("8 pJ", "-8 pJ")), ConfigError);
    REQUIRE_THROWS_AS(parse(with("8 pJ", "8 mW")), ConfigError);
    REQUIRE_THROWS_AS(parse(with("\"count\"", "\"second\"")),
                      ConfigError); // a second costs power, not energy
    REQUIRE_THROWS_AS(parse(with("\"count\"", "\"furlong\"")), ConfigError);
    REQUIRE_THROWS_AS(parse(with("\"computed\"", "\"guessed\"")), ConfigError);
    REQUIRE_THROWS_AS(parse(with("\"convert\"", "\"a.b\"")), ConfigError);
    REQUIRE_THROWS_WITH(parse(with("year = 2025", "year = 25")), Catch::Contains("table.toml:"));
}

TEST_CASE("Each unit of an amount has a price of its own dimension", "[energy]") {
    const auto price_of = [](const std::string& unit, const std::string& price) {
        auto text = with("energy = \"8 pJ\"", price);
        text.replace(text.find("count"), 5, unit);
        return parse(text).components.front().energy_j;
    };
    REQUIRE(price_of("second", "power = \"11 mW\"") == 11e-3);
    REQUIRE(price_of("coulomb", "supply = \"0.9 V\"") == 0.9);
    REQUIRE(price_of("volt_squared_farad", "") == 1.0);
}

TEST_CASE("Two prices for one action in one profile are refused", "[energy]") {
    const std::string head = "name = \"t\"\n";
    REQUIRE_THROWS_AS(parse(head + row + row), ConfigError);
    REQUIRE_THROWS_AS(parse(head + row + row + "profile = \"optimistic\"\n"), ConfigError);
    const auto both = parse(head + row + "profile = \"typical\"\n" + row + "profile = \"optimistic\"\n");
    REQUIRE(both.components.size() == 2);
}
