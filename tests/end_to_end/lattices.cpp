// Networks of few couplings, through the whole program: windows on the glyphs, a lattice within the hidden
// layer.
#include "sim/run/checkpoint.hpp"
#include "sim/run/experiment.hpp"
#include "sim/run/files.hpp"
#include "tests/end_to_end/program.hpp"
#include "tests/sim/array_files.hpp"
#include "tests/traces/temporary_folder.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

namespace {

// 16×16 glyphs, windows of 5×5 on a 12×12 king's lattice with periodic edges, dense to the outputs: 4756
// couplings within 5220 numbers.
std::string lattice(const std::string& window = "") {
    return "--set machine.array.dynamics=dissipative-fast --set training.free='20 RC' "
           "--set 'network.layer=[{name=\"input\",shape=[16,16]},{name=\"hidden\",shape=[12,12]},"
           "{name=\"output\",size=10}]' "
           "--set 'network.coupling=[{from=\"input\",to=\"hidden\",kind=\"local\",window=[5,5]" +
           window +
           "},{from=\"hidden\",to=\"hidden\",kind=\"king\",periodic=true,rate=0.05},"
           "{from=\"hidden\",to=\"output\"}]' ";
}

const std::string small = "glyphs --set data.train=576 --set data.test=256 --set data.validation=64 "
                          "--set training.epochs=2 ";

RunSummary train(const TemporaryFolder& folder, const std::string& name, const std::string& arguments) {
    const auto outcome = run_program("train " + arguments + " --out " + name, folder.path());
    INFO(outcome.err);
    REQUIRE(outcome.exit_code == 0);
    return comparable_summary(folder.path() / name);
}

std::vector<float> couplings(const TemporaryFolder& folder, const std::string& name) {
    return read_checkpoint(folder.path() / name / "checkpoints" / "last.h5").training.theta;
}

// The map of an epoch, a float a node.
std::vector<float> responses(const TemporaryFolder& folder, const std::string& name) {
    return read_checkpoint(folder.path() / name / "checkpoints" / "epoch-0001.h5").responses;
}

} // namespace

TEST_CASE("windows and a king's lattice learn glyphs to over 85 percent") {
    const TemporaryFolder folder;
    const auto summary = train(folder, "run", "glyphs --set training.epochs=4 " + lattice());
    CHECK(summary.test_accuracy.value() > 0.85);
    CHECK(summary.ideal_test_accuracy.value() > 0.85);
}

TEST_CASE("a lattice's run comes to the same bits for any lanes, threads, and after a resume") {
    const TemporaryFolder folder;
    const auto reference = train(folder, "a", small + lattice() + "--set run.threads=1 --set run.lanes=256");
    CHECK(train(folder, "b", small + lattice() + "--set run.threads=2 --set run.lanes=20") == reference);
    CHECK(train(folder, "c", small + lattice() + "--set run.threads=2 --set run.lanes=1") == reference);
    REQUIRE(run_program("train " + small + lattice() + "--out d --stop-after 7", folder.path()).exit_code ==
            130);
    REQUIRE(run_program("train d --resume", folder.path()).exit_code == 0);
    CHECK(comparable_summary(folder.path() / "d") == reference);
    for (const char* name : {"b", "c", "d"}) {
        CHECK(couplings(folder, name) == couplings(folder, "a"));
        CHECK(read_file(folder.path() / name / "responses.csv") == read_file(folder / "a/responses.csv"));
        CHECK(responses(folder, name) == responses(folder, "a"));
    }
    CHECK(responses(folder, "a").size() == 154);
    const auto map = responses(folder, "a");
    CHECK(*std::ranges::max_element(map) > 0.0F);
}

TEST_CASE("writing all couplings of a lattice or only changed ones trains the same, one with fewer writes") {
    const TemporaryFolder folder;
    const auto changed = train(folder, "changed", small + lattice() + "--set training.write=changed");
    const auto all = train(folder, "all", small + lattice() + "--set training.write=all");
    CHECK(couplings(folder, "changed") == couplings(folder, "all"));
    CHECK(changed.test_accuracy == all.test_accuracy);
    CHECK(changed.energy_by_phase_j[0] < all.energy_by_phase_j[0]); // of programming
}

TEST_CASE("copies of a shared window stay equal in training, however codes are rounded") {
    const std::string rounding = GENERATE(as<std::string>{}, "", "--set training.rounding=stochastic ",
                                          "--set training.master=false --set training.rounding=stochastic ",
                                          "--set training.optimiser.kind=adam --set training.rate=0.003 ");
    const TemporaryFolder folder;
    train(folder, "run", small + lattice(",shared=true") + rounding);
    const auto network = load_experiment((folder / "run/config.toml").string(), {}).network.build();
    auto theta = couplings(folder, "run");
    const auto trained = theta;
    tie_shared(*network, theta, Tie::first);
    CHECK(theta == trained);
    const auto at_start = initial_couplings(*network, *make_energy_model("hopfield"), 1.0, 1);
    CHECK(!std::equal(theta.begin(), theta.begin() + 3600, at_start.begin())); // the windows did learn
}

TEST_CASE("couplings of a lattice are imported as one array each") {
    const TemporaryFolder folder;
    train(folder, "run", small + lattice());
    const auto network = load_experiment((folder / "run/config.toml").string(), {}).network.build();
    auto arrays = arrays_of(*network, couplings(folder, "run"));
    write_npy_folder(folder / "npy", arrays);
    write_hdf5(folder / "c.h5", arrays);
    const auto scored = [&](const std::string& arguments) {
        const auto outcome = run_program("eval " + arguments + " --json", folder.path());
        INFO(outcome.err);
        CHECK(outcome.exit_code == 0);
        return outcome.out.substr(
            0, std::min(outcome.out.find(", \"couplings_saturated\""), outcome.out.find('}')));
    };
    const auto trained = scored("run");
    CHECK(scored("run --couplings npy") == trained);
    CHECK(scored("run --couplings c.h5") == trained);
    CHECK(scored(small + lattice() + "--couplings run/checkpoints/last.h5") == trained);
    arrays[0].shape = {25, 144};
    write_npy_folder(folder / "npy", arrays);
    const auto refused = run_program("eval run --couplings npy", folder.path());
    CHECK(refused.exit_code == 2);
    CHECK(refused.err.find("[25 x 144]; valid is [3600]") != std::string::npos);
}

TEST_CASE("a file of couplings trains, and a wrong one is refused with its line") {
    const TemporaryFolder folder;
    std::string edges; // node j has every sixteenth input
    for (int j = 0; j < 64; ++j)
        for (int k = 0; k < 16; ++k) edges += fmt::format("{} {}\n", (j + 16 * k) % 256, j);
    write_atomically(folder / "edges.txt", edges);
    const std::string network = "--set network.layer.hidden.size=64 "
                                "--set 'network.coupling=[{from=\"input\",to=\"hidden\",kind=\"sparse\","
                                "file=\"edges.txt\"},{from=\"hidden\",to=\"output\"}]' ";
    train(folder, "run", small + network + "--set machine.array.dynamics=dissipative-fast");
    CHECK(couplings(folder, "run").size() == 1024 + 64 + 640 + 10);
    write_atomically(folder / "edges.txt", edges + "3 64\n");
    const auto refused = run_program("train " + small + network + "--out other", folder.path());
    CHECK(refused.exit_code == 2);
    CHECK(refused.err.find("edges.txt:1025") != std::string::npos);
    CHECK(lines_of(refused.err) == 1);
}
