#include "hw_models/base/error.hpp"
#include "hw_models/energy/adc_fit.hpp"
#include "hw_models/energy/limits.hpp"
#include "hw_models/energy/technology.hpp"

#include <catch2/catch.hpp>

#include <array>

using namespace isinglass;

namespace {

Approx within(double value, double relative) {
    return Approx(value).epsilon(relative);
}

} // namespace

TEST_CASE("The survey fit gives the published energies of converters within 1 %", "[energy]") {
    struct Golden {
        double node_nm;
        std::array<double, 4> energy_pj; // at 4, 6, 8 and 10 bit, 100 MS/s
        double area_um2;                 // at 8 bit
    };
    const std::array<Golden, 4> table = {{{65, {3.50, 4.04, 6.49, 12.5}, 11860},
                                          {45, {1.75, 2.02, 3.25, 6.28}, 6694},
                                          {28, {.719, .829, 1.33, 2.57}, 3200},
                                          {22, {.457, .527, .847, 1.64}, 2199}}};
    for (const auto& golden : table) {
        CAPTURE(golden.node_nm);
        const double node_m = golden.node_nm * 1e-9;
        for (std::size_t i = 0; i < 4; ++i)
            REQUIRE(adc_survey_energy_j(4.0 + 2.0 * static_cast<double>(i), 1e8, node_m) ==
                    within(golden.energy_pj[i] * 1e-12, 0.01));
        const double energy_j = adc_survey_energy_j(8, 1e8, node_m);
        REQUIRE(adc_survey_area_m2(1e8, node_m, energy_j) == within(golden.area_um2 * 1e-12, 0.01));
    }
}

TEST_CASE("A converter faster than its class pays for the rate", "[energy]") {
    REQUIRE(adc_survey_energy_j(8, 1e9, 28e-9) == within(adc_survey_energy_j(8, 1e8, 28e-9), 1e-12));
    REQUIRE(adc_survey_energy_j(8, 1e10, 28e-9) > 1.5 * adc_survey_energy_j(8, 1e8, 28e-9));
}

TEST_CASE("The optimistic converter never beats the envelope of all published ones", "[energy]") {
    REQUIRE(adc_envelope_energy_j(8) == within(0.2767e-12, 1e-3));
    REQUIRE(adc_optimistic_energy_j(8, 2e8, 28e-9) == within(1.333e-12, 1e-3));
    REQUIRE(adc_survey_energy_j(6, 1e8, 14e-9) < adc_envelope_energy_j(6));
    REQUIRE(adc_optimistic_energy_j(6, 1e8, 14e-9) == adc_envelope_energy_j(6));
}

TEST_CASE("A typical converter takes 32 fJ a conversion step", "[energy]") {
    REQUIRE(adc_typical_energy_j(8) == within(8.192e-12, 1e-12));
}

TEST_CASE("Energy scales between nodes as the published fits do", "[energy]") {
    REQUIRE(energy_scaling(65e-9, 45e-9) == within(0.806, 0.002));
    REQUIRE(energy_scaling(45e-9, 28e-9) == within(0.513, 0.002));
    REQUIRE(energy_scaling(45e-9, 22e-9) == within(0.294, 0.002));
    REQUIRE(energy_scaling(45e-9, 16e-9) == within(0.174, 0.004));
    REQUIRE(energy_scaling(45e-9, 7e-9) == within(0.094, 0.004));
    REQUIRE(energy_scaling(7e-9, 130e-9) * energy_scaling(130e-9, 7e-9) == within(1.0, 1e-12));
    REQUIRE(energy_scaling(28e-9, 28e-9, 1.1) == 1.0);
    REQUIRE_THROWS_AS(energy_scaling(180e-9, 28e-9), UserError);
    REQUIRE_THROWS_AS(energy_scaling(45e-9, 5e-9), UserError);
    REQUIRE_THROWS_AS(energy_scaling(45e-9, 28e-9, 3.3), UserError);
}

TEST_CASE("Energy falls with every smaller node at 0.8 V", "[energy]") {
    for (int node_nm = 8; node_nm <= 130; ++node_nm)
        REQUIRE(energy_scaling(node_nm * 1e-9, (node_nm - 1) * 1e-9) < 1.0);
}

TEST_CASE("Wire capacitance passes through the published points", "[energy]") {
    REQUIRE(wire_capacitance_f(50e-9, 1e-3) == within(0.345e-12, 1e-9));
    REQUIRE(wire_capacitance_f(25e-9, 2e-3) == within(0.576e-12, 1e-9));
    REQUIRE(wire_capacitance_f(18e-9, 1e-3) == within(0.266e-12, 1e-9));
    REQUIRE_THROWS_AS(wire_capacitance_f(7e-9, 1e-3), UserError);
}

TEST_CASE("Limits of physics at 300 K have their textbook values", "[energy]") {
    REQUIRE(thermal_energy_j() == within(4.1419e-21, 1e-4));
    REQUIRE(landauer_j() == within(2.871e-21, 1e-3));
    REQUIRE(node_noise_v(1e-15) == within(2.035e-3, 1e-3));
    REQUIRE(node_noise_v(100e-15) == within(0.2035e-3, 1e-3));
    REQUIRE(minimum_adc_energy_j(8) == within(8 * 4.1419e-21 * 1.5 * 65536, 1e-4));

    const std::array<double, 5> settling_rc = {3.47, 4.85, 6.24, 7.62, 9.01};
    const std::array<double, 5> capacitance_ff = {.0127, .204, 3.26, 52.1, 834};
    for (std::size_t i = 0; i < 5; ++i) {
        const double bits = 4.0 + 2.0 * static_cast<double>(i);
        REQUIRE(settling_in_rc(bits) == within(settling_rc[i], 2e-3));
        REQUIRE(minimum_capacitance_f(bits, 1.0) == within(capacitance_ff[i] * 1e-15, 3e-3));
    }
    REQUIRE(minimum_capacitance_f(8, 0.5) == within(4 * minimum_capacitance_f(8, 1.0), 1e-12));
}
