#include "hw_models/base/error.hpp"
#include "sim/run/characterization.hpp"
#include "sim/run/experiment.hpp"
#include "tests/traces/temporary_folder.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;

namespace {

const Figure& figure(const Characterization& c, const std::string& name) {
    for (const auto& f : c.figures)
        if (f.name == name) return f;
    throw std::logic_error("no figure " + name);
}

} // namespace

TEST_CASE("Nodes of a quiet machine settle as a single RC does", "[characterize]") {
    const std::vector<std::string> sets{"machine.tiles.columns=16", "machine.array.node_noise=off"};
    const auto result = characterize_array(load_machine("epc1-28nm", sets));
    const auto& settling = figure(result, "array-settling");
    for (std::size_t k = 0; k < settling.x.size(); ++k)
        for (const auto& curve : settling.curves)
            CHECK(curve.y[k] == Approx((settling.x[k] + 1.0) * std::log(2.0)).epsilon(0.002));
}

TEST_CASE("A characterised SAR ADC shows its drawn nonlinearity by ramp and by sine", "[characterize]") {
    const std::vector<std::string> sets{"machine.adc.comparator_noise=0 V", "machine.adc.count=2"};
    const auto result =
        characterize_adc(load_machine("epc1-28nm-drawn", sets), {.converter = 1, .samples_per_code = 60});
    const auto& inl = figure(result, "adc-inl");
    REQUIRE(inl.curves.size() == 3);
    for (std::size_t k = 0; k < inl.x.size(); ++k) {
        CHECK(inl.curves[1].y[k] == Approx(inl.curves[0].y[k]).margin(0.1));
        CHECK(inl.curves[2].y[k] == Approx(inl.curves[0].y[k]).margin(0.1));
    }
}

TEST_CASE("What cannot be characterised is refused with what can", "[characterize]") {
    const auto adc = [](const std::string& machine, CharacterizationOptions options = {}) {
        return characterize_adc(load_machine(machine, {}), options);
    };
    CHECK_THROWS_WITH(adc("ideal"), Catch::Contains("no codes to be tested"));
    CHECK_THROWS_WITH(adc("epc1-28nm", {.converter = 64}), Catch::Contains("valid is 0 to 63"));
    CHECK_THROWS_WITH(adc("epc"), Catch::Contains("epc1-28nm"));
    CHECK_THROWS_WITH(characterize_array(load_machine("pbit-28nm", {})), Catch::Contains("transconductors"));
}

TEST_CASE("A figure is written as the numbers and as a picture, and never over another", "[figure]") {
    const test::TemporaryFolder folder;
    const Figure f{"a", "A < B", "x", "y", {1.0, 2.0, 3.0}, {{"one", {1.0, std::nan(""), 9.0}}}};
    CHECK(csv_text(f) == "x,one\n1,1\n2,\n3,9\n");
    CHECK(svg_text(f).find("A &lt; B") != std::string::npos);
    write_figures(folder.path() / "new", std::vector<Figure>{f});
    CHECK(std::filesystem::exists(folder.path() / "new" / "a.svg"));
    CHECK_THROWS_AS(write_figures(folder.path() / "new", std::vector<Figure>{f}), UserError);
}
