// Convolutions with pools, a trained read-out and predictive networks, through the whole program.
#include "sim/run/checkpoint.hpp"
#include "tests/end_to_end/program.hpp"
#include "tests/traces/temporary_folder.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

namespace {

// 150 + 40 + 40 glyphs in batches of 25, so that the last job of an epoch is no full block of lanes.
std::string small(const std::string& network) {
    return "glyphs --set data.train=190 --set data.test=40 --set data.validation=40 --set training.epochs=2 "
           "--set training.batch=25 --set training.augment.crop=1 --set training.augment.flip=true "
           "--set training.optimiser.momentum=0.9 --set training.rate=0.02 " +
           network;
}

// 16×16 inputs → 4 channels of 8×8 through padded windows and pools → 3 channels of 3×3 at a stride of 2.
std::string layers(const std::string& output) {
    return "--set 'network.layer=[{name=\"input\",shape=[16,16]},{name=\"first\",shape=[4,8,8]},"
           "{name=\"second\",shape=[3,3,3]}" +
           output + "]' ";
}
std::string convolutions(const std::string& output) {
    return "--set 'network.coupling=[{from=\"input\",to=\"first\",kind=\"convolution\",padding=1,pool=2},"
           "{from=\"first\",to=\"second\",kind=\"convolution\",stride=2}" +
           output + "]' ";
}
const std::string dense_output = ",{from=\"second\",to=\"output\"}";

// Converters, noise and codes of the default machine; with unrolled cells that differ.
const std::string hopfield =
    small(layers(",{name=\"output\",size=10}") + convolutions(dense_output) +
          "--set machine.array.dynamics=dissipative-fast --set training.free='5 RC' "
          "--set training.nudged='2 RC' --set machine.couplings.mismatch=0.01 --set data.train=70 "
          "--set data.validation=20 --set data.test=20 --set training.batch=10 ");
const std::string sweeps =
    small(layers("") + convolutions("") +
          "--set machine=ideal --set machine.array.dynamics=dissipative-sweeps --set training.free='6 steps' "
          "--set training.nudged='3 steps' --set training.nudge=frozen --set training.cost.kind=readout ");
const std::string conjugate = small(layers(",{name=\"output\",size=10}") + convolutions(dense_output) +
                                    "--set machine.array.dynamics=conjugate-fast --set training.free='5 RC' "
                                    "--set training.nudged='2 RC' ");
const std::string predictive =
    small("--set network.model=predictive " + layers(",{name=\"output\",size=10,activation=\"linear\"}") +
          convolutions(dense_output) +
          "--set machine.array.dynamics=idealised-passes --set training.free='1 steps' "
          "--set training.nudged='4 steps' --set training.beta=0.1 --set training.estimator=random-sign ");
const std::string digital =
    small("--set network.model=predictive " + layers(",{name=\"output\",size=10,activation=\"linear\"}") +
          convolutions(dense_output) +
          "--set machine=digital-28nm --set training.free='1 steps' --set training.nudged='4 steps' "
          "--set training.beta=0.1 ");

struct Left {
    RunSummary summary;
    std::vector<float> numbers, responses; // couplings, then a read-out's weights
    bool operator==(const Left&) const = default;
};

Left left_by(const TemporaryFolder& folder, const std::string& name) {
    const auto checkpoint = read_checkpoint(folder / (name + "/checkpoints/last.h5"));
    return {comparable_summary(folder / name), checkpoint.training.theta, checkpoint.responses};
}

Left train(const TemporaryFolder& folder, const std::string& name, const std::string& arguments) {
    const auto outcome = run_program("train " + arguments + " --out " + name, folder.path());
    INFO(outcome.err);
    REQUIRE(outcome.exit_code == 0);
    return left_by(folder, name);
}

void check_same_bits(const std::string& experiment) {
    const TemporaryFolder folder;
    const auto whole = train(folder, "a", experiment + "--set run.threads=1 --set run.lanes=256");
    CHECK(whole.summary.test_accuracy.has_value());
    CHECK(train(folder, "b", experiment + "--set run.threads=2 --set run.lanes=20") == whole);
    CHECK(train(folder, "c",
                experiment + "--set run.threads=2 --set run.lanes=1 --set trace.capture=samples "
                             "--set trace.epochs=2 --set trace.samples=17") == whole);
    CHECK(std::filesystem::exists(folder / "c/waves/epoch-0002-train-17.vcd"));
    // Within the first epoch, and within the second one by other threads and lanes.
    REQUIRE(run_program("train " + experiment + "--out d --stop-after 2", folder.path()).exit_code == 130);
    REQUIRE(
        run_program("train d --resume --stop-after 6 --set run.threads=1 --set run.lanes=20", folder.path())
            .exit_code == 130);
    REQUIRE(run_program("train d --resume", folder.path()).exit_code == 0);
    CHECK(left_by(folder, "d") == whole);
}

} // namespace

// Each for any lanes and threads, interrupted and resumed, and traced.

TEST_CASE("convolutions of cells that differ come to the same bits however they are run") {
    check_same_bits(hopfield);
}

TEST_CASE("convolutions in sweeps with a trained read-out come to the same bits however they are run") {
    check_same_bits(sweeps);
}

TEST_CASE("convolutions with conjugate variables come to the same bits however they are run") {
    check_same_bits(conjugate);
}

TEST_CASE("a predictive network comes to the same bits however it is run") {
    check_same_bits(predictive);
}

TEST_CASE("a predictive network in words comes to the same bits however it is run") {
    check_same_bits(digital);
}

TEST_CASE("a run that needs more memory than there is is refused before it makes a folder") {
    const TemporaryFolder folder;
    const auto refused = run_program(
        "train " + sweeps +
            "--set training.initial_states=1000 --set training.batch=150 --set machine.tiles.count=30000 "
            "--set 'network.layer.first.shape=[100000,8,8]' --out big",
        folder.path());
    CHECK(refused.exit_code == 2);
    CHECK(refused.err.find("of memory and") != std::string::npos);
    CHECK(lines_of(refused.err) == 1);
    CHECK(!std::filesystem::exists(folder / "big"));
}
