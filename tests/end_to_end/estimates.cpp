// The estimate's closed forms against the simulation: two descriptions of one machine, in files that do not
// know each other.
#include "sim/estimate/measured.hpp"
#include "sim/run/files.hpp"
#include "tests/end_to_end/program.hpp"
#include "tests/traces/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

using namespace isinglass;
using namespace isinglass::test;

namespace {

// What follows couplings as they are learnt, which an estimate does not know.
constexpr std::array<std::string_view, 3> of_couplings{"coupling.bias", "oscillator.coupling",
                                                       "crossbar.conduction"};

struct Small {
    std::string arguments; // of the command line, quoted for the shell
    SampleCounts samples;
};

// Data of that shape.
std::string noise(const std::string& shape) {
    return "--set data.kind=noise --set 'data.shape=" + shape + "' ";
}

// A training of seconds, with batches that are full and one that is not where the data allow.
Small small(const std::string& preset) {
    const auto starts = [&](const char* name) { return preset.starts_with(name); };
    const std::string all = "--set training.write=all --set training.epochs=2 ";
    if (starts("mnist100"))
        return {all + "--set data.train_per_class=2 --set data.test_per_class=1", {20, 0}};
    if (starts("mnist-conv-")) // words of convolutions take their time
        return {all + "--set data.train_per_class=2 --set data.test_per_class=1 --set data.validation=6",
                {14, 6}};
    if (starts("mnist") || starts("fashion"))
        return {all + "--set data.train_per_class=10 --set data.test_per_class=1 --set data.validation=30",
                {70, 30}};
    if (starts("glyphs"))
        return {all + "--set data.train=150 --set data.test=10 --set data.validation=50", {100, 50}};
    if (starts("digits")) return {all + "--set data.train=11 --set data.test=1", {110, 0}};
    if (starts("cifar-conv-vgg"))
        return {all + noise("[3, 32, 32]") +
                    "--set data.train=6 --set data.test=1 --set data.validation=2 "
                    "--set training.batch=3",
                {4, 2}};
    if (starts("cifar"))
        return {all + noise("[3, 32, 32]") +
                    "--set data.train=28 --set data.test=4 --set data.validation=8 "
                    "--set training.batch=8",
                {20, 8}};
    if (starts("iris")) return {all + "--set data.train=17 --set data.test=1", {17, 0}};
    return {all, {4, 0}};
}

std::vector<std::string> settings(const std::string& arguments) {
    std::vector<std::string> sets;
    std::size_t at = 0;
    while ((at = arguments.find("--set ", at)) != std::string::npos) {
        at += 6;
        const bool quoted = arguments[at] == '\'';
        const std::size_t end = quoted ? arguments.find('\'', at + 1) : arguments.find(' ', at);
        const std::size_t first = quoted ? at + 1 : at;
        sets.push_back(arguments.substr(first, end - first));
    }
    return sets;
}

// What an estimate promises of a run.
struct Promise {
    bool exact = true;
    bool from_run = false;     // with the means of the run itself
    bool split_nudges = false; // what the two nudged phases take is known for both together only
};

Phase together(Phase phase, const Promise& promise) {
    return promise.split_nudges && phase == Phase::nudge_minus ? Phase::nudge_plus : phase;
}

using Amounts = std::map<std::pair<std::string, Phase>, double>;

// Time as an action "time", in femtoseconds.
Amounts of_estimate(const CostSheet& sheet, const Promise& promise) {
    Amounts all;
    for (std::size_t p = 0; p < phase_count; ++p) {
        const auto phase = together(static_cast<Phase>(p), promise);
        all[{"time", phase}] += static_cast<double>(sheet.time_fs[p]);
        for (const auto& [action, by_phase] : sheet.amounts) all[{action, phase}] += by_phase[p];
    }
    return all;
}

Amounts of_run(const LedgerRecord& ledger, const Promise& promise) {
    Amounts all;
    for (std::size_t p = 0; p < phase_count; ++p)
        all[{"time", together(static_cast<Phase>(p), promise)}] += static_cast<double>(ledger.time_fs[p]);
    for (const auto& [action, phase, amount] : ledger.entries)
        all[{action, together(phase, promise)}] += amount;
    return all;
}

void check_equal(const TrainingCost& cost, const RunSummary& simulated, const Promise& promise) {
    CHECK(cost.exact == promise.exact);
    CHECK(cost.assumptions.empty() == promise.exact);
    auto estimated = of_estimate(cost.run, promise);
    for (const auto& [key, amount] : of_run(simulated.ledger, promise)) {
        const double found = estimated[key];
        estimated.erase(key);
        if (std::ranges::find(of_couplings, key.first) != of_couplings.end()) continue;
        INFO(key.first << " in phase " << phase_name(key.second));
        const bool count = amount == std::floor(amount) && amount < 9007199254740992.0;
        if (count)
            CHECK(found == amount);
        else
            CHECK(found == Approx(amount).epsilon(1e-9)); // an integral over time
    }
    for (const auto& [key, amount] : estimated) { // nothing that the simulation does not count
        INFO(key.first << " in phase " << phase_name(key.second));
        CHECK((amount == 0.0 || std::ranges::find(of_couplings, key.first) != of_couplings.end()));
    }
}

// A run and the estimate of it.
struct Compared {
    TrainingCost cost;
    RunSummary simulated;
};

Compared both(const std::string& preset, const Small& run, const Promise& promise) {
    const TemporaryFolder folder;
    const auto data = data_folder("mnist/train-images-idx3-ubyte.gz");
    const auto outcome = run_program("train " + preset + " " + run.arguments + " --out run" +
                                         (data.empty() ? "" : " --data " + data.string()),
                                     folder.path());
    INFO(preset << " " << run.arguments << "\n" << outcome.err);
    REQUIRE(outcome.exit_code == 0);
    const auto experiment = load_experiment(preset, settings(run.arguments + " "));
    const auto work = network_work(experiment.network, experiment.machine);
    const auto machines = mappings(experiment.machine, experiment.network, work);
    REQUIRE(machines.size() == 1);
    const auto measured = promise.from_run ? measured_in(RunDirectory::open((folder.path() / "run").string()),
                                                         work, run.samples)
                                           : Measured{};
    return {training_cost(experiment, machines.front(), run.samples, measured),
            comparable_summary(folder.path() / "run")};
}

void compare(const std::string& preset, const Small& run, const Promise& promise = {}) {
    const auto [cost, simulated] = both(preset, run, promise);
    INFO(preset << " " << run.arguments);
    check_equal(cost, simulated, promise);
}

void compare_all(const std::string& first_letters) {
    if (first_letters != "glyphs" && first_letters != "xor" && first_letters != "cifar" &&
        data_folder("mnist/train-images-idx3-ubyte.gz").empty())
        return;
    for (const auto& preset : shipped_presets("experiments"))
        if (preset.name.starts_with(first_letters)) compare(preset.name, small(preset.name));
}

const std::string few_glyphs = "--set data.train=110 --set data.test=5 --set data.validation=20 "
                               "--set training.epochs=2 --set training.write=all ";

// Glyphs on few nodes, with settings of the machine.
Small glyphs_with(const std::string& settings) {
    return {"--set 'network.layer=[{name=\"input\",size=256},{name=\"hidden\",size=40},"
            "{name=\"output\",size=10}]' " +
                few_glyphs + settings,
            {90, 20}};
}
void compare_glyphs(const std::string& settings, const Promise& promise = {}) {
    compare("glyphs", glyphs_with(settings), promise);
}

// Glyphs on a pooled convolution.
void compare_convolution(const std::string& settings) {
    compare("glyphs",
            {"--set 'network.layer=[{name=\"input\",shape=[16,16]},{name=\"c\",shape=[5,7,8]},"
             "{name=\"output\",size=10}]' --set 'network.coupling=[{from=\"input\",to=\"c\","
             "kind=\"convolution\",window=[4,3],stride=1,padding=1,pool=2},{from=\"c\",to=\"output\"}]' " +
                 few_glyphs + settings,
             {90, 20}});
}

const std::string until_settled = "--set training.until_settled=true --set machine.settle.kind=";

} // namespace

