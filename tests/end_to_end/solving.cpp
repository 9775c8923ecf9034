// `isinglass solve` as a user runs it.
#include "sim/solve/solve.hpp"
#include "sim/solve/solver_kind.hpp"
#include "tests/end_to_end/program.hpp"
#include "tests/sim/array_files.hpp"
#include "tests/traces/temporary_folder.hpp"

#include <catch2/catch.hpp>
#include <fmt/core.h>

#include <csignal>
#include <fstream>

using namespace isinglass;
using namespace isinglass::test;

namespace {

void write(const std::filesystem::path& file, const std::string& text) {
    std::ofstream(file) << text;
}

// A ring of 8 vertices and its four diagonals, all of weight 1: no cut has all edges.
std::string small_graph() {
    std::string text = "8 12\n";
    for (int i = 1; i <= 8; ++i) text += fmt::format("{} {} 1\n", i, i % 8 + 1);
    for (int i = 1; i <= 4; ++i) text += fmt::format("{} {} 1\n", i, i + 4);
    return text;
}

// By trying all 256 states.
double best_small_cut() {
    const auto problem = parse_graph(small_graph(), "small");
    double best = 0.0;
    std::vector<std::int8_t> s(8);
    for (unsigned code = 0; code < 256; ++code) {
        for (unsigned i = 0; i < 8; ++i) s[i] = ((code >> i) & 1U) != 0 ? std::int8_t{1} : std::int8_t{-1};
        best = std::max(best, problem.cut(s));
    }
    return best;
}

// A number of the JSON that the program prints.
double number(const std::string& json, const std::string& name) {
    const auto at = json.find("\"" + name + "\": ");
    REQUIRE(at != std::string::npos);
    return std::stod(json.substr(at + name.size() + 4));
}

// The JSON up to what differs from run to run.
std::string without_wall(const std::string& json) {
    return json.substr(0, json.find("\"wall\""));
}

} // namespace

TEST_CASE("Every solver's machine solves a small graph, and says the cut of the state that it prints") {
    const TemporaryFolder folder;
    write(folder / "g.txt", small_graph());
    const auto problem = parse_graph(small_graph(), "g");
    for (const std::string solver : {"p-bits", "ballistic", "discrete", "coherent", "oscillators"}) {
        CAPTURE(solver);
        const auto run = run_program("solve g.txt --shots 32 --steps 200 --json --state s-" + solver +
                                         ".txt --solver " + solver,
                                     folder.path());
        CAPTURE(run.err);
        REQUIRE(run.exit_code == 0);
        CHECK(number(run.out, "best_cut") == best_small_cut());
        std::ifstream file(folder / ("s-" + solver + ".txt"));
        std::vector<std::int8_t> state;
        for (int s = 0; file >> s;) state.push_back(static_cast<std::int8_t>(s));
        REQUIRE(state.size() == 8);
        CHECK(problem.cut(state) == number(run.out, "best_cut"));
        CHECK(number(run.out, "simulated_time_s") > 0.0);
        CHECK(number(run.out, "energy_j") > 0.0);
    }
}

TEST_CASE("A solution is bit-identical for any number of lanes and threads") {
    const TemporaryFolder folder;
    write(folder / "g.txt", small_graph());
    const std::string command = "solve g.txt --shots 70 --steps 20 --json";
    const auto once = run_program(command + " --set run.lanes=1 --set run.threads=1", folder.path());
    const auto again = run_program(command + " --set run.lanes=50 --set run.threads=2", folder.path());
    REQUIRE(once.exit_code == 0);
    CHECK(without_wall(once.out) == without_wall(again.out));
    const auto other = run_program(command + " --seed 2", folder.path());
    CHECK(without_wall(once.out) != without_wall(other.out));
}

