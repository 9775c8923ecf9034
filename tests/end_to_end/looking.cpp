// What a run leaves can be looked at: waveforms that real tools read, energy that can be priced again, pages
// that say what the program does.
#include "sim/run/files.hpp"
#include "tests/end_to_end/program.hpp"
#include "tests/traces/temporary_folder.hpp"
#include "tests/traces/vcd_reader.hpp"

#include <catch2/catch.hpp>

#include <iostream>

using namespace isinglass;
using namespace isinglass::test;

TEST_CASE("the waveforms of a sample show phases and voltages and codes and link and power") {
    const TemporaryFolder folder;
    const auto outcome = run_program("waves glyphs --sample train:17 --out s.vcd", folder.path());
    INFO(outcome.err);
    REQUIRE(outcome.exit_code == 0);
    const auto vcd = read_vcd(folder.path() / "s.vcd");
    const auto phases = vcd.changes_of("coprocessor/phase");
    std::vector<std::string> names;
    for (const auto& change : phases) names.push_back(change.value);
    CHECK(std::ranges::find(names, "free") != names.end());
    CHECK(std::ranges::find(names, "nudge+") != names.end());
    CHECK(std::ranges::find(names, "nudge-") != names.end());
    std::size_t steps = 0; // a spin at its bound does not move, so all outputs together
    std::size_t codes = 0;
    for (int i = 0; i < 10; ++i) {
        steps += vcd.changes_of("coprocessor/array/output/" + std::to_string(i) + "/v_V").size();
        codes += vcd.changes_of("coprocessor/adc/output/" + std::to_string(i) + "/code").size();
    }
    CHECK(steps > 200);
    CHECK(codes > 15);
    CHECK(vcd.changes_of("coprocessor/link/to_chip_busy").size() > 1);
    CHECK(vcd.changes_of("coprocessor/power/total_W").size() > 5);
    CHECK(std::filesystem::exists(folder.path() / "s.gtkw"));
    CHECK(run_program("waves glyphs --sample train:17 --out s.vcd", folder.path()).exit_code ==
          2); // not overwritten
}

TEST_CASE("GTKWave's converters take the waveforms and give them back") {
    if (std::system("command -v vcd2fst fst2vcd >/dev/null") != 0) { // NOLINT(cert-env33-c)
        std::cout << "skipped: vcd2fst and fst2vcd (package gtkwave) are not installed\n";
        return;
    }
    const TemporaryFolder folder;
    REQUIRE(run_program("waves glyphs --sample test:3 --out s.vcd", folder.path()).exit_code == 0);
    const auto in = "cd '" + folder.path().string() + "' && ";
    REQUIRE(std::system((in + "vcd2fst s.vcd s.fst >/dev/null 2>&1 && fst2vcd s.fst >back.vcd 2>/dev/null")
                            .c_str()) == 0);
    const auto before = read_vcd(folder.path() / "s.vcd");
    const auto after = read_vcd(folder.path() / "back.vcd");
    for (const char* signal :
         {"coprocessor/phase", "coprocessor/array/hidden/7/v_V", "coprocessor/adc/output/2/code"})
        CHECK(after.changes_of(signal) == before.changes_of(signal));
}

TEST_CASE("an iteration towards equilibrium says in the file that only settled values are shown") {
    const TemporaryFolder folder;
    REQUIRE(
        run_program("waves glyphs --set machine.array.dynamics=dissipative-fast --out s.vcd", folder.path())
            .exit_code == 0);
    CHECK(read_file(folder.path() / "s.vcd").find("settled values only") != std::string::npos);
}

TEST_CASE("another table of costs prices a run again without simulating") {
    const TemporaryFolder folder;
    REQUIRE(run_program("train " + small_run() + "--out run", folder.path()).exit_code == 0);
    const auto typical = run_program("energy run", folder.path());
    const auto optimistic = run_program("energy run --profile optimistic", folder.path());
    REQUIRE(typical.exit_code == 0);
    REQUIRE(optimistic.exit_code == 0);
    CHECK(typical.out != optimistic.out);
    CHECK(optimistic.out.find("profile optimistic") != std::string::npos);
}

TEST_CASE("eval scores a run as training did, and on the ideal twin") {
    const TemporaryFolder folder;
    REQUIRE(run_program("train " + small_run() + "--out run", folder.path()).exit_code == 0);
    const auto summary = comparable_summary(folder.path() / "run");
    const auto outcome = run_program("eval run --json", folder.path());
    INFO(outcome.err);
    REQUIRE(outcome.exit_code == 0);
    CHECK(outcome.out.find("\"accuracy\": " + std::to_string(summary.test_accuracy.value()).substr(0, 6)) !=
          std::string::npos);
    CHECK(run_program("eval run --epoch 7", folder.path()).exit_code == 2);
    CHECK(run_program("eval run --set machine.adc.bits=2", folder.path()).exit_code == 0);
}

TEST_CASE("the reference pages are those that the program prints") {
    const TemporaryFolder folder;
    for (const auto& [page, file] :
         {std::pair{"keys", "KEYS.md"}, std::pair{"usage", "USAGE.md"}, std::pair{"support", "SUPPORT.md"}})
        CHECK(run_program(std::string("reference ") + page, folder.path()).out ==
              read_file(std::filesystem::path(ISINGLASS_SOURCE) / "sim" / file));
}

TEST_CASE("every shipped preset is listed and reads without an error") {
    const TemporaryFolder folder;
    const auto list = run_program("presets", folder.path());
    REQUIRE(list.exit_code == 0);
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(ISINGLASS_SOURCE) /
                                                                 "sim" / "presets" / "experiments")) {
        const auto name = entry.path().stem().string();
        CHECK(list.out.find("  " + name + " ") != std::string::npos);
        const auto outcome =
            run_program("train " + name + " --data nowhere --stop-after 0 --out out-" + name, folder.path());
        INFO(name << ": " << outcome.err);
        // Read to the end: either the data are missing, or the run began.
        CHECK((outcome.err.find("ISINGLASS_DATA") != std::string::npos || outcome.exit_code == 130));
    }
}
