// Reports are one file that a browser opens without a network, and that reads well.
#include "sim/run/files.hpp"
#include "sim/run/observations.hpp"
#include "tests/end_to_end/program.hpp"
#include "tests/traces/temporary_folder.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

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
    for (const auto& command : {"train " + small_run() + "--out eight --set trace.capture=samples",
                                "train " + small_run() + "--out four --set machine.adc.bits=4",
                                std::string("report eight four --compare --out two.html"),
                                std::string("solve ring.txt --report ring.html")}) {
        const auto outcome = run_program(command, folder.path());
        INFO(outcome.err);
        REQUIRE(outcome.exit_code == 0);
    }
    check_in_browser("run", folder / "eight/report.html");
    check_in_browser("compare", folder / "two.html");
    check_in_browser("solve", folder / "ring.html");
}
