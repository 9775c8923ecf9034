// The estimate's closed forms against the simulation: two descriptions of one machine, in files that do not
// know each other.
#include "sim/estimate/training_cost.hpp"
#include "sim/run/files.hpp"
#include "tests/end_to_end/program.hpp"
#include "tests/traces/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cmath>

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

// A training of seconds, with batches that are full and one that is not where the data allow.
Small small(const std::string& preset) {
    const auto starts = [&](const char* name) { return preset.starts_with(name); };
    const std::string all = "--set training.write=all --set training.epochs=2 ";
    if (starts("mnist100"))
        return {all + "--set data.train_per_class=2 --set data.test_per_class=1", {20, 0}};
    if (starts("mnist") || starts("fashion"))
        return {all + "--set data.train_per_class=10 --set data.test_per_class=1 --set data.validation=30",
                {70, 30}};
    if (starts("glyphs"))
        return {all + "--set data.train=150 --set data.test=10 --set data.validation=50", {100, 50}};
    if (starts("digits")) return {all + "--set data.train=11 --set data.test=1", {110, 0}};
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

void check_equal(const TrainingCost& cost, const RunSummary& simulated) {
    CHECK(cost.exact);
    for (std::size_t p = 0; p < phase_count; ++p) {
        INFO("phase " << phase_name(static_cast<Phase>(p)));
        CHECK(static_cast<std::uint64_t>(cost.run.time_fs[p]) == simulated.ledger.time_fs[p]);
    }
    std::size_t compared = 0;
    for (const auto& [action, phase, amount] : simulated.ledger.entries) {
        if (std::ranges::find(of_couplings, action) != of_couplings.end()) continue;
        INFO(action << " in phase " << phase_name(phase));
        const double estimated = cost.run.amount(action, phase);
        const bool count = amount == std::floor(amount) && amount < 9007199254740992.0;
        if (count)
            CHECK(estimated == amount);
        else
            CHECK(estimated == Approx(amount).epsilon(1e-9)); // an integral over time
        ++compared;
    }
    std::size_t estimated = 0;
    for (const auto& [action, by_phase] : cost.run.amounts)
        if (std::ranges::find(of_couplings, action) == of_couplings.end())
            estimated +=
                static_cast<std::size_t>(std::ranges::count_if(by_phase, [](double a) { return a != 0.0; }));
    CHECK(estimated == compared); // nothing that the simulation does not count
}

void compare(const std::string& preset, const Small& run) {
    INFO(preset << " " << run.arguments);
    const TemporaryFolder folder;
    const auto data = data_folder("mnist/train-images-idx3-ubyte.gz");
    const auto outcome = run_program("train " + preset + " " + run.arguments + " --out run" +
                                         (data.empty() ? "" : " --data " + data.string()),
                                     folder.path());
    INFO(outcome.err);
    REQUIRE(outcome.exit_code == 0);
    const auto experiment = load_experiment(preset, settings(run.arguments + " "));
    const auto machines = mappings(experiment.machine, network_work(experiment.network));
    REQUIRE(machines.size() == 1);
    check_equal(training_cost(experiment, machines.front(), run.samples),
                comparable_summary(folder.path() / "run"));
}

void compare_all(const std::string& first_letters) {
    if (first_letters != "glyphs" && first_letters != "xor" &&
        data_folder("mnist/train-images-idx3-ubyte.gz").empty())
        return;
    for (const auto& preset : shipped_presets("experiments"))
        if (preset.name.starts_with(first_letters)) compare(preset.name, small(preset.name));
}

// Glyphs on few nodes, with settings of the machine.
void compare_glyphs(const std::string& settings) {
    const std::string net = "--set 'network.layer=[{name=\"input\",size=256},{name=\"hidden\",size=40},"
                            "{name=\"output\",size=10}]' --set data.train=110 --set data.test=5 "
                            "--set data.validation=20 --set training.epochs=2 --set training.write=all ";
    compare("glyphs", {net + settings, {90, 20}});
}

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