TEST_CASE("Solving stops at a target, and one that is not met has an exit code of its own") {
    const TemporaryFolder folder;
    write(folder / "g.txt", small_graph());
    const auto met = run_program(
        fmt::format("solve g.txt --target {} --timeout 60 --steps 100", best_small_cut()), folder.path());
    CHECK(met.exit_code == 0);
    CHECK(met.out.find("target reached after 64 shots") != std::string::npos);
    const auto missed = run_program("solve g.txt --target 13 --shots 64 --steps 10", folder.path());
    CHECK(missed.exit_code == 4);
    CHECK(missed.out.find("no bound") != std::string::npos); // the time to a cut that no shot has
}

TEST_CASE("Couplings from NPY and HDF5 files are solved like the same graph as text") {
    const TemporaryFolder folder;
    write(folder / "g.txt", small_graph());
    const auto problem = parse_graph(small_graph(), "g");
    StoredArray j{.name = "J", .shape = {8, 8}, .values = std::vector<float>(64)};
    for (const auto& c : problem.couplings)
        j.values[c.i * 8 + c.j] = j.values[c.j * 8 + c.i] = static_cast<float>(c.value);
    write_npy_folder(folder / "npy", {j});
    StoredArray h{.name = "h", .shape = {8}, .values = std::vector<float>(8, 0.0F)};
    h.values[3] = 0.5F;
    write_hdf5(folder / "j.h5", {j, h});
    const std::string options = " --shots 64 --steps 200 --json";
    CHECK(number(run_program("solve npy/J.npy" + options, folder.path()).out, "best_cut") ==
          best_small_cut());
    const auto with_field = run_program("solve j.h5" + options, folder.path()).out;
    CHECK(number(with_field, "best_cut") == best_small_cut());
    // 12 couplings of −1, as many cut as can be, and the field of 0.5 satisfied
    CHECK(number(with_field, "best_energy") == 12.0 - 2.0 * best_small_cut() - 0.5);
    j.values[1] = 7.0F;
    write_npy_folder(folder / "bad", {j});
    const auto bad = run_program("solve bad/J.npy", folder.path());
    CHECK(bad.exit_code == 2);
    CHECK(bad.err.find("symmetric") != std::string::npos);
}

TEST_CASE("A graph that the machine cannot hold is refused with its sizes, and the ideal one takes it") {
    const TemporaryFolder folder;
    write(folder / "g.txt", small_graph());
    const auto refused =
        run_program("solve g.txt --set machine.tiles.columns=4 --set machine.tiles.count=1", folder.path());
    CHECK(refused.exit_code == 2);
    CHECK(refused.err.find("does not fit the machine: spins-spins") != std::string::npos);
    CHECK(refused.err.find("--ideal") != std::string::npos);
    CHECK(run_program("solve g.txt --ideal --shots 1 --steps 10", folder.path()).exit_code == 0);
}

TEST_CASE("What is wrong with a graph or an option is one line") {
    const TemporaryFolder folder;
    write(folder / "g.txt", "2 2\n1 2 1\n");
    for (const std::string arguments :
         {"solve g.txt", "solve none.txt", "solve g.txt --shots 0", "solve g.txt --steps many",
          "solve g.txt --timeout -1", "solve g.txt --solver annealer",
          "solve g.txt --machine no-such-machine"}) {
        CAPTURE(arguments);
        const auto run = run_program(arguments, folder.path());
        CHECK((run.exit_code == 2 || run.exit_code == 3));
        CHECK(run.out.empty());
        CHECK(lines_of(run.err) == 1);
    }
}

TEST_CASE("Ctrl-C ends with the best that was found so far") {
    const auto problem = parse_graph(small_graph(), "g");
    const auto experiment = solver_experiment(problem, {});
    IsingMachine machine(experiment, problem);
    std::size_t batches = 0;
    const auto result =
        solve(machine, problem, {.timeout_s = 3600.0, .steps = 100}, [&](const SolveResult& so_far) {
            CHECK(so_far.cuts.size() == ++batches * batch_shots);
            if (batches == 2) std::raise(SIGINT);
        });
    CHECK(result.stopped_because == "interrupted");
    CHECK(result.cuts.size() == 2 * batch_shots);
    CHECK(problem.cut(result.state) == best_small_cut());
}
