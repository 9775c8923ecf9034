// How gradients are compared, and that an ideal machine's is the exact one.
#include "sim/study/gradient_check.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace isinglass;

namespace {

Experiment small(std::vector<std::string> sets) {
    sets.emplace_back(
        "network.layer=[{name=\"input\",size=256},{name=\"hidden\",size=16},{name=\"output\",size=10}]");
    sets.emplace_back("training.free=150 RC");
    sets.emplace_back("training.nudged=50 RC");
    return load_experiment("glyphs", sets);
}

GradientCheck check(const Experiment& e) {
    const auto data = e.data.kind->load(DataLocation::from_option("")).train.slice(0, 8);
    const auto net = e.network.build();
    const auto theta = initial_couplings(*net, *e.network.model.part(), e.training.gain, 1);
    WorkerPool pool(1);
    return check_gradient(e, theta, data, 8, pool);
}

const GradientLine& line(const std::vector<GradientLine>& lines, const std::string& name) {
    const auto found = std::ranges::find(lines, name, &GradientLine::name);
    REQUIRE(found != lines.end());
    return *found;
}

} // namespace

TEST_CASE("a gradient's match with a reference is its angle, length and distance") {
    const std::vector<float> reference{3.0F, 4.0F};
    const std::vector<float> turned{-8.0F, 6.0F};
    const auto m = match(turned, reference);
    CHECK(m.cosine == Approx(0.0).margin(1e-12));
    CHECK(m.norm_ratio == Approx(2.0));
    CHECK(m.snr_db == Approx(10.0 * std::log10(25.0 / 125.0)));
    CHECK(match(reference, std::vector<float>{0.0F, 0.0F}).snr_db == 0.0);
}

TEST_CASE("an ideal machine that has time to settle has the exact EP gradient") {
    auto e = small({"machine=ideal"});
    const auto result = check(e);
    for (const auto& m : line(result.against_exact, "all together").blocks) {
        CHECK(m.cosine > 0.9999);
        CHECK(m.norm_ratio == Approx(1.0).epsilon(1e-3));
    }
}

TEST_CASE("a coarser ADC spoils the gradient more, and alone changes its own line only") {
    const auto fine = check(small({}));
    const auto coarse = check(small({"machine.adc.bits=4"}));
    const auto snr = [](const GradientCheck& c, const char* name) {
        return line(c.against_exact, name).blocks.front().snr_db;
    };
    CHECK(snr(coarse, "ADC") < snr(fine, "ADC") - 6.0);
    CHECK(snr(coarse, "DAC") == snr(fine, "DAC"));
    CHECK(snr(coarse, "couplings' codes") == snr(fine, "couplings' codes"));
}

TEST_CASE("a nudge below an LSB is told, with what would lift it") {
    const auto e = small({"training.beta=0.002"});
    const auto result = check(e);
    REQUIRE(result.output_shift_lsb < 1.0);
    CHECK(advice(e, result.output_shift_lsb).find("beta = ") != std::string::npos);
    CHECK(advice(e, 2.0).empty());
}
