#include "hw_models/base/error.hpp"
#include "hw_models/energy/pricing.hpp"

#include <catch2/catch.hpp>

#include <numeric>

using namespace isinglass;

namespace {

ComponentRow row(const std::string& component, const std::string& action, double energy_j,
                 const std::string& group, const std::string& mark) {
    ComponentRow made;
    made.component = component;
    made.action = action;
    made.energy_j = energy_j;
    made.group = group;
    made.mark = mark;
    return made;
}

ComponentLibrary small_library() {
    ComponentLibrary library;
    library.name = "small";
    library.components = {row("adc", "convert", 8e-12, "converters", "computed"),
                          row("coupling", "write", 6e-12, "memory", "computed"),
                          row("coupling", "bias", 0.9, "core", "assumption"),
                          row("controller", "static", 11e-3, "controller", "assumption"),
                          row("dac", "convert", 1e-12, "converters", "primary")};
    library.not_included = {"clock tree"};
    return library;
}

Ledger small_ledger() {
    Ledger ledger;
    ledger.post(ledger.declare("adc.convert"), Phase::read, 522);
    ledger.post(ledger.declare("adc.convert"), Phase::nudge_plus, 10);
    ledger.post(ledger.declare("coupling.write"), Phase::program, 100);
    ledger.post(ledger.declare("coupling.bias"), Phase::free, 2e-9); // 20 mA for 100 ns
    ledger.post(ledger.declare("controller.static"), Phase::free, 100e-9);
    return ledger;
}

template <class Map>
double sum(const Map& joules) {
    return std::accumulate(joules.begin(), joules.end(), 0.0,
                           [](double s, const auto& e) { return s + e.second; });
}

} // namespace

TEST_CASE("Joules equal counts times prices, by hand", "[energy]") {
    const auto report = price(small_ledger(), small_library());
    REQUIRE(report.by_action_j.at("adc.convert") == Approx(4256e-12));
    REQUIRE(report.by_component_j.at("coupling") == Approx(0.6e-9 + 1.8e-9));
    REQUIRE(report.by_phase_j[static_cast<std::size_t>(Phase::free)] == Approx(1.8e-9 + 1.1e-9));
    REQUIRE(report.by_component_and_phase_j.at("adc")[static_cast<std::size_t>(Phase::nudge_plus)] ==
            Approx(80e-12));
    REQUIRE(report.by_group_j.at("core") == Approx(1.8e-9));
    REQUIRE(report.by_group_j.at("memory") == Approx(0.6e-9));
    REQUIRE(report.by_mark_j.at("assumption") == Approx(2.9e-9));
    REQUIRE(report.total_j == Approx(7.756e-9));
    REQUIRE(report.not_included == std::vector<std::string>{"clock tree"});
}

TEST_CASE("Every breakdown adds up to the total", "[energy]") {
    const auto report = price(small_ledger(), small_library());
    const auto same = Approx(report.total_j).epsilon(1e-14);
    REQUIRE(sum(report.by_component_j) == same);
    REQUIRE(sum(report.by_action_j) == same);
    REQUIRE(sum(report.by_group_j) == same);
    REQUIRE(sum(report.by_mark_j) == same);
    REQUIRE(std::accumulate(report.by_phase_j.begin(), report.by_phase_j.end(), 0.0) == same);
    for (const auto& [component, by_phase] : report.by_component_and_phase_j)
        REQUIRE(std::accumulate(by_phase.begin(), by_phase.end(), 0.0) ==
                Approx(report.by_component_j.at(component)).epsilon(1e-14));
}

TEST_CASE("Groups without energy are reported as zero", "[energy]") {
    const auto report = price(small_ledger(), small_library());
    REQUIRE(report.by_group_j.size() == component_groups().size());
    REQUIRE(report.by_group_j.at("host") == 0.0);
}

TEST_CASE("An action without a price is an error that names it, unless nothing was posted", "[energy]") {
    Ledger ledger = small_ledger();
    const auto unpriced = ledger.declare("laser.pulse");
    REQUIRE_NOTHROW(price(ledger, small_library()));
    ledger.post(unpriced, Phase::free, 1);
    REQUIRE_THROWS_AS(price(ledger, small_library()), UserError);
    REQUIRE_THROWS_WITH(price(ledger, small_library()),
                        Catch::Contains("laser.pulse") && Catch::Contains("[[component]]"));
}

TEST_CASE("Another table prices the same counts anew, in proportion, and leaves them alone", "[energy]") {
    const Ledger ledger = small_ledger();
    const auto before = ledger.save();
    auto dearer = small_library();
    for (auto& r : dearer.components) r.energy_j *= 4.0;
    const auto cheap = price(ledger, small_library());
    const auto dear = price(ledger, dearer);
    REQUIRE(dear.total_j == 4.0 * cheap.total_j); // a power of two scales exactly
    REQUIRE(dear.by_phase_j[0] == 4.0 * cheap.by_phase_j[0]);
    REQUIRE(ledger.save() == before);
}

TEST_CASE("The profile chooses between rows of one action", "[energy]") {
    auto library = small_library();
    library.components[0].profile = "typical";
    library.components.push_back(row("adc", "convert", 1e-12, "converters", "computed"));
    library.components.back().profile = "optimistic";
    REQUIRE(price(small_ledger(), library).by_component_j.at("adc") == Approx(532 * 8e-12));
    library.profile = "optimistic";
    REQUIRE(price(small_ledger(), library).by_component_j.at("adc") == Approx(532e-12));
}
