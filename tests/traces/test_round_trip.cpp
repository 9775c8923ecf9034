// Our files through the tools that GTKWave brings, and through a reader in another language.
#include "hw_models/base/error.hpp"
#include "tests/traces/temporary_folder.hpp"
#include "tests/traces/wave_fixtures.hpp"
#include "traces/fst_writer.hpp"
#include "traces/wave_reader.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iostream>

namespace isinglass {

using namespace test;

namespace {

bool succeeds(const std::string& command) {
    return std::system((command + " >/dev/null 2>&1").c_str()) == 0;
}

bool missing(const std::string& tool, const std::string& package) {
    if (succeeds("command -v " + tool)) return false;
    std::cout << "skipped: " << tool << " (Debian package " << package << ") is not installed\n";
    return true;
}

// Two windows of 103 signals, in both formats at once.
void write_both(const std::filesystem::path& folder) {
    std::vector<std::unique_ptr<WaveWriter>> writers;
    for (const auto& format : wave_formats().names())
        writers.push_back(wave_formats().make(format, folder / ("ours." + format), header()));
    WaveRecorder sink(std::move(writers), {});
    const SignalId phase = sink.declare_names("coprocessor/phase", phases, 0);
    const SignalId code = sink.declare_bits("coprocessor/dac/code", 12, 0);
    const SignalId busy = sink.declare_bits("coprocessor/dac/busy", 1, 0);
    std::vector<SignalId> nodes;
    for (int i = 0; i < 100; ++i)
        nodes.push_back(sink.declare_real(fmt::format("coprocessor/h/{}/v_V", i), 0));
    for (std::uint64_t step = 0; step < 200; ++step) {
        const std::uint64_t time_fs = 1'000'000 + step * 2'500;
        if (step == 20 || step == 120) sink.open_window(time_fs);
        sink.bits(time_fs, phase, step / 10 % 4);
        sink.bits(time_fs, code, step * 37 % 4096);
        sink.bits(time_fs, busy, step / 3 % 2);
        for (std::size_t i = 0; i < nodes.size(); ++i)
            sink.real(time_fs, nodes[i], std::sin(0.1 * static_cast<double>(step * (i + 1))));
        if (step == 70 || step == 190) sink.close_window(time_fs);
    }
    sink.finish();
}

// The names of enumerations in place of their bits, which is how an FST holds them.
void name_values(VcdFile& file, const std::string& path) {
    for (auto& change : file.changes)
        if (change.path == path) change.value = phases.at(std::stoull(change.value, nullptr, 2));
}

// Everything that a reader tells, as text.
class Teller final : public WaveVisitor {
  public:
    std::string text;
    WaveFile file;

  private:
    void begin(const WaveFile& head) override { file = head; }
    void named(SignalId signal, std::string_view name) override {
        file.signals[signal].names.emplace_back(name);
    }
    void change(std::uint64_t time_fs, SignalId signal, std::uint64_t value) override {
        const auto& s = file.signals[signal];
        changes_[time_fs].push_back(s.path + " " +
                                    (s.kind == SignalKind::names ? s.names.at(value)
                                     : s.kind == SignalKind::real
                                         ? fmt::format("{:.12g}", std::bit_cast<double>(value))
                                         : fmt::format("{}", value)));
    }
    void gap(std::uint64_t time_fs, bool begins) override {
        text += fmt::format("{} {}\n", time_fs, begins ? "off" : "on");
    }
    void end(std::uint64_t time_fs) override {
        for (auto& [time, changes] : changes_) {
            std::ranges::sort(changes);
            for (const auto& change : changes) text += fmt::format("{} {}\n", time, change);
        }
        text += fmt::format("end {}\n", time_fs);
    }

