// Reports are one file that a browser opens without a network, and that reads well.
#include "sim/run/files.hpp"
#include "sim/run/observations.hpp"
#include "tests/end_to_end/program.hpp"
#include "tests/traces/temporary_folder.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <numeric>

using namespace isinglass;
using namespace isinglass::test;

namespace {

// Opens the page in a browser, clicks and zooms.
void check_in_browser(const char* kind, const std::filesystem::path& page) {
    const auto answer = page.parent_path() / "browser.txt";
    const int status = std::system(fmt::format("python3 '{}/tests/report/check_page.py' {} '{}' >'{}' 2>&1",
                                               ISINGLASS_SOURCE, kind, page.string(), answer.string())
                                       .c_str()); // NOLINT(cert-env33-c)
    INFO(kind << ": " << read_file(answer));
    CHECK(status == 0);
    CHECK(read_file(answer) == "ok\n");
}

nlohmann::json numbers_of(const TemporaryFolder& folder, const std::string& run) {
    const auto outcome = run_program("report " + run + " --json", folder.path());
    INFO(outcome.err);
    REQUIRE(outcome.exit_code == 0);
    return nlohmann::json::parse(outcome.out).at("runs").at(0);
}

} // namespace

TEST_CASE("a training run leaves a report whose numbers are the run's own") {
    const TemporaryFolder folder;
    REQUIRE(run_program("train " + small_run() + "--out run --set trace.capture=samples", folder.path())
                .exit_code == 0);
    CHECK(std::filesystem::exists(folder / "run/report.html"));
    const auto numbers = numbers_of(folder, "run");
    const auto summary = RunSummary::from_json(read_file(folder / "run/summary.json"));

    // Right answers on the diagonal are the test accuracy.
    const auto& mistakes = numbers.at("mistakes");
    const std::vector<std::uint64_t> confusion = mistakes.at("confusion");
    const std::size_t classes = mistakes.at("classes");
    std::uint64_t right = 0;
    for (std::size_t c = 0; c < classes; ++c) right += confusion[c * (classes + 1)];
    CHECK(std::accumulate(confusion.begin(), confusion.end(), std::uint64_t{0}) == 256);
    CHECK(static_cast<double>(right) / 256.0 == Approx(*summary.test_accuracy));
    for (std::size_t i = 0; i < mistakes.at("mistakes").size(); ++i) {
        CHECK(mistakes["mistakes"][i].at("label") != mistakes["mistakes"][i].at("predicted"));
        if (i > 0) CHECK(mistakes["mistakes"][i - 1].at("cost") >= mistakes["mistakes"][i].at("cost"));
    }

    // Energy adds up in both directions, and to the summary.
    double energy = 0.0;
    for (const auto& phases : numbers.at("energy").at("components"))
        for (const double joules : phases) energy += joules;
    CHECK(energy == Approx(summary.energy_j));
    const std::vector<double> time = numbers.at("energy").at("time_s");
    CHECK(std::accumulate(time.begin(), time.end(), 0.0) == Approx(summary.simulated_time_s));

    // 64 samples: each input, hidden node and output converted once.
    std::vector<std::uint64_t> conversions;
    for (const auto& use : numbers.at("converters").at("codes")) {
        const std::vector<std::uint64_t> counts = use.at("counts");
        CHECK(counts.size() == 256);
        conversions.push_back(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}));
    }
    CHECK(conversions == std::vector<std::uint64_t>{64 * 256, 64 * 32, 64 * 10});
    const std::vector<std::uint64_t> settled = numbers.at("converters").at("settled_by");
    CHECK(std::accumulate(settled.begin(), settled.end(), std::uint64_t{0}) == 64);
    CHECK(numbers.at("learning").at("metrics").at("epoch") == nlohmann::json({1, 2}));
    CHECK(numbers.at("couplings").at("blocks").at(0).at("epochs").size() == 3);
    CHECK(numbers.at("waves").at("signals").size() > 50);
}

TEST_CASE("what a report observes is the same for any number of lanes and threads") {
    const TemporaryFolder folder;
    for (const char* how :
         {"--out one --set run.lanes=16 --set run.threads=1", "--out two --set run.threads=2"})
        REQUIRE(run_program("train " + small_run() + how, folder.path()).exit_code == 0);
    CHECK(read_file(folder / "one/observations.json") == read_file(folder / "two/observations.json"));
}

TEST_CASE("several runs are compared in one page, which overwrites nothing of somebody else's") {
    const TemporaryFolder folder;
    REQUIRE(run_program("train " + small_run() + "--out eight", folder.path()).exit_code == 0);
    REQUIRE(run_program("train " + small_run() + "--out four --set machine.adc.bits=4", folder.path())
                .exit_code == 0);
    REQUIRE(run_program("report eight four --compare --out page.html", folder.path()).exit_code == 0);
    CHECK(run_program("report eight four --compare --out page.html", folder.path()).exit_code == 0);
    std::ofstream(folder / "mine.html") << "mine";
    const auto refused = run_program("report eight --out mine.html", folder.path());
    CHECK(refused.exit_code == 2);
    CHECK(refused.err.find("mine.html") != std::string::npos);
    CHECK(read_file(folder / "mine.html") == "mine");
    CHECK(run_program("report eight --compare", folder.path()).exit_code == 2);
    CHECK(run_program("report nowhere", folder.path()).exit_code == 2);
}

