#include "hw_models/base/error.hpp"
#include "sim/run/summary.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;

namespace {

Ledger example_ledger() {
    Ledger ledger;
    ledger.post(ledger.declare("adc.convert"), Phase::read, 12.0);
    ledger.post(ledger.declare("adc.convert"), Phase::nudge_plus, 3.0);
    ledger.post(ledger.declare("spin.bias"), Phase::free, 0.1);
    ledger.post_time(Phase::free, 18'000'000'000'000'001ULL); // 18 s and a femtosecond: no double holds it
    ledger.post_time(Phase::read, 3'000'000ULL);
    return ledger;
}

EnergyReport example_energy() {
    EnergyReport energy;
    energy.total_j = 0.3;
    energy.by_component_j = {{"adc", 0.1}, {"spin", 0.2}};
    energy.by_phase_j[static_cast<std::size_t>(Phase::read)] = 0.3;
    return energy;
}

RunSummary example() {
    RunSummary s;
    s.test_accuracy = 0.9824;
    s.epochs = 15;
    s.samples = 4;
    s.not_settled = 1;
    s.adc_clipped = 2;
    s.couplings_saturated = 3;
    s.stopped_because = "all epochs done";
    s.seed = 0xffffffffffffffffULL;
    s.version = "0.1.0";
    s.isa = "x86-64-v3";
    s.config_sha256 = "ab";
    s.wall = {.time_s = 1.0 / 3.0, .samples_per_s = 1e5, .peak_rss_bytes = 1ULL << 40};
    s.set_costs(example_ledger(), example_energy());
    return s;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    return text.replace(text.find(from), from.size(), to);
}

} // namespace

TEST_CASE("a summary reads back to the same bits") {
    CHECK(RunSummary::from_json(example().to_json()) == example());
    CHECK(RunSummary::from_json(example().to_json()).to_json() == example().to_json());
    CHECK(RunSummary::from_json(RunSummary().to_json()) == RunSummary());
}

TEST_CASE("a summary holds the counts, exactly, to be priced again") {
    const auto read = RunSummary::from_json(example().to_json());
    const Ledger counts = counts_of(read);
    CHECK(counts.save() == example_ledger().save());
    CHECK(counts.amount("adc.convert") == 15.0);
    CHECK(counts.time_fs(Phase::free) == 18'000'000'000'000'001ULL);
}

TEST_CASE("costs by sample and phase follow from the ledger and its price") {
    const auto s = example();
    CHECK(s.energy_j == 0.3);
    CHECK(s.energy_per_sample_j == 0.3 / 4.0);
    CHECK(s.time_per_sample_s == s.simulated_time_s / 4.0);
    double sum_s = 0.0;
    for (const double part_s : s.time_by_phase_s) sum_s += part_s;
    CHECK(sum_s == s.simulated_time_s);
    CHECK(s.simulated_time_s == Approx(18.0));
}

TEST_CASE("the keys of a summary are stable, what is unknown is null, and counts are whole") {
    const std::string json = example().to_json();
    for (const auto* key : {"test_accuracy",
                            "train_accuracy",
                            "ideal_test_accuracy",
                            "epochs",
                            "samples",
                            "simulated_time_s",
                            "energy_j",
                            "energy_by_component_j",
                            "energy_by_phase_j",
                            "time_by_phase_s",
                            "time_per_sample_s",
                            "energy_per_sample_j",
                            "counts",
                            "counts_by_phase",
                            "not_settled",
                            "adc_clipped",
                            "couplings_saturated",
                            "stopped_because",
                            "seed",
                            "version",
                            "isa",
                            "config_sha256",
                            "wall"})
        CHECK_THAT(json, Catch::Contains("\n  \"" + std::string(key) + "\": "));
    CHECK_THAT(json, Catch::Contains("\"test_accuracy\": 0.9824,"));
    CHECK_THAT(json, Catch::Contains("\"ideal_test_accuracy\": null,"));
    CHECK_THAT(json, Catch::Contains("\"adc.convert\": 15,"));
    CHECK_THAT(json, Catch::Contains("\"nudge+\": 3"));
    CHECK(json.find("test_accuracy") < json.find("\"wall\""));
    CHECK(json.back() == '\n');
}

TEST_CASE("a summary that is damaged is refused with file and key") {
    const std::string json = example().to_json();
    const auto read = [](const std::string& text) {
        return RunSummary::from_json(text, "runs/a/summary.json");
    };
    CHECK_THROWS_AS(read("{"), UserError);
    CHECK_THROWS_WITH(read("{"), Catch::StartsWith("runs/a/summary.json: byte 2: not valid JSON"));
    CHECK_THROWS_WITH(read("[]"), "runs/a/summary.json: the file must be a table");
    CHECK_THROWS_WITH(read("{}"), "runs/a/summary.json: 'test_accuracy' is missing");
    CHECK_THROWS_WITH(read(replaced(json, "\"peak_rss_bytes\"", "\"rss\"")),
                      "runs/a/summary.json: 'wall.peak_rss_bytes' is missing");
    CHECK_THROWS_WITH(read(replaced(json, "\"epochs\": 15", "\"epochs\": 1.5")),
                      "runs/a/summary.json: 'epochs' must be a whole number");
    CHECK_THROWS_WITH(read(replaced(json, "\"not_settled\": 1", "\"not_settled\": -1")),
                      "runs/a/summary.json: 'not_settled' must be a whole number, at least 0");
    CHECK_THROWS_WITH(read(replaced(json, "\"nudge+\": 3", "\"nudge+\": -3")),
                      "runs/a/summary.json: 'counts_by_phase.adc.convert.nudge+' must be at least 0");
    CHECK_THROWS_WITH(read(replaced(json, "\"nudge+\": 3", "\"push\": 3")),
                      Catch::StartsWith("runs/a/summary.json: 'counts_by_phase.adc.convert.push'"));
    CHECK_NOTHROW(read(replaced(json, "\"epochs\"", "\"later\": [], \"epochs\"")));
}

TEST_CASE("a process has a peak of memory") {
    CHECK(peak_rss_bytes() > 1'000'000);
}
