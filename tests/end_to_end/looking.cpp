// What a run leaves can be looked at: waveforms that real tools read, energy that can be priced again, pages
// that say what the program does.
#include "sim/run/files.hpp"
#include "tests/end_to_end/program.hpp"
#include "tests/traces/temporary_folder.hpp"
#include "tests/traces/vcd_reader.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <set>

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

TEST_CASE("samples that the machine gets wrong are found and recorded, in both formats at once") {
    const TemporaryFolder folder;
    const auto outcome = run_program("waves glyphs --when misclassified --most 2 --class '3, 5' --format "
                                     "'vcd, fst' --view learning --out m",
                                     folder.path());
    INFO(outcome.err);
    REQUIRE(outcome.exit_code == 0);
    CHECK(outcome.out.starts_with("2 samples of train:all, "));
    const auto vcd = read_vcd(folder.path() / "m.vcd");
    CHECK(vcd.variables.contains("coprocessor/array/output/3/v_V"));
    CHECK_FALSE(vcd.variables.contains("coprocessor/array/hidden/3/v_V"));
    for (const auto& change : vcd.changes_of("coprocessor/class"))
        CHECK((change.value == "0" || change.value == "11" || change.value == "101")); // before, 3, 5
    std::set<std::string> samples;
    for (const auto& change : vcd.changes_of("coprocessor/sample")) samples.insert(change.value);
    samples.erase("0");
    REQUIRE(samples.size() == 2);
    for (const auto& sample : samples) { // the host's own verdict
        const auto again = run_program(fmt::format("waves glyphs --sample train:{} --out {}.vcd",
                                                   std::stoull(sample, nullptr, 2), sample),
                                       folder.path());
        CHECK(again.out.find("not recognised") != std::string::npos);
    }
    for (const char* view : {"m.gtkw", "m.sucl", "m.fst.gtkw", "m.fst.sucl"})
        CHECK(std::filesystem::exists(folder.path() / view));
    const auto measured = [&](const std::string& file) {
        return run_program("measure " + file + " --spins --each", folder.path()).out;
    };
    CHECK(measured("m.vcd") == measured("m.fst"));
    CHECK(lines_of(measured("m.vcd")) == 2 + 10 * 3 * 2); // header; outputs, phases, samples
}

TEST_CASE("energy falls and the residual vanishes in a free phase, as a trace shows them") {
    const TemporaryFolder folder;
    REQUIRE(run_program("waves glyphs --sample train:5 --phases free --out s.vcd", folder.path()).exit_code ==
            0);
    const auto vcd = read_vcd(folder.path() / "s.vcd");
    std::vector<double> energy;
    for (const auto& change : vcd.changes_of("coprocessor/array/energy_E"))
        energy.push_back(std::stod(change.value));
    REQUIRE(energy.size() > 30);
    for (std::size_t i = 1; i < energy.size(); ++i)
        CHECK(energy[i] <= energy[i - 1] + 1e-6); // rounding decides near the minimum
    CHECK(energy.back() < -0.1);
    const auto residual = vcd.changes_of("coprocessor/array/residual");
    CHECK(std::stod(residual.back().value) < 1e-2);
    const auto phases = vcd.changes_of("coprocessor/phase");
    REQUIRE(phases.size() == 2);
    CHECK(phases[0].value == "free");
    CHECK(phases[1].time_fs == vcd.end_fs); // what ends it
}