    std::map<std::uint64_t, std::vector<std::string>> changes_;
};

Teller told(const std::filesystem::path& path) {
    Teller teller;
    read_waves(path, teller);
    return teller;
}

} // namespace

TEST_CASE("A VCD comes back from FST with every signal and every change", "[fst]") {
    if (missing("vcd2fst", "gtkwave")) return;
    const TemporaryFolder folder;
    write_both(folder.path());
    const auto quoted = [&](const char* name) { return fmt::format("'{}'", (folder / name).string()); };
    REQUIRE(succeeds("vcd2fst " + quoted("ours.vcd") + " " + quoted("w.fst")));
    REQUIRE(succeeds("fst2vcd -f " + quoted("w.fst") + " -o " + quoted("back.vcd")));
    const VcdFile ours = read_vcd(folder / "ours.vcd");
    const VcdFile back = read_vcd(folder / "back.vcd");
    CHECK(ours.version == back.version);
    CHECK(ours.timescale_fs == back.timescale_fs);
    CHECK(ours.end_fs == back.end_fs);
    REQUIRE(ours.variables.size() == 103);
    for (const auto& [path, variable] : ours.variables) CHECK(back.variables.at(path).type == variable.type);
    REQUIRE(ours.changes.size() > 10'000);
    CHECK(ours.sorted_changes() == back.sorted_changes());
}

TEST_CASE("GTKWave's fst2vcd makes of our FST what our VCD says, names of phases included", "[fst]") {
    if (missing("fst2vcd", "gtkwave")) return;
    const TemporaryFolder folder;
    write_both(folder.path());
    REQUIRE(succeeds(fmt::format("fst2vcd -e -f '{}' -o '{}'", (folder / "ours.fst").string(),
                                 (folder / "back.vcd").string())));
    const VcdFile ours = read_vcd(folder / "ours.vcd");
    VcdFile back = read_vcd(folder / "back.vcd");
    CHECK(back.enumerations.at("coprocessor/phase") == Values(phases.begin(), phases.end()));
    name_values(back, "coprocessor/phase");
    CHECK(ours.version == back.version);
    CHECK(back.comment.find("seed 7 configuration c0ffee settled values only") != std::string::npos);
    CHECK(ours.timescale_fs == back.timescale_fs);
    CHECK(ours.end_fs == back.end_fs);
    CHECK(back.variables.size() == 103);
    REQUIRE(ours.changes.size() > 10'000);
    CHECK(ours.sorted_changes() == back.sorted_changes());
}

TEST_CASE("A reader in Python, which shares no code with us, agrees on every change", "[vcd]") {
    if (missing("python3", "python3") || missing("fst2vcd", "gtkwave")) return;
    const TemporaryFolder folder;
    write_both(folder.path());
    REQUIRE(succeeds(fmt::format("cd '{}' && fst2vcd -e -f ours.fst -o back.vcd", folder.path().string())));
    const auto reader = std::filesystem::path(ISINGLASS_SOURCE) / "tests/traces/read_vcd.py";
    const auto csv = [&](const char* name) {
        const auto out = folder / (std::string(name) + ".csv");
        REQUIRE(std::system(fmt::format("python3 '{}' '{}' >'{}'", reader.string(), (folder / name).string(),
                                        out.string())
                                .c_str()) == 0);
        std::ifstream in(out);
        return std::string(std::istreambuf_iterator<char>(in), {});
    };
    const auto from_vcd = csv("ours.vcd");
    CHECK(from_vcd == csv("back.vcd"));
    auto changes = read_vcd(folder / "ours.vcd").sorted_changes();
    std::string expected;
    for (const auto& [time_fs, path, value] : changes) {
        const bool real = path.ends_with("_V");
        const bool bits = path.find("/dac/") != std::string::npos;
        expected += fmt::format("{},{},{}\n", time_fs, path,
                                real   ? fmt::format("{:.9f}", std::stod(value) + 0.0)
                                : bits ? fmt::format("{}", std::stoull(value, nullptr, 2))
                                       : value);
    }
    CHECK(from_vcd == expected);
}

TEST_CASE("Our reader tells the same of our VCD and our FST, gaps and notes included", "[reader]") {
    const TemporaryFolder folder;
    write_both(folder.path());
    const auto vcd = told(folder / "ours.vcd");
    const auto fst = told(folder / "ours.fst");
    CHECK(vcd.file.version == "isinglass 1.2.3");
    CHECK(fst.file.version == "isinglass 1.2.3");
    CHECK(vcd.file.lines == Values{"seed 7", "configuration c0ffee", "settled values only"});
    CHECK(fst.file.lines == vcd.file.lines);
    CHECK(vcd.text == fst.text);
    CHECK(vcd.text.starts_with("1175000 off\n1300000 on\n1475000 off\n1050000 "));
    CHECK(std::ranges::count(vcd.text, '\n') > 10'000);
}

TEST_CASE("An FST of relaxing nodes at the resolution of an ADC is under 40 % of the VCD's size", "[fst]") {
    const TemporaryFolder folder;
    std::vector<std::unique_ptr<WaveWriter>> writers;
    for (const auto* format : {"fst", "vcd"})
        writers.push_back(wave_formats().make(format, folder / (std::string("w.") + format), header()));
    WaveRecorder sink(std::move(writers), {.resolutions = {{"V", 1.0 / 4096}}});
    std::vector<SignalId> nodes;
    for (int i = 0; i < 256; ++i) nodes.push_back(sink.declare_real(fmt::format("c/h/{}/v_V", i), 0.0));
    sink.open_window(0);
    std::vector<double> v(nodes.size());
    for (std::uint64_t t = 1; t <= 1000; ++t) // each towards a target that moves every 60 steps
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            v[i] += 0.22 *
                    (0.5 + 0.5 * std::sin(1.7 * static_cast<double>(i) + 2.9 * static_cast<double>(t / 60)) -
                     v[i]);
            sink.real(t * 2'500'000, nodes[i], v[i]);
        }
    sink.finish();
    CHECK(sink.changes() > 100'000);
    CHECK(10 * std::filesystem::file_size(folder / "w.fst") <
          4 * std::filesystem::file_size(folder / "w.vcd"));
}

TEST_CASE("An FST of many blocks reads as one", "[fst]") {
    const TemporaryFolder folder;
    std::vector<std::unique_ptr<WaveWriter>> writers;
    for (const auto& format : wave_formats().names())
        writers.push_back(wave_formats().make(format, folder / ("w." + format), header()));
    auto* fst = writers.back().get();
    WaveRecorder sink(std::move(writers), {});
    const SignalId v = sink.declare_real("v_V", 0);
    const SignalId w = sink.declare_real("w_V", 5);
    sink.open_window(0);
    for (std::uint64_t t = 1; t < 1000; ++t) {
        sink.real(t * 1000, v, static_cast<double>(t));
        if (t == 500) sink.real(t * 1000, w, 6);
        if (t % 100 == 0) fst->settle();
    }
    sink.finish();
    CHECK(told(folder / "w.vcd").text == told(folder / "w.fst").text);
}

TEST_CASE("An FST keeps to its limit although it holds values back", "[fst]") {
    const TemporaryFolder folder;
    WaveRecorder sink(one(std::make_unique<FstWriter>(folder / "w.fst", header())), {.limit_bytes = 200'000});
    std::vector<SignalId> nodes;
    for (int i = 0; i < 16; ++i) nodes.push_back(sink.declare_real(fmt::format("h/{}/v_V", i), 0));
    sink.open_window(0);
    for (std::uint64_t t = 1; t < 20'000; ++t)
        for (std::size_t i = 0; i < nodes.size(); ++i)
            sink.real(t * 1000, nodes[i], std::sin(0.37 * static_cast<double>(t * (i + 1))));
    sink.close_window(20'000'000);
    sink.finish();
    REQUIRE(sink.stopped_fs());
    CHECK(*sink.stopped_fs() < 10'000'000);
    CHECK(std::filesystem::file_size(folder / "w.fst") < 260'000);
    CHECK(std::filesystem::file_size(folder / "w.fst") > 100'000);
    const auto read = told(folder / "w.fst");
    CHECK(read.file.version.find("reached its limit of 200000 bytes") != std::string::npos);
    CHECK(read.text.ends_with(fmt::format("end {}\n", *sink.stopped_fs())));
}

TEST_CASE("An FST that cannot be created or filled is an error that names it", "[fst]") {
    const TemporaryFolder folder;
    CHECK_THROWS_WITH(FstWriter(folder / "missing" / "w.fst", header()),
                      Catch::Contains("missing/w.fst") && Catch::Contains("No such file"));
    WaveHeader odd = header();
    odd.timescale_fs = 25;
    CHECK_THROWS_WITH(FstWriter(folder / "w.fst", odd), Catch::Contains("25 fs"));
}

TEST_CASE("Files that are no waveforms are refused with their name and, of a VCD, the line", "[reader]") {
    const TemporaryFolder folder;
    const auto refused = [&](const std::string& text) {
        std::ofstream(folder / "w.vcd") << text;
        Teller teller;
        try {
            read_waves(folder / "w.vcd", teller);
        } catch (const UserError& error) {
            return std::string(error.what()).substr(folder.path().string().size() + 1);
        }
        return std::string("accepted");
    };
    const std::string head = "$timescale 1 ns $end\n$var real 64 ! v_V $end\n$enddefinitions $end\n";
    CHECK(refused(head + "#1\nr0.5 !\n") == "accepted");
    CHECK(refused("hello") == "w.vcd: neither a VCD nor an FST file");
    CHECK(refused("") == "w.vcd: neither a VCD nor an FST file");
    CHECK(refused(std::string("\0broken", 7)).starts_with("w.vcd: no complete FST file"));
    CHECK(refused("$timescale 1 ns") == "w.vcd: the VCD ends in the middle");
    CHECK(refused(head + "#1\nr0.5 ?\n") == "w.vcd:5: '?' is no valid VCD here");
    CHECK(refused(head + "#5\n#4\n") == "w.vcd:5: '#4' is no valid VCD here");
    CHECK(refused(head + "#1\nrx !\n") == "w.vcd:5: 'x' is no valid VCD here");
    Teller teller;
    CHECK_THROWS_WITH(read_waves(folder / "none.vcd", teller), Catch::Contains("there is no such file"));
}

} // namespace isinglass
