// Every command speaks to programs as well as to people.
#include "sim/commands/commands.hpp"
#include "sim/run/files.hpp"
#include "tests/end_to_end/program.hpp"
#include "tests/traces/temporary_folder.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <tuple>
#include <vector>

using namespace isinglass;
using namespace isinglass::test;

TEST_CASE("every command prints one JSON document with --json, and nothing beside it") {
    const TemporaryFolder folder;
    std::ofstream(folder / "ring.txt") << "6 6\n1 2 1\n2 3 1\n3 4 1\n4 5 1\n5 6 1\n6 1 1\n";
    std::ofstream(folder / "two.toml")
        << "name = \"two\"\nexperiment = \"glyphs\"\nset = \"data.train=128; data.test=64; "
           "data.validation=32; training.epochs=1; network.layer.hidden.size=8\"\n"
           "axis = [{ key = \"machine.adc.bits\", values = \"4, 8\" }]\n";
    // In this order: later ones need what earlier ones leave. What a document must hold beside being one.
    const std::vector<std::tuple<std::string, std::string, std::string>> commands{
        {"train", small_run() + "--out run", "test_accuracy"},
        {"eval", "run", "ideal_accuracy"},
        {"solve", "ring.txt", "best_cut"},
        {"sweep", "two.toml --out two", "points"},
        {"estimate", "glyphs --samples 1000", "energy_per_sample_j"},
        {"gradcheck", "run --samples 2", "lines"},
        {"characterize adc", "--samples 1", "figures"},
        {"characterize dac", "", "tables"},
        {"characterize array", "", "figures"},
        {"waves", "run --out s.vcd", "files"},
        {"measure", "s.vcd", ""},
        {"energy", "run", "components"},
        {"report", "run", "runs"},
        {"export spice", "glyphs --set network.layer.hidden.size=4 --out a.cir", "file"},
        {"export registers", "", ""},
        {"presets", "", "experiments"},
        {"presets show", "epc1-28nm", "text"},
        {"reference", "keys", "markdown"},
    };
    std::vector<std::string> there, walked;
    for (const auto& command : all_commands()) there.push_back(command.name);
    for (const auto& [name, arguments, key] : commands) {
        walked.push_back(name);
        const auto outcome = run_program(fmt::format("{} {} --json", name, arguments), folder.path());
        INFO(name << ": " << outcome.err);
        REQUIRE(outcome.exit_code == 0);
        const auto json = nlohmann::json::parse(outcome.out, nullptr, false);
        REQUIRE_FALSE(json.is_discarded());
        CHECK((key.empty() || json.contains(key)));
    }
    CHECK(walked == there);

    // The gradient that was measured is on the run's page, and a sweep has a page of its own.
    const auto report = nlohmann::json::parse(run_program("report run --json", folder.path()).out);
    CHECK(report.at("runs").at(0).at("gradient").at("samples") == 2);
    CHECK(read_file(folder / "two/report.html").find("\"axes\":[\"machine.adc.bits\"]") != std::string::npos);
}

TEST_CASE("output that is no terminal has no colours, errors neither") {
    const TemporaryFolder folder;
    const auto outcome = run_program("estimate glyphs --samples 1000", folder.path());
    REQUIRE(outcome.exit_code == 0);
    CHECK(outcome.out.find('\x1b') == std::string::npos);
    CHECK(run_program("estimate nothing", folder.path()).err.starts_with("isinglass: error: "));
}

TEST_CASE("a terminal shows bold headers and red errors, unless NO_COLOR says otherwise") {
    if (std::system("command -v script >/dev/null") != 0) { // NOLINT(cert-env33-c)
        std::cout << "skipped: script (package bsdutils), which makes a terminal, is not installed\n";
        return;
    }
    const TemporaryFolder folder;
    const auto on_terminal = [&](const std::string& environment, const std::string& command) {
        const auto line =
            fmt::format("cd '{}' && {} TERM=xterm script -qec \"'{}' {}\" /dev/null >out.txt </dev/null",
                        folder.path().string(), environment, ISINGLASS_PROGRAM, command);
        std::system(line.c_str()); // NOLINT(cert-env33-c)
        return read_file(folder / "out.txt");
    };
    const std::string command = "estimate glyphs --samples 1000";
    CHECK(on_terminal("NO_COLOR=", command).find("\x1b[1m") != std::string::npos);
    CHECK(on_terminal("NO_COLOR=", "estimate nothing").find("\x1b[31merror:") != std::string::npos);
    CHECK(on_terminal("NO_COLOR=1", command).find('\x1b') == std::string::npos);
    CHECK(on_terminal("NO_COLOR=1", "estimate nothing").find('\x1b') == std::string::npos);
    CHECK(on_terminal("NO_COLOR=", "reference keys --json").find('\x1b') == std::string::npos);
}