TEST_CASE("a trace that reaches its limit stops, says so, and the run goes on to the same result") {
    const TemporaryFolder folder;
    REQUIRE(run_program("train " + small_run() + "--out plain", folder.path()).exit_code == 0);
    const auto outcome = run_program(
        "train " + small_run() +
            "--out traced --set trace.capture=samples --set 'trace.samples=\"all\"' --set trace.most=400 "
            "--set 'trace.when=\"clipped\"' --set 'trace.before=\"100 ns\"' --set 'trace.limit=\"60 kB\"'",
        folder.path());
    INFO(outcome.err);
    REQUIRE(outcome.exit_code == 0);
    CHECK(outcome.out.find("recording stopped at ") != std::string::npos);
    const auto file = folder.path() / "traced/waves/epoch-0001-train-all-clipped.vcd";
    CHECK(std::filesystem::file_size(file) > 40'000);
    CHECK(std::filesystem::file_size(file) < 100'000);
    auto plain = comparable_summary(folder.path() / "plain");
    const auto traced = comparable_summary(folder.path() / "traced");
    CHECK(plain.to_json() == traced.to_json());
}

TEST_CASE("signals are chosen by glob, and spins by layer and index or position") {
    const TemporaryFolder folder;
    REQUIRE(run_program("waves glyphs --signals 'array/hidden/@0x3/*' --signals 'array/output/[0-2]/*' "
                        "--signals phase --out s.vcd",
                        folder.path())
                .exit_code == 0);
    std::vector<std::string> names;
    for (const auto& [path, variable] : read_vcd(folder.path() / "s.vcd").variables) names.push_back(path);
    CHECK(names == std::vector<std::string>{"coprocessor/array/hidden/3/v_V",
                                            "coprocessor/array/output/0/v_V",
                                            "coprocessor/array/output/1/v_V",
                                            "coprocessor/array/output/2/v_V", "coprocessor/phase"});
}

TEST_CASE("wrong settings of a trace are refused with what is valid") {
    const TemporaryFolder folder;
    const auto error = [&](const std::string& options) {
        const auto outcome = run_program("waves glyphs --out s.vcd " + options, folder.path());
        CHECK(outcome.exit_code == 2);
        CHECK(lines_of(outcome.err) == 1);
        return outcome.err;
    };
    CHECK(error("--sample train:9-3").find("'0-9, 40' or all") != std::string::npos);
    CHECK(error("--sample train:999999").find("N is 0 to ") != std::string::npos);
    CHECK(error("--class 99").find("none of them is of class 99") != std::string::npos);
    CHECK(error("--when sometimes").find("misclassified") != std::string::npos);
    CHECK(error("--phases dusk").find("nudge+") != std::string::npos);
    CHECK(error("--view none").find("converters") != std::string::npos);
    CHECK(error("--format wav").find("vcd, fst") != std::string::npos);
    CHECK(error("--signals 'array/hiden/*'").find("array/hiden/*") != std::string::npos);
    CHECK(error("--signals 'array/hidden/@99x0/*'").find("rows 0 to ") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(folder.path() / "s.vcd"));
    CHECK(run_program("measure nothing.vcd", folder.path()).exit_code == 2);
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

TEST_CASE("a listed preset is described by the first sentence of its file, on however many lines") {
    const TemporaryFolder folder;
    const auto list = run_program("presets", folder.path()).out;
    const auto described = [&](const std::string& preset, const std::string& meaning) {
        const auto at = list.find("  " + preset + " ");
        REQUIRE(at != std::string::npos);
        const auto line = list.substr(at, list.find('\n', at) - at);
        CHECK(line.substr(line.find_first_not_of(' ', preset.size() + 2)) == meaning);
    };
    described("glyphs", "Ten handwritten-like glyphs, drawn at run time, on the default machine");
    described("cifar-conv",
              "CIFAR-10 on a convolutional Hopfield network with a softmax read-out behind it, which the "
              "host keeps and trains: two convolutions of 4x4 windows, two nodes apart");
    described("ecram", "Electrochemical memory, written by pulses");
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
        // Read to the end: either the data are missing, or there is "estimate" alone for it, or the run
        // began.
        CHECK((outcome.err.find("ISINGLASS_DATA") != std::string::npos ||
               outcome.err.find("\"estimate\" needs none") != std::string::npos || outcome.exit_code == 130));
    }
}
