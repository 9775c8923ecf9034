#include "hw_models/base/error.hpp"
#include "tests/traces/temporary_folder.hpp"
#include "tests/traces/wave_fixtures.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <sstream>
#include <stdexcept>

namespace isinglass {

using namespace test;

TEST_CASE("A small VCD reads as written here, byte for byte") {
    Dump dump;
    const SignalId phase = dump.sink.declare_names("chip/phase", phases, name_index("idle"));
    const SignalId node = dump.sink.declare_real("chip/array/h/3/v_V", 0.25);
    const SignalId code = dump.sink.declare_bits("chip/dac/code", 4, 0);
    const SignalId ready = dump.sink.declare_bits("chip/ready", 1, 1);
    dump.sink.declare_real("chip/array/h/10/v_V", -1);
    dump.sink.open_window(0);
    dump.sink.bits(2'000'000, phase, name_index("free"));
    dump.sink.real(2'000'000, node, 0.1);
    dump.sink.bits(3'500'000, code, 10);
    dump.sink.bits(3'500'000, ready, 0);
    dump.sink.close_window(4'000'000);

    CHECK(dump.text.str() == R"($version isinglass 1.2.3 $end
$comment
    seed 7
    configuration c0ffee
    settled values only
$end
$timescale 1 ps $end
$scope module chip $end
$var string 1 ! phase $end
$var wire 1 $ ready $end
$scope module array $end
$scope module h $end
$scope module 3 $end
$var real 64 " v_V $end
$upscope $end
$scope module 10 $end
$var real 64 % v_V $end
$upscope $end
$upscope $end
$upscope $end
$scope module dac $end
$var wire 4 # code [3:0] $end
$upscope $end
$upscope $end
$enddefinitions $end
#0
$dumpvars
sidle !
r0.25 "
b0 #
1$
r-1 %
$end
#2000
sfree !
r0.1 "
#3500
b1010 #
0$
#4000
$dumpoff
$end
)");
}

TEST_CASE("Outside windows a VCD grows by nothing, and each window starts with the values of that moment") {
    Dump dump;
    const SignalId node = dump.sink.declare_real("v_V", 0);
    const SignalId phase = dump.sink.declare_names("phase", phases, name_index("idle"));
    dump.sink.real(1'000, node, 1);
    CHECK(dump.text.str().empty());

    dump.sink.open_window(2'000);
    dump.sink.real(3'000, node, 2);
    dump.sink.close_window(4'000);
    const std::string after_first = dump.text.str();
    dump.sink.real(5'000, node, 3);
    dump.sink.bits(6'000, phase, name_index("free"));
    CHECK(dump.text.str() == after_first);

    dump.sink.open_window(7'000);
    dump.sink.close_window(8'000);
    CHECK(dump.text.str().substr(after_first.size()) ==
          "#7\n$dumpon\nr3 !\nsfree \"\n$end\n#8\n$dumpoff\n$end\n");
    CHECK(values_of(dump.read(), "v_V") == Values{"1", "2", "3"});
}

TEST_CASE("Opening an open window and closing a closed one write nothing") {
    Dump dump;
    dump.sink.declare_real("v_V", 0);
    dump.sink.close_window(0);
    CHECK(dump.text.str().empty());
    dump.sink.open_window(0);
    dump.sink.open_window(1'000);
    dump.sink.close_window(2'000);
    const std::string once = dump.text.str();
    CHECK(once.ends_with("#0\n$dumpvars\nr0 !\n$end\n#2\n$dumpoff\n$end\n"));
    dump.sink.close_window(3'000);
    CHECK(dump.text.str() == once);
}

TEST_CASE("A value that the signal already has writes no line and no time") {
    Dump dump;
    const SignalId node = dump.sink.declare_real("v_V", 0);
    const SignalId code = dump.sink.declare_bits("code", 8, 5);
    const SignalId phase = dump.sink.declare_names("phase", phases, name_index("free"));
    dump.sink.open_window(0);
    dump.sink.real(1'000, node, -0.0);
    dump.sink.bits(2'000, code, 5);
    dump.sink.bits(3'000, phase, name_index("free"));
    dump.sink.real(4'000, node, std::nan(""));
    dump.sink.real(5'000, node, std::nan(""));
    dump.sink.close_window(6'000);
    CHECK(dump.text.str().ends_with("$end\n#4\nrnan !\n#6\n$dumpoff\n$end\n"));
}

TEST_CASE("A resolution rounds reals to its multiples and drops changes below it") {
    Dump dump(1.0 / 4096);
    const SignalId node = dump.sink.declare_real("v_V", 0);
    dump.sink.open_window(0);
    for (const double value : {0.00005, -0.00005, 0.1, 0.10001, -0.1}) dump.sink.real(1'000, node, value);
    dump.sink.close_window(2'000);
    CHECK(values_of(dump.read(), "v_V") == Values{"0", "0.10009765625", "-0.10009765625"});
    CHECK_THROWS_AS(Dump(0.0), std::invalid_argument);
    CHECK_THROWS_AS(Dump(-1.0), std::invalid_argument);
}

TEST_CASE("Reals carry the sixteen digits of %.16g") {
    Dump dump;
    const SignalId node = dump.sink.declare_real("v_V", 0);
    dump.sink.open_window(0);
    Values expected{"0"};
    for (const double value :
         {1.0 / 3, 1e-300, -2.5e22, 123456789.0, 1e-5, std::numeric_limits<double>::infinity()}) {
        dump.sink.real(1'000, node, value);
        expected.push_back(fmt::format("{:.16g}", value));
    }
    dump.sink.close_window(1'000);
    CHECK(values_of(dump.read(), "v_V") == expected);
}

TEST_CASE("A name is one word in the file, whatever it was") {
    Dump dump;
    constexpr std::array<std::string_view, 5> odd{"nudged +", "free", "", "two\nlines", "a\\b"};
    const SignalId phase = dump.sink.declare_names("phase", odd, 0);
    dump.sink.open_window(0);
    for (std::uint64_t name = 1; name < odd.size(); ++name) dump.sink.bits(1'000, phase, name);
    dump.sink.close_window(2'000);
    CHECK(values_of(dump.read(), "phase") == Values{"nudged_+", "free", "_", "two_lines", "a_b"});
}

TEST_CASE("Times are cut to the file's unit, which the header names") {
    std::ostringstream out;
    WaveHeader coarse = header();
    coarse.timescale_fs = 10'000'000;
    WaveRecorder sink(one(std::make_unique<VcdWriter>(out, coarse)), {});
    const SignalId node = sink.declare_real("v_V", 0);
    sink.open_window(0);
    sink.real(19'999'999, node, 1);
    sink.real(20'000'000, node, 2);
    sink.close_window(20'000'000);
    CHECK(out.str().find("$timescale 10 ns $end") != std::string::npos);
    CHECK(out.str().ends_with("#1\nr1 !\n#2\nr2 !\n$dumpoff\n$end\n"));
    coarse.timescale_fs = 25;
    CHECK_THROWS_WITH(VcdWriter(out, coarse), Catch::Contains("25 fs"));
}

TEST_CASE("Ten thousand signals have ten thousand codes of at most three characters") {
    Dump dump;
    for (int i = 0; i < 10'000; ++i) dump.sink.declare_real(fmt::format("chip/h/{}/v_V", i), i);
    dump.sink.open_window(0);
    dump.sink.close_window(0);
    const VcdFile file = dump.read();
    REQUIRE(file.changes.size() == 10'000);
    CHECK(file.changes[9'999].path == "chip/h/9999/v_V");
    CHECK(file.changes[9'999].value == "9999");
    std::istringstream lines(dump.text.str());
    for (std::string line; std::getline(lines, line);)
        if (line[0] == 'r') REQUIRE(line.size() - line.find(' ') <= 4);
}

TEST_CASE("Scopes declared in turns appear once each") {
    Dump dump;
    for (const char* path : {"a/x/p", "b/p", "a/x/q", "top", "a/p", "b/q"})
        dump.sink.declare_bits(path, 64, ~0ULL);
    dump.sink.open_window(0);
    dump.sink.close_window(0);
    const std::string text = dump.text.str();
    for (const char* scope : {"module a ", "module b ", "module x "})
        CHECK(text.find(scope) == text.rfind(scope));
    CHECK(dump.read().variables.size() == 6);
    CHECK(values_of(dump.read(), "a/x/q") == Values{std::string(64, '1')});
}

TEST_CASE("Signals that no viewer could tell apart or read are refused at their declaration") {
    Dump dump;
    dump.sink.declare_real("chip/v_V", 0);
    CHECK_THROWS_AS(dump.sink.declare_names("chip/v_V", phases, name_index("")), std::logic_error);
    for (const char* path : {"", "/v", "v/", "a//b", "a b", "a.b", "v[3]", "phase\n"})
        CHECK_THROWS_AS(dump.sink.declare_real(path, 0), std::logic_error);
    CHECK_THROWS_AS(dump.sink.declare_bits("code", 0, 0), std::logic_error);
    CHECK_THROWS_AS(dump.sink.declare_bits("code", 65, 0), std::logic_error);
    dump.sink.open_window(0);
    dump.sink.close_window(0);
    CHECK_THROWS_WITH(dump.sink.declare_real("late", 0),
                      Catch::Contains("\"late\"") && Catch::Contains("after"));
}

TEST_CASE("A file that cannot be created or filled is an error that names it") {
    const test::TemporaryFolder folder;
    CHECK_THROWS_AS(VcdWriter(folder / "missing" / "w.vcd", header()), InputOutputError);
    CHECK_THROWS_WITH(VcdWriter(folder / "missing" / "w.vcd", header()),
                      Catch::Contains("missing/w.vcd") && Catch::Contains("No such file"));
    if (!std::filesystem::exists("/dev/full")) return;
    WaveRecorder full(one(std::make_unique<VcdWriter>("/dev/full", header())), {});
    full.declare_real("v_V", 0);
    full.open_window(0);
    CHECK_THROWS_WITH(full.close_window(0), Catch::Contains("/dev/full") && Catch::Contains("No space left"));
}

TEST_CASE("A writer that dies with its window open leaves what it was told") {
    const test::TemporaryFolder folder;
    {
        WaveRecorder sink(one(std::make_unique<VcdWriter>(folder / "w.vcd", header())), {});
        const SignalId node = sink.declare_real("v_V", 0);
        sink.open_window(0);
        sink.real(1'000, node, 0.5);
    }
    CHECK(values_of(read_vcd(folder / "w.vcd"), "v_V") == Values{"0", "0.5"});
}

} // namespace isinglass