TEST_CASE(
    "reports of runs, comparisons and solved graphs can be clicked and zoomed in a browser, without errors") {
    if (std::system("command -v chromium python3 >/dev/null") != 0) { // NOLINT(cert-env33-c)
        std::cout << "skipped: chromium and python3, which open reports, are not both installed\n";
        return;
    }
    const TemporaryFolder folder;
    std::ofstream(folder / "ring.txt") << "6 6\n1 2 1\n2 3 1\n3 4 1\n4 5 1\n5 6 1\n6 1 1\n";
    std::ofstream(folder / "sweep.toml") << "name = \"bits\"\nexperiment = \"glyphs\"\nknee = true\n"
                                            "set = \"data.train=128; data.test=64; data.validation=32; "
                                            "training.epochs=1; network.layer.hidden.size=8\"\n"
                                            "axis = [{ key = \"machine.adc.bits\", values = \"4, 8\" }]\n";
    for (const auto& command :
         {"train " + small_run() + "--out eight --set trace.capture=samples",
          "train " + small_run() + "--out four --set machine.adc.bits=4",
          std::string("report eight four --compare --out two.html"),
          std::string("solve ring.txt --report ring.html"), std::string("sweep sweep.toml --out bits")}) {
        const auto outcome = run_program(command, folder.path());
        INFO(outcome.err);
        REQUIRE(outcome.exit_code == 0);
    }
    check_in_browser("run", folder / "eight/report.html");
    check_in_browser("compare", folder / "two.html");
    check_in_browser("solve", folder / "ring.html");
    check_in_browser("sweep", folder / "bits/report.html");
}

namespace {

// A small convolutional network, whose last part is a model's own.
std::string convolutional(const std::string& rest) {
    return R"(name = "c"
[machine]
preset = "ideal"
[network]
layer = [
    { name = "input", shape = [16, 16] },
    { name = "first", shape = [3, 6, 6] },
    { name = "output", size = 10 },
]
coupling = [
    { from = "input", to = "first", kind = "convolution", window = [5, 5], pool = 2 },
    { from = "first", to = "output" },
]
[data]
kind = "glyphs"
train = 256
validation = 64
test = 64
[trace]
capture = "samples"
most = 1
[training]
epochs = 2
batch = 32
nudged = "5 steps"
)" + rest;
}

} // namespace

TEST_CASE("convolutional networks, predictive ones and read-outs have pages that show their windows") {
    const TemporaryFolder folder;
    std::ofstream(folder / "hopfield.toml") << convolutional(
        "free = \"20 steps\"\nnudge = \"frozen\"\ncost = { kind = \"readout\", classes = 10 }\n"
        "[machine.array]\ndynamics = \"dissipative-sweeps\"\n");
    auto predictive = convolutional("free = \"1 steps\"\nbeta = 0.02\n[machine.array]\ndynamics = "
                                    "\"idealised-passes\"\n");
    predictive.replace(predictive.find("[network]\n"), 10, "[network]\nmodel = \"predictive\"\n");
    std::ofstream(folder / "predictive.toml") << predictive;
    const bool browser = std::system("command -v chromium python3 >/dev/null") == 0; // NOLINT(cert-env33-c)
    for (const std::string name : {"hopfield", "predictive"}) {
        const auto outcome = run_program(fmt::format("train {0}.toml --out {0}", name), folder.path());
        INFO(outcome.err);
        REQUIRE(outcome.exit_code == 0);
        const auto numbers = numbers_of(folder, name);
        const auto& blocks = numbers.at("couplings").at("blocks");
        const auto& windows = blocks.at(0).at("windows");
        CHECK(windows.at("sizes") == nlohmann::json({3, 1, 5, 5}));
        CHECK(windows.at("to") == 3);
        CHECK(blocks.at(0).at("count") == 75);
        CHECK_FALSE(blocks.at(0).contains("map")); // shared by many pairs of nodes: no matrix
        const std::string values = blocks.at(0).at("epochs").at(0).at("windows").at("values");
        CHECK(values.size() == 100); // base64 of 75 bytes
        const auto dense =
            std::ranges::find(blocks, "first-output", [](const auto& b) { return b.at("name"); });
        REQUIRE(dense != blocks.end());
        CHECK(dense->at("full") == nlohmann::json({108, 10}));
        if (browser) check_in_browser("run", folder / (name + "/report.html"));
    }
}

TEST_CASE("a lattice's page has its couplings as lines between places of one plane") {
    const TemporaryFolder folder;
    REQUIRE(
        run_program("train xor-xy-lattice-5x5 --set training.epochs=2 --out l", folder.path()).exit_code ==
        0);
    const auto lines = numbers_of(folder, "l").at("maps").at("lines");
    std::size_t links = 0;
    for (const auto& line : lines) {
        CHECK(line.at("rows") == 5);
        REQUIRE(line.at("from").size() == line.at("to").size());
        for (std::size_t i = 0; i < line.at("from").size(); ++i) { // neighbours across or down
            const int a = line.at("from").at(i), b = line.at("to").at(i);
            CHECK(std::abs(a / 5 - b / 5) + std::abs(a % 5 - b % 5) == 1);
        }
        links += line.at("from").size();
    }
    CHECK(links == 40); // of 5 x 5 with open edges; the two inputs are no neighbours
}