TEST_CASE("time and counts of every glyph and exclusive-or preset are those of its estimate") {
    compare_all("glyphs");
    compare_all("xor");
}

TEST_CASE("time and counts of every MNIST and Fashion-MNIST preset are those of its estimate") {
    compare_all("mnist");
    compare_all("fashion");
}

TEST_CASE("time and counts of every preset on tables are those of its estimate") {
    compare_all("iris");
    compare_all("digits");
}

TEST_CASE("time and counts of every CIFAR preset are those of its estimate, on noise of that shape") {
    compare_all("cifar");
}

TEST_CASE("an estimate holds for convolutions on analog, digital and feedback arrays") {
    compare_convolution("");
    const std::string words = " --set 'training.free=\"20 steps\"' --set 'training.nudged=\"8 steps\"'";
    compare_convolution("--set machine=digital-28nm" + words);
    compare_convolution("--set machine=feedback-28nm" + words);
    compare_convolution("--set machine=digital-28nm --set network.model=predictive --set training.beta=0.1 "
                        "--set training.estimator=one-sided" +
                        words);
}

TEST_CASE("an estimate holds for a read-out that the host trains") {
    compare_glyphs("--set training.nudge=frozen --set training.cost.kind=readout");
}

TEST_CASE("an estimate holds where queues are short and push back") {
    compare_glyphs("--set machine.control.unit_queue=1 --set machine.control.staging_slots=1 "
                   "--set machine.control.outstanding_reads=1 --set machine.control.result_slots=1");
    compare_glyphs("--set machine.control.unit_queue=3 --set machine.control.result_slots=1 "
                   "--set 'machine.link.bandwidth=\"0.1 GB/s\"' --set machine.array.sample_and_hold=false");
}

