// How gradients are compared, and that an ideal machine's is the exact one.
#include "sim/study/gradient_check.hpp"

#include "host/learning/trainer.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace isinglass;

namespace {

Experiment small(const std::vector<std::string>& more) {
    std::vector<std::string> sets{
        "network.layer=[{name=\"input\",size=256},{name=\"hidden\",size=16},{name=\"output\",size=10}]",
        "training.free=150 RC", "training.nudged=50 RC"};
    sets.insert(sets.end(), more.begin(), more.end());
    return load_experiment("glyphs", sets);
}

GradientCheck check(const Experiment& e) {
    const auto data = e.data.kind->load(DataLocation::from_option("")).train.slice(0, 8);
    const auto net = e.network.build();
    const auto theta = initial_numbers(*net, *e.network.model.part(), e.training, 1);
    WorkerPool pool(1);
    return check_gradient(e, theta, data, {.samples = 8, .repeats = 3}, pool);
}

const GradientLine& line(const GradientCheck& check, const std::string& name) {
    const auto found = std::ranges::find(check.lines, name, &GradientLine::name);
    REQUIRE(found != check.lines.end());
    return *found;
}

} // namespace

TEST_CASE("a gradient's match with a reference is its angle, length and distance") {
    const std::vector<float> reference{3.0F, 4.0F};
    const std::vector<float> turned{-8.0F, 6.0F};
    const auto m = match(turned, reference);
    CHECK(m.cosine == Approx(0.0).margin(1e-12));
    CHECK(m.norm_ratio == Approx(2.0));
    CHECK(match(reference, std::vector<float>{0.0F, 0.0F}).cosine == 0.0);
}

TEST_CASE("an ideal machine that has time to settle has the exact EP gradient, and no noise") {
    auto e = small({"machine=ideal"});
    const auto result = check(e);
    for (const auto& block : line(result, "all together").blocks) {
        CHECK(block.to_exact.cosine > 0.9999);
        CHECK(block.to_exact.norm_ratio == Approx(1.0).epsilon(1e-3));
        CHECK(std::isinf(block.snr_db));
    }
}

TEST_CASE(
    "EP comes to the true gradient as beta falls, and is further from it where outputs rest at bounds") {
    double worst_linear = 1.0;
    double worst_clipped = 1.0;
    for (const std::string outputs : {"clip01", "linear"}) {
        const auto e = small({"network.layer=[{name=\"input\",size=256},{name=\"hidden\",size=16},"
                              "{name=\"output\",size=10,activation=\"" +
                                  outputs + "\"}]",
                              "machine=ideal", "training.beta=0.2"});
        const auto result = check(e);
        INFO(outputs);
        REQUIRE(result.no_truth.empty());
        CHECK((result.outputs_at_bound > 0.0) == (outputs == "clip01"));
        for (std::size_t b = 0; b < result.blocks.size(); ++b) {
            const auto to_true = [&](const char* name) {
                return line(result, name).blocks[b].to_true->cosine;
            };
            CHECK(to_true("exact EP, beta / 100") > 0.995);
            auto& worst = outputs == "linear" ? worst_linear : worst_clipped;
            worst = std::min(worst, to_true("exact EP"));
        }
    }
    CHECK(worst_clipped < worst_linear - 0.1);
}

TEST_CASE("a coarser ADC spoils the gradient more, and alone changes its own line only") {
    const auto fine = check(small({}));
    const auto coarse = check(small({"machine.adc.bits=4"}));
    const auto of = [](const GradientCheck& c, const char* name) { return line(c, name).blocks.front(); };
    CHECK(of(coarse, "ADC").snr_db < of(fine, "ADC").snr_db - 6.0);
    CHECK(of(coarse, "ADC").to_exact.cosine < of(fine, "ADC").to_exact.cosine);
    for (const auto* other : {"DAC", "coupling codes"}) {
        CHECK(of(coarse, other).to_exact.cosine == of(fine, other).to_exact.cosine);
        CHECK(of(coarse, other).snr_db == of(fine, other).snr_db);
    }
    CHECK(std::isinf(of(fine, "coupling codes").snr_db)); // an error, but the same every time
}

TEST_CASE("every error of a machine has a line of its own, and the errors that it has not have none") {
    const auto result = check(small({"machine=epc1-28nm-drawn", "machine.couplings.stuck_off=0.01",
                                     "machine.couplings.write_noise=[0.01]",
                                     "machine.couplings.direction_error=0.02", "machine.spins.dead=0.2"}));
    std::vector<std::string> names;
    for (const auto& l : result.lines) names.push_back(l.name);
    CHECK(names == std::vector<std::string>{"exact EP", "exact EP, beta / 10", "exact EP, beta / 100", "DAC",
                                            "ADC", "coupling codes", "coupling mismatch", "write noise",
                                            "stuck devices", "unequal directions", "node offsets",
                                            "node gains", "time constants", "dead nodes", "hold droop",
                                            "node and hold noise", "slow holds", "finite relaxation",
                                            "all together"});
    CHECK(line(result, "dead nodes").blocks[0].to_exact.cosine < 0.99999);
}

TEST_CASE("a nudge below an LSB is told, with what would lift it") {
    const auto e = small({"training.beta=0.002"});
    const auto result = check(e);
    REQUIRE(result.output_shift_lsb < 1.0);
    CHECK(advice(e, result.output_shift_lsb).find("beta = ") != std::string::npos);
    CHECK(advice(e, 2.0).empty());
}
