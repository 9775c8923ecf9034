// The whole program learns: accuracy floors that a broken machine does not reach.
#include "tests/end_to_end/program.hpp"
#include "tests/traces/temporary_folder.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

namespace {

RunSummary train(const std::string& arguments) {
    const TemporaryFolder folder;
    const auto outcome = run_program("train " + arguments + " --out run", folder.path());
    INFO(outcome.err);
    REQUIRE(outcome.exit_code == 0);
    return comparable_summary(folder.path() / "run");
}

const std::string fast = " --set machine.array.dynamics=dissipative-fast";

} // namespace

TEST_CASE("the default machine learns glyphs to over 97 percent") {
    const auto summary = train("glyphs" + fast);
    CHECK(summary.test_accuracy.value() > 0.97);
    CHECK(summary.ideal_test_accuracy.value() > 0.97);
}

TEST_CASE("each estimator and nudge and read-out learns glyphs") {
    const std::string variant = GENERATE(
        as<std::string>{}, "--set training.estimator=one-sided --set training.beta=0.3",
        "--set training.estimator=random-sign --set training.beta=0.3", "--set training.readout=differences",
        "--set training.nudge=frozen", "--set network.layer.output.activation=linear",
        "--set training.nudge=frozen --set training.cost.kind=cross_entropy --set training.cost.gain=4",
        "--set machine.array.sample_and_hold=false", "--set machine.array.dynamics=conjugate-fast");
    INFO(variant);
    CHECK(train("glyphs" + fast + " --set training.epochs=3 --set data.train=4000 --set data.validation=0 " +
                variant)
              .test_accuracy.value() > 0.8); // a few hundred updates; chance is 0.1
}

TEST_CASE("binary spins with four outputs a class learn glyphs") {
    const auto summary = train(
        "glyphs --set machine=pbit-28nm --set network.model=binary --set data.train=4000 "
        "--set data.validation=0 --set training.epochs=3 --set training.batch=10 --set training.beta=5 "
        "--set training.rate=0.1 --set training.initial_states=3 --set training.estimator=one-sided "
        "--set training.cost.replicas=4 --set training.cost.low=-1 --set training.free='300 RC' "
        "--set training.nudged='150 RC' --set 'network.layer=[{name=\"input\",size=256},"
        "{name=\"hidden\",size=64,activation=\"sign\"},{name=\"output\",size=40,activation=\"sign\"}]'");
    CHECK(summary.test_accuracy.value() > 0.6); // 1200 updates; chance is 0.1
}

// Whose ideal twin is built of another circuit than the preset's.
TEST_CASE("binary spins and phases on the digital array learn glyphs, and are scored on their ideal twin") {
    const std::string model = GENERATE(
        as<std::string>{},
        "--set network.model=binary --set training.epochs=2 --set training.batch=10 --set training.beta=5 "
        "--set training.initial_states=3 --set training.cost.replicas=4 --set training.cost.low=-1 "
        "--set training.free='30 steps' --set training.nudged='15 steps' "
        "--set 'network.layer=[{name=\"input\",size=256},{name=\"hidden\",size=64,activation=\"sign\"},"
        "{name=\"output\",size=40,activation=\"sign\"}]'",
        "--set network.model=xy --set training.epochs=4 --set training.cost.kind=log_cosine "
        "--set machine.array.step_shift=3 --set training.free='60 steps' --set training.nudged='30 steps' "
        "--set network.layer.hidden.size=64");
    INFO(model);
    const auto summary = train("glyphs --set machine=digital-28nm --set data.train=1500 --set data.test=300 "
                               "--set data.validation=0 --set training.estimator=one-sided "
                               "--set training.rate=0.1 " +
                               model);
    CHECK(summary.test_accuracy.value() > 0.3); // a few hundred updates; chance is 0.1
    CHECK(summary.ideal_test_accuracy.value() > 0.3);
}

TEST_CASE("a deep stack learns glyphs") {
    const TemporaryFolder folder;
    const auto summary = train("glyphs" + fast +
                               " --set training.epochs=4 --set training.rate=0.2 --set training.free='30 RC' "
                               "--set 'network.layer=[{name=\"input\",size=256},{name=\"one\",size=128},"
                               "{name=\"two\",size=64},{name=\"output\",size=10}]'");
    CHECK(summary.test_accuracy.value() > 0.85);
}

TEST_CASE("phases that end when settled are shorter and learn as well") {
    const std::string rest = " --set training.epochs=3 --set data.train=4000 --set data.validation=0 ";
    const auto fixed = train("glyphs" + rest);
    const auto settled =
        train("glyphs" + rest + "--set machine.settle.kind=comparators --set training.until_settled=true");
    CHECK(settled.test_accuracy.value() > fixed.test_accuracy.value() - 0.02);
    CHECK(settled.time_by_phase_s[2] < fixed.time_by_phase_s[2]); // free phases
}

TEST_CASE("one epoch of MNIST on the default machine reaches 94 percent") {
    const auto data = data_folder("mnist");
    if (data.empty()) return;
    const auto summary = train("mnist --data " + data.string() + fast + " --set training.epochs=1");
    CHECK(summary.test_accuracy.value() > 0.94);
}
