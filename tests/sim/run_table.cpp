#include "sim/run/table.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace isinglass;

TEST_CASE("quantities are shown with three digits and a prefix") {
    CHECK(format_si(0.0, "J") == "0 J");
    CHECK(format_si(1.234e-6, "J") == "1.23 uJ");
    CHECK(format_si(45.67e-3, "s") == "45.7 ms");
    CHECK(format_si(456.7, "W") == "457 W");
    CHECK(format_si(-2.5e3, "W") == "-2.50 kW");
    CHECK(format_si(1e-18, "F") == "1.00 aF");
    CHECK(format_si(999e12, "Hz") == "999 THz");
    CHECK(format_si(1.5e6, "") == "1.50 M");
    CHECK(format_si(456.0, "") == "456");
}

TEST_CASE("rounding up to a thousand takes the next prefix") {
    CHECK(format_si(999.4e-9, "s") == "999 ns");
    CHECK(format_si(999.6e-9, "s") == "1.00 us");
    CHECK(format_si(9.996, "s") == "10.0 s");
    CHECK(format_si(99.96, "s") == "100 s");
    CHECK(format_si(0.9999, "s") == "1.00 s");
}

TEST_CASE("values beyond the prefixes have an exponent") {
    CHECK(format_si(1.5e-20, "J") == "1.50e-20 J");
    CHECK(format_si(2e15, "B") == "2.00e+15 B");
    CHECK(format_si(std::numeric_limits<double>::infinity(), "s") == "inf s");
}

TEST_CASE("shares are percent") {
    CHECK(format_share(0.0) == "0.0 %");
    CHECK(format_share(0.1234) == "12.3 %");
    CHECK(format_share(1.0) == "100.0 %");
    CHECK(format_share(1e-6) == "<0.1 %");
}

TEST_CASE("numbers in a table stand right, words left, and no line ends with spaces") {
    Table table({"name", "value", ""});
    table.row({"a", "1.5 s", ""});
    table.row({"µm", "-", "x"});
    table.rule();
    table.row({"total", "10.5 s", ""});
    CHECK(table.text() == "name    value\n"
                          "----------------\n"
                          "a       1.5 s\n"
                          "µm          -  x\n"
                          "----------------\n"
                          "total  10.5 s\n");
}

TEST_CASE("the energy table shows components by phase, their sums, groups and what is left out") {
    constexpr auto read = static_cast<std::size_t>(Phase::read);
    constexpr auto free = static_cast<std::size_t>(Phase::free);
    EnergyReport energy{.library = "28nm", .profile = "typical", .total_j = 4e-6};
    energy.by_phase_j[read] = 1e-6;
    energy.by_phase_j[free] = 3e-6;
    energy.by_component_and_phase_j["adc"][read] = 1e-6;
    energy.by_component_and_phase_j["spin"][free] = 3e-6;
    energy.by_component_j = {{"adc", 1e-6}, {"spin", 3e-6}};
    energy.by_group_j = {{"converters", 1e-6}, {"core", 3e-6}, {"host", 0.0}};
    energy.by_mark_j = {{"assumption", 3e-6}, {"primary", 1e-6}};
    energy.not_included = {"clock tree", "package"};
    std::array<std::uint64_t, phase_count> time_fs{};
    time_fs[free] = 150'000'000;
    time_fs[static_cast<std::size_t>(Phase::idle)] = 50'000'000;
    CHECK(energy_table(energy, time_fs) ==
          "energy     free     read     idle    total    share\n"
          "---------------------------------------------------\n"
          "spin    3.00 uJ        -        -  3.00 uJ   75.0 %\n"
          "adc           -  1.00 uJ        -  1.00 uJ   25.0 %\n"
          "---------------------------------------------------\n"
          "total   3.00 uJ  1.00 uJ      0 J  4.00 uJ  100.0 %\n"
          "share    75.0 %   25.0 %    0.0 %  100.0 %\n"
          "time     150 ns      0 s  50.0 ns   200 ns\n"
          "\n"
          "group        energy   share\n"
          "---------------------------\n"
          "core        3.00 uJ  75.0 %\n"
          "converters  1.00 uJ  25.0 %\n"
          "host            0 J   0.0 %\n"
          "\n"
          "Component library 28nm, profile typical; 75.0 % of the energy rests on assumptions.\n"
          "Not included: clock tree; package.\n");
}

TEST_CASE("a run that cost nothing has a table too") {
    CHECK_THAT(energy_table(EnergyReport{}, {}), Catch::Contains("0 J") && !Catch::Contains("nan"));
}
