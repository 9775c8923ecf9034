// Sweeps as processes: killed and run again.
#include "sim/run/files.hpp"
#include "tests/end_to_end/program.hpp"
#include "tests/traces/temporary_folder.hpp"

#include <catch2/catch.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <thread>

using namespace isinglass;
using namespace isinglass::test;

namespace fs = std::filesystem;

namespace {

constexpr const char* sweep_file = R"(
name = "bits"
experiment = "glyphs"
set = "data.train=576; data.test=256; data.validation=64; training.epochs=12; network.layer.hidden.size=32; machine.array.dynamics=dissipative-fast"
knee = true
[[axis]]
key = "machine.adc.bits"
values = "4, 6"
)";

// Starts `sweep` in a process group of its own and kills all of it, as a power cut would, once `file` is
// there.
void start_and_kill(const fs::path& folder, const fs::path& file) {
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        setpgid(0, 0);
        if (chdir(folder.c_str()) != 0 || freopen("killed.txt", "w", stdout) == nullptr) _exit(99);
        execl(ISINGLASS_PROGRAM, ISINGLASS_PROGRAM, "sweep", "bits.toml", "--out", "killed", nullptr);
        _exit(99);
    }
    setpgid(child, child); // whoever of the two is first
    int status = 0;
    while (!fs::exists(file) && waitpid(child, &status, WNOHANG) == 0) std::this_thread::yield();
    kill(-child, SIGKILL);
    waitpid(child, &status, 0);
}

} // namespace

TEST_CASE("a sweep that is killed goes on where it was, to the same results") {
    const TemporaryFolder folder;
    std::ofstream(folder.path() / "bits.toml") << sweep_file;
    const auto whole = run_program("sweep bits.toml --out whole", folder.path());
    INFO(whole.err);
    REQUIRE(whole.exit_code == 0);

    const auto second = folder.path() / "killed" / "6" / "seed-1";
    start_and_kill(folder.path(), second / "checkpoints" / "last.h5");
    const auto first = folder.path() / "killed" / "4" / "seed-1" / "summary.json";
    REQUIRE(fs::exists(first));
    const auto written = fs::last_write_time(first);

    const auto again = run_program("sweep bits.toml --out killed", folder.path());
    INFO(again.err);
    REQUIRE(again.exit_code == 0);
    CHECK(fs::last_write_time(first) == written); // what was done is kept
    CHECK(read_file(folder.path() / "killed" / "table.txt") ==
          read_file(folder.path() / "whole" / "table.txt"));
    for (const auto* point : {"4", "6"})
        CHECK(comparable_summary(folder.path() / "killed" / point / "seed-1") ==
              comparable_summary(folder.path() / "whole" / point / "seed-1"));
    const auto svg = read_file(folder.path() / "killed" / "error.svg");
    CHECK(svg.find("knee at") != std::string::npos);
    CHECK(read_file(folder.path() / "killed" / "error.csv").starts_with("machine.adc.bits,mean\n4,"));
}

TEST_CASE("a sweep solves graphs with every setting and compares their cuts") {
    const TemporaryFolder folder;
    std::ofstream graph(folder.path() / "ring.txt"); // an even ring: the best cut has all 10 edges
    graph << "10 10\n";
    for (int i = 0; i < 10; ++i) graph << i + 1 << ' ' << (i + 1) % 10 + 1 << " 1\n";
    graph.close();
    std::ofstream(folder.path() / "rings.toml")
        << "name = \"rings\"\n[solve]\ngraphs = \"ring.txt\"\nshots = 8\nsteps = 100\n[[axis]]\n"
           "key = \"machine.couplings.bits\"\nvalues = \"4, 8\"\n";
    const auto outcome = run_program("sweep rings.toml --data . --out found", folder.path());
    INFO(outcome.err);
    REQUIRE(outcome.exit_code == 0);
    CHECK(outcome.out.find("best cut 10") != std::string::npos);
    const auto csv = read_file(folder.path() / "found" / "points.csv");
    CHECK(csv.starts_with("graph,machine.couplings.bits,runs"));
    CHECK(lines_of(csv) == 3);
    const auto wrong =
        run_program("sweep rings.toml --data . --out other --set solve.graphs=none.txt", folder.path());
    CHECK(wrong.exit_code == 2);
    CHECK(wrong.err.find("none.txt") != std::string::npos);
}
