// Results, counts and energies are the same bits for any lanes and threads, after resume, and traced or not.
#include "sim/run/checkpoint.hpp"
#include "tests/end_to_end/program.hpp"
#include "tests/traces/temporary_folder.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

namespace {

// Trains into `name` and returns the summary; every run here must succeed.
RunSummary train(const TemporaryFolder& folder, const std::string& name, const std::string& settings) {
    const auto outcome = run_program("train " + small_run() + settings + " --out " + name, folder.path());
    INFO(outcome.err);
    REQUIRE(outcome.exit_code == 0);
    return comparable_summary(folder.path() / name);
}

std::vector<float> couplings(const TemporaryFolder& folder, const std::string& name) {
    return read_checkpoint(folder.path() / name / "checkpoints" / "last.h5").training.theta;
}

void check_same(const TemporaryFolder& folder, const std::string& a, const std::string& b) {
    CHECK(comparable_summary(folder.path() / a) == comparable_summary(folder.path() / b));
    CHECK(couplings(folder, a) == couplings(folder, b));
}

} // namespace

TEST_CASE("a run comes to the same bits with 1, 20 and 256 lanes") {
    const TemporaryFolder folder;
    train(folder, "a", "--set run.lanes=256");
    train(folder, "b", "--set run.lanes=20");
    train(folder, "c", "--set run.lanes=1");
    check_same(folder, "a", "b");
    check_same(folder, "a", "c");
}

TEST_CASE("a run comes to the same bits with 1 and 2 threads") {
    const TemporaryFolder folder;
    const std::string settings = GENERATE(
        as<std::string>{}, "", "--set machine.couplings.preset=rram-pulsed --set training.write=pulses ");
    train(folder, "a", settings + "--set run.threads=1");
    train(folder, "b", settings + "--set run.threads=2");
    check_same(folder, "a", "b");
}

TEST_CASE("another seed is another run") {
    const TemporaryFolder folder;
    train(folder, "a", "");
    train(folder, "b", "--set run.seed=2");
    CHECK(couplings(folder, "a") != couplings(folder, "b"));
}

TEST_CASE("a traced run comes to the same bits as one that is not") {
    const TemporaryFolder folder;
    train(folder, "a", "");
    train(folder, "b", "--set trace.capture=samples --set trace.epochs=2 --set trace.samples=17");
    check_same(folder, "a", "b");
    CHECK(std::filesystem::exists(folder.path() / "b" / "waves" / "epoch-0002-train-17.vcd"));
    CHECK(std::filesystem::exists(folder.path() / "b" / "waves" / "epoch-0002-train-17.gtkw"));
}

TEST_CASE("an interrupted and resumed run comes to the same bits") {
    const std::string settings =
        GENERATE(as<std::string>{}, "",
                 "--set training.optimiser.kind=adam --set training.rate=0.003 "
                 "--set training.rounding=stochastic",
                 "--set training.master=false --set training.rounding=stochastic "
                 "--set data.validation=0 --set data.train=512 --set training.estimator=random-sign",
                 "--set machine.array.dynamics=conjugate-fast --set training.write=all",
                 "--set machine.couplings.preset=rram-pulsed --set training.write=pulses",
                 "--set machine=epc1-28nm-drawn --set training.calibrate.when=every-epoch "
                 "--set training.readout=differences");
    // Before the first batch, within an epoch, at its end, and in the second epoch.
    const int batches = GENERATE(0, 5, 16, 23);
    const TemporaryFolder folder;
    train(folder, "whole", settings);
    const auto part =
        run_program("train " + small_run() + settings + " --out part --stop-after " + std::to_string(batches),
                    folder.path());
    REQUIRE(part.exit_code == 130);
    REQUIRE(part.out.find("interrupted") != std::string::npos);
    const auto rest = run_program("train part --resume", folder.path());
    INFO(rest.err);
    REQUIRE(rest.exit_code == 0);
    check_same(folder, "whole", "part");
}

TEST_CASE("running the expanded configuration again gives the same bits") {
    const TemporaryFolder folder;
    train(folder, "a", "--set machine.adc.bits=5");
    const auto again = run_program("train a/config.toml --out b", folder.path());
    INFO(again.err);
    REQUIRE(again.exit_code == 0);
    check_same(folder, "a", "b");
}
