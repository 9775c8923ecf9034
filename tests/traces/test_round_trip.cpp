// Our VCD through the tools that GTKWave brings.
#include "tests/traces/temporary_folder.hpp"
#include "tests/traces/vcd_reader.hpp"
#include "traces/vcd_writer.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <iostream>

namespace isinglass {
namespace {

bool succeeds(const std::string& command) {
    return std::system((command + " >/dev/null 2>&1").c_str()) == 0;
}

void write_two_windows(const std::filesystem::path& path) {
    VcdWriter writer(path, {.version = "isinglass", .seed = 1, .configuration_hash = "0", .notes = {}});
    const SignalId phase = writer.declare_text("coprocessor/phase", "idle");
    const SignalId code = writer.declare_bits("coprocessor/dac/code", 12, 0);
    const SignalId busy = writer.declare_bits("coprocessor/dac/busy", 1, 0);
    std::vector<SignalId> nodes;
    for (int i = 0; i < 100; ++i)
        nodes.push_back(writer.declare_real(fmt::format("coprocessor/h/{}/v_V", i), 0));
    constexpr const char* phases[] = {"free", "nudged +", "", "nudged -"};
    for (std::uint64_t step = 0; step < 200; ++step) {
        const std::uint64_t time_fs = 1'000'000 + step * 2'500;
        if (step == 20 || step == 120) writer.open_window(time_fs);
        writer.text(time_fs, phase, phases[step / 10 % 4]);
        writer.bits(time_fs, code, step * 37 % 4096);
        writer.bits(time_fs, busy, step / 3 % 2);
        for (std::size_t i = 0; i < nodes.size(); ++i)
            writer.real(time_fs, nodes[i], std::sin(0.1 * static_cast<double>(step * (i + 1))));
        if (step == 70 || step == 190) writer.close_window(time_fs);
    }
}

} // namespace

TEST_CASE("A VCD comes back from FST with every signal and every change") {
    if (!succeeds("command -v vcd2fst") || !succeeds("command -v fst2vcd")) {
        std::cout << "skipped: vcd2fst and fst2vcd (Debian package gtkwave) are not installed\n";
        return;
    }
    const test::TemporaryFolder folder;
    write_two_windows(folder / "ours.vcd");
    const auto quoted = [&](const char* name) { return fmt::format("'{}'", (folder / name).string()); };
    REQUIRE(succeeds("vcd2fst " + quoted("ours.vcd") + " " + quoted("w.fst")));
    REQUIRE(succeeds("fst2vcd -f " + quoted("w.fst") + " -o " + quoted("back.vcd")));

    const test::VcdFile ours = test::read_vcd(folder / "ours.vcd");
    const test::VcdFile back = test::read_vcd(folder / "back.vcd");
    CHECK(ours.version == back.version);
    CHECK(ours.timescale_fs == back.timescale_fs);
    CHECK(ours.end_fs == back.end_fs);
    REQUIRE(ours.variables.size() == 103);
    for (const auto& [path, variable] : ours.variables) {
        REQUIRE(back.variables.count(path) == 1);
        CHECK(back.variables.at(path).type == variable.type);
    }
    REQUIRE(ours.changes.size() > 10'000);
    CHECK(ours.sorted_changes() == back.sorted_changes());
}

} // namespace isinglass