TEST_CASE("an estimate holds for one-sided, frozen and differential read-outs") {
    compare_glyphs("--set training.estimator=one-sided --set training.batch=7");
    compare_glyphs(
        "--set training.nudge=frozen --set training.initial_states=2 --set training.test_states=3");
    compare_glyphs("--set training.readout=differences --set machine.adc.count=3 "
                   "--set 'machine.link.latency=\"13.7 ns\"' --set 'machine.clock=\"333 MHz\"'");
}

TEST_CASE("phases that end when settled take their limits where nothing settles, and a run's means where all "
          "samples take the same") {
    for (const std::string kind : {"comparators", "readout"}) {
        INFO(kind);
        const auto with = [&](const std::string& threshold) {
            return until_settled + kind + " --set machine.settle.threshold=" + threshold;
        };
        compare_glyphs(with("1e-6 --set machine.array.node_noise=dynamic"), {.exact = false});
        compare_glyphs(with("1e6"), {.exact = false, .from_run = true});
        // In between, samples take different times: means, rounded to clock cycles.
        const auto run = glyphs_with(with("0.5"));
        const auto [cost, simulated] = both("glyphs", run, {.exact = false, .from_run = true});
        CHECK_FALSE(cost.exact);
        CHECK(cost.run.time_s() == Approx(simulated.simulated_time_s).epsilon(0.01));
        const auto limits = both("glyphs", run, {}).cost;
        CHECK(limits.run.time_s() > simulated.simulated_time_s);
    }
}

TEST_CASE("a random-sign estimate is exact but for how its nudged phases share what they take") {
    compare_glyphs("--set training.estimator=random-sign --set training.batch=8",
                   {.exact = false, .split_nudges = true});
}
