#include "hw_models/corner.hpp"

#include "hw_models/machine.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;

namespace {

ComponentLibrary one_of_each() {
    ComponentLibrary library;
    const auto row = [&](const char* component, const char* unit, const char* group, double leakage) {
        ComponentRow r;
        r.component = component;
        r.action = "use";
        r.unit = unit;
        r.energy_j = 1.0;
        r.group = group;
        r.leakage = leakage;
        library.components.push_back(r);
    };
    row("switched", "count", "controller", 0.0);
    row("biased", "coulomb", "core", 0.0);
    row("leaking", "second", "memory", 1.0);
    row("mixed", "second", "controller", 0.25);
    row("integral", "volt_squared_farad", "core", 0.0);
    row("host", "count", "host", 0.0);
    return library;
}

std::vector<double> prices(const CornerSpec& corner) {
    std::vector<double> all;
    for (const auto& row : at_corner(one_of_each(), corner).components) all.push_back(row.energy_j);
    return all;
}

} // namespace

TEST_CASE("At 300 K and nominal supply every number stays as it is", "[corner]") {
    CHECK(conductance_factor(300.0, 1.0) == 1.0);
    CHECK(leakage_factor(300.0, 1.0) == 1.0);
    CHECK(prices({}) == std::vector<double>(6, 1.0));
    CHECK(at_corner(MachineSpec{}).circuit->time_constant_s == MachineSpec{}.circuit->time_constant_s);
}

TEST_CASE("Thermal noise grows with the root of the temperature, unless it is switched off", "[corner]") {
    MachineSpec machine;
    const double cool = machine.circuit->noise_units(machine.noise_temperature_k());
    machine.corner.temperature_k = 363.0;
    CHECK(machine.circuit->noise_units(machine.noise_temperature_k()) == Approx(1.1 * cool));
    machine.corner.noise = false;
    CHECK(machine.circuit->noise_units(machine.noise_temperature_k()) == cool);
}

TEST_CASE("Nodes made of transistors slow down with mobility and overdrive; resistors keep their time",
          "[corner]") {
    MachineSpec machine;
    machine.corner.temperature_k = 400.0;
    machine.corner.supply = 0.9;
    // (4/3)^-1.5 = 0.64952; overdrive 0.41 V of 0.5 V to the power 0.3: 0.94220.
    CHECK(conductance_factor(400.0, 1.0) == Approx(0.64952).epsilon(1e-4));
    CHECK(conductance_factor(300.0, 0.9) == Approx(0.94220).epsilon(1e-4));
    const double slower = 1.0 / (0.64952 * 0.94220);
    CHECK(at_corner(machine).circuit->time_constant_s == Approx(10e-9 * slower).epsilon(1e-4));
    CHECK(at_corner(at_corner(machine)).circuit->time_constant_s == Approx(10e-9 * slower).epsilon(1e-4));
    machine.corner.speed = false;
    CHECK(at_corner(machine).circuit->time_constant_s == 10e-9);
    machine.corner.speed = true;
    machine.circuit.choose("crossbar");
    machine.circuit->time_constant_s = 10e-9;
    CHECK(at_corner(machine).circuit->time_constant_s == 10e-9);
}

TEST_CASE("Leakage grows with temperature and supply as the subthreshold law says", "[corner]") {
    // By hand at 358 K: kT/q 30.850 mV, threshold 0.4 − 0.11 · 0.19333 = 0.37873 V; at 300 K 25.852 mV and
    // 0.4 V.
    const double hot = std::pow(30.850 / 25.852, 2) *
                       std::exp((0.40 - 0.09) / (1.4 * 0.025852) - (0.37873 - 0.09) / (1.4 * 0.030850));
    CHECK(leakage_factor(358.0, 1.0) == Approx(hot).epsilon(1e-3));
    CHECK(leakage_factor(358.0, 1.0) > 5.0);
    // 0.09 V more at the drain lower the threshold by 9 mV.
    CHECK(leakage_factor(300.0, 1.1) == Approx(std::exp(0.009 / (1.4 * 0.025852))).epsilon(1e-4));
}

TEST_CASE("At a corner CV² goes with the square of the supply, bias with itself, and the host stays",
          "[corner]") {
    const CornerSpec corner{.temperature_k = 340.0, .supply = 0.9};
    const double leaking = leakage_factor(340.0, 0.9) * 0.9;
    const std::vector<double> expected{0.81, 0.9, leaking, 0.25 * leaking + 0.75 * 0.81, 1.0, 1.0};
    const auto found = prices(corner);
    for (std::size_t i = 0; i < expected.size(); ++i) CHECK(found[i] == Approx(expected[i]));
}

TEST_CASE("Effects of a corner on energy are switched off one by one", "[corner]") {
    const CornerSpec still{.temperature_k = 340.0, .supply = 0.9, .leakage = false, .switching = false};
    CHECK(prices(still) == std::vector<double>(6, 1.0));
    auto leaking = still;
    leaking.leakage = true;
    CHECK(prices(leaking)[0] == 1.0);
    CHECK(prices(leaking)[2] != 1.0);
    auto switching = still;
    switching.switching = true;
    CHECK(prices(switching)[0] == Approx(0.81));
    CHECK(prices(switching)[3] == Approx(0.25 + 0.75 * 0.81));
}
