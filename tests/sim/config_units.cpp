#include "hw_models/base/error.hpp"
#include "sim/config/decimal.hpp"
#include "sim/config/units.hpp"

#include <catch2/catch.hpp>

#include <bit>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

using namespace isinglass;

namespace {

struct Example {
    std::string text;
    Unit unit;
    double si_value;
};

const std::vector<Unit> all_units{
    Unit::second,        Unit::hertz,           Unit::volt,          Unit::ampere, Unit::ohm,
    Unit::siemens,       Unit::farad,           Unit::joule,         Unit::watt,   Unit::metre,
    Unit::square_metre,  Unit::kelvin,          Unit::bit,           Unit::byte,   Unit::byte_per_second,
    Unit::joule_per_bit, Unit::flop_per_second, Unit::joule_per_flop};

std::string quantity_error(const std::string& text, Unit unit) {
    try {
        parse_quantity(text, unit);
    } catch (const UserError& error) {
        return error.what();
    }
    return "no error";
}

bool same_bits(double a, double b) {
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

} // namespace

TEST_CASE("a quantity with an SI prefix is the double nearest to the decimal that is written") {
    const std::vector<Example> examples{
        {"10 ns", Unit::second, 1e-8},
        {"10ns", Unit::second, 1e-8},
        {"  2.5e3   us ", Unit::second, 2.5e-3},
        {"1 day", Unit::second, 86400.0},
        {"90 min", Unit::second, 5400.0},
        {"2 h", Unit::second, 7200.0},
        {"0.6 pJ", Unit::joule, 0.6e-12},
        {"500 MHz", Unit::hertz, 5e8},
        {"200 MS/s", Unit::hertz, 2e8},
        {"0.5 V", Unit::volt, 0.5},
        {"-.5 V", Unit::volt, -0.5},
        {"+3 mV", Unit::volt, 3e-3},
        {"7 aA", Unit::ampere, 7e-18},
        {"30 uS", Unit::siemens, 30e-6},
        {"30 µS", Unit::siemens, 30e-6},
        {"30 \u03bcS", Unit::siemens, 30e-6},
        {"30 kOhm", Unit::ohm, 30e3},
        {"30 kΩ", Unit::ohm, 30e3},
        {"0.3 pF", Unit::farad, 0.3e-12},
        {"2 fF", Unit::farad, 2e-15},
        {"5 mW", Unit::watt, 5e-3},
        {"1 um", Unit::metre, 1e-6},
        {"3 m", Unit::metre, 3.0},
        {"3 mm", Unit::metre, 3e-3},
        {"100 um2", Unit::square_metre, 100e-12},
        {"2 mm²", Unit::square_metre, 2e-6},
        {"2 mm^2", Unit::square_metre, 2e-6},
        {"300 K", Unit::kelvin, 300.0},
        {"50 mK", Unit::kelvin, 0.05},
        {"8 bit", Unit::bit, 8.0},
        {"1 Kibit", Unit::bit, 1024.0},
        {"64 KiB", Unit::byte, 65536.0},
        {"64 kB", Unit::byte, 64000.0},
        {"1.5 GiB", Unit::byte, 1.5 * 1024 * 1024 * 1024},
        {"4 GB/s", Unit::byte_per_second, 4e9},
        {"5 pJ/bit", Unit::joule_per_bit, 5e-12},
        {"100 GFLOP/s", Unit::flop_per_second, 1e11},
        {"20 pJ/FLOP", Unit::joule_per_flop, 20e-12},
    };
    for (const auto& example : examples) {
        INFO(example.text);
        CHECK(same_bits(parse_quantity(example.text, example.unit), example.si_value));
    }
}

TEST_CASE("prefixes and units are case-sensitive") {
    CHECK(parse_quantity("1 mS", Unit::siemens) == 1e-3);
    CHECK(parse_quantity("1 MS", Unit::siemens) == 1e6);
    CHECK_THROWS_AS(parse_quantity("1 NS", Unit::second), UserError);
    CHECK_THROWS_AS(parse_quantity("1 Mhz", Unit::hertz), UserError);
    CHECK_THROWS_AS(parse_quantity("1 KB", Unit::byte), UserError);
    CHECK_THROWS_AS(parse_quantity("1 Kis", Unit::second), UserError);
}

TEST_CASE("a wrong quantity is told what was expected, with an example") {
    CHECK(quantity_error("10 V", Unit::second) ==
          "\"10 V\" has the unit 'V', where a time is expected; write e.g. \"10 ns\"");
    CHECK(quantity_error("10", Unit::second) == "\"10\" has no unit; write it with its unit, e.g. \"10 ns\"");
    CHECK(quantity_error("ten ns", Unit::second) == "\"ten ns\" is not a time; write e.g. \"10 ns\"");
    CHECK(quantity_error("", Unit::farad) == "\"\" is not a capacitance; write e.g. \"0.3 pF\"");
    CHECK(quantity_error("-", Unit::farad) == "\"-\" is not a capacitance; write e.g. \"0.3 pF\"");
    CHECK(quantity_error("1e999 s", Unit::second) == "\"1e999 s\" is too large or too small a number");
    CHECK(quantity_error("1e-999 s", Unit::second) == "\"1e-999 s\" is too large or too small a number");
    CHECK(quantity_error("inf s", Unit::second) == "\"inf s\" is not a time; write e.g. \"10 ns\"");
    CHECK(quantity_error("1 2 s", Unit::second) != "no error");
    CHECK(quantity_error("1.2.3 s", Unit::second) != "no error");
}

TEST_CASE("every unit's example can be read as that unit and as no other dimension") {
    for (const Unit unit : all_units) {
        INFO(unit_example(unit));
        CHECK_NOTHROW(parse_quantity(unit_example(unit), unit));
        for (const Unit other : all_units)
            if (other != unit) CHECK_THROWS_AS(parse_quantity(unit_example(unit), other), UserError);
    }
}

TEST_CASE("quantities are written with the prefix that a reader expects") {
    CHECK(format_quantity(1e-8, Unit::second) == "10 ns");
    CHECK(format_quantity(0.6e-12, Unit::joule) == "600 fJ");
    CHECK(format_quantity(5e8, Unit::hertz) == "500 MHz");
    CHECK(format_quantity(0.0, Unit::volt) == "0 V");
    CHECK(format_quantity(-0.25, Unit::volt) == "-250 mV");
    CHECK(format_quantity(300.0, Unit::kelvin) == "300 K");
    CHECK(format_quantity(2000.0, Unit::kelvin) == "2000 K");
    CHECK(format_quantity(65536.0, Unit::byte) == "64 KiB");
    CHECK(format_quantity(1e6, Unit::byte) == "1 MB");
    CHECK(format_quantity(1e-10, Unit::square_metre) == "100 um2");
    CHECK(format_quantity(5e-12, Unit::joule_per_bit) == "5 pJ/bit");
    CHECK(format_quantity(1e-30, Unit::farad) == "1e-12 aF");
    CHECK(format_quantity(1.0 / 3.0, Unit::second) == "333.3333333333333 ms");
}

TEST_CASE("a written quantity reads back to the same bits, for random values of every unit") {
    std::mt19937_64 random(20240607);
    std::uniform_real_distribution<double> exponent(-30.0, 20.0);
    std::uniform_real_distribution<double> mantissa(-10.0, 10.0);
    for (const Unit unit : all_units)
        for (int i = 0; i < 2000; ++i) {
            const double value = mantissa(random) * std::pow(10.0, exponent(random));
            const auto text = format_quantity(value, unit);
            INFO(text);
            REQUIRE(same_bits(parse_quantity(text, unit), value));
        }
}

TEST_CASE("any finite bit pattern survives being written and read") {
    std::mt19937_64 random(7);
    for (int i = 0; i < 20000; ++i) {
        const auto value = std::bit_cast<double>(random());
        if (!std::isfinite(value)) continue;
        const auto text = format_quantity(value, Unit::joule);
        INFO(text);
        REQUIRE(same_bits(parse_quantity(text, Unit::joule), value));
    }
    for (const double value : {5e-324, -0.0, 1.7976931348623157e308, 0x1p53, 0x1p63})
        CHECK(same_bits(parse_quantity(format_quantity(value, Unit::byte), Unit::byte), value));
}

TEST_CASE("a relaxation time is counted in RC, in steps or in time") {
    const auto in_rc = parse_relax_time("15 RC");
    CHECK(in_rc.unit == RelaxUnit::rc);
    CHECK(in_rc.value == 15.0);
    CHECK(in_rc.seconds(1e-8, 1.0) == Approx(150e-9));
    const auto in_time = parse_relax_time("150 ns");
    CHECK(in_time.unit == RelaxUnit::seconds);
    const auto in_steps = parse_relax_time("30 steps");
    CHECK(in_steps.unit == RelaxUnit::steps);
    CHECK(in_steps.seconds(1e-8, 2e-9) == Approx(60e-9));
    CHECK(format_relax_time(in_steps) == "30 steps");
    CHECK(in_time.value == 150e-9);
    CHECK(format_relax_time(in_rc) == "15 RC");
    CHECK(format_relax_time(in_time) == "150 ns");
    CHECK(parse_relax_time("2 min").value == 120.0);
    for (const auto* wrong : {"15", "15 rc", "RC", "15 V", ""})
        CHECK_THROWS_WITH(parse_relax_time(wrong),
                          Catch::EndsWith("write e.g. \"15 RC\", \"30 steps\" or \"150 ns\""));
}

TEST_CASE("plain numbers are written with the fewest digits and few zeros") {
    CHECK(format_number(0.5) == "0.5");
    CHECK(format_number(16.0) == "16");
    CHECK(format_number(1e6) == "1000000");
    CHECK(format_number(0.00001) == "0.00001");
    CHECK(format_number(1.5e-25) == "1.5e-25");
    CHECK(format_number(-1e30) == "-1e30");
    CHECK_THROWS_AS(format_number(NAN), std::logic_error);
}

TEST_CASE("limits are written as a range") {
    CHECK(format_limits({1, 16}) == "1 to 16");
    CHECK(format_limits({.min = 1e-9}, Unit::second) == "at least 1 ns");
    CHECK(format_limits({.max = 5}, Unit::volt) == "at most 5 V");
    CHECK(format_limits({}) == "any finite value");
}
