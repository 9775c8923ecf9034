#include "host/learning/presenter.hpp"
#include "tests/chip/chip_rig.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

namespace {

constexpr std::size_t batch = 12;

Samples some_samples() {
    Samples samples{.shape = {.width = 8}, .classes = 3};
    const auto features = random_floats(batch * 8, 50, 0.0F, 1.0F);
    samples.values = std::vector<float>(features.begin(), features.end());
    for (std::size_t i = 0; i < batch; ++i) samples.labels.push_back(static_cast<int>(i % 3));
    return samples;
}

std::vector<float> gradient_of(Rig& rig, const TrainingSpec& training, const Samples& samples) {
    const HostMeter meter{.ledger = &rig.chip.ledger(),
                          .enter = [&](Phase p) { rig.chip.phases().enter(p); }};
    Presenter presenter(rig.host, meter, rig.machine, rig.network, rig.model->energy, training, rig.pool);
    std::vector<Presentation> presentations;
    std::vector<float> signs;
    for (std::size_t i = 0; i < batch; ++i) {
        presentations.push_back({i, i});
        signs.push_back(training.estimator == "random-sign" && i % 2 == 1 ? -1.0F : 1.0F);
    }
    BatchReadout readout(batch, *rig.network);
    presenter.learn(samples, presentations, signs, readout);
    std::vector<float> gradient(rig.network->parameters);
    EpGradient(*rig.network, *rig.model->energy).compute(readout, {}, gradient, rig.pool);
    return gradient;
}

struct Comparison {
    double cosine, norm_ratio;
};

Comparison compare(const std::vector<float>& a, const std::vector<float>& b) {
    double aa = 0.0;
    double ab = 0.0;
    double bb = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double x = static_cast<double>(a[i]);
        const double y = static_cast<double>(b[i]);
        aa += x * x, ab += x * y, bb += y * y;
    }
    return {ab / std::sqrt(aa * bb), std::sqrt(aa / bb)};
}

} // namespace

TEST_CASE("Every estimator, nudge and read-out gives the gradient of the centred live one at a small nudge",
          "[estimator]") {
    auto machine = ideal_machine();
    Rig rig(machine, chain({8, 12, 3}));
    const auto samples = some_samples();
    rig.run([&] {
        rig.program(random_couplings(*rig.network));
        TrainingSpec training;
        training.beta = 0.01;
        training.free.value = 60.0;
        training.nudged.value = 60.0;
        const auto reference = gradient_of(rig, training, samples);
        for (const auto* estimator : {"centred", "one-sided", "random-sign"})
            for (const auto* nudge : {"live", "frozen"})
                for (const auto* readout : {"absolute", "differences"}) {
                    INFO(estimator << ", " << nudge << ", " << readout);
                    training.estimator = estimator;
                    training.nudge = nudge;
                    training.readout = readout;
                    const auto [cosine, norm_ratio] = compare(gradient_of(rig, training, samples), reference);
                    CHECK(cosine > 0.99);
                    CHECK(norm_ratio == Approx(1.0).epsilon(0.05));
                }
    });
}

TEST_CASE("Away from the bounds a centred estimate is far closer to the gradient than a one-sided one",
          "[estimator]") {
    Rig rig(ideal_machine(), chain({8, 12, 3}));
    const auto samples = some_samples();
    rig.run([&] {
        auto theta = random_couplings(*rig.network);
        for (const auto& block : rig.network->blocks)
            for (std::size_t i = block.first; i < block.first + block.count(); ++i)
                theta[i] = 0.4F * theta[i] + (block.link < 0 ? 0.5F : 0.0F);
        rig.program(theta);
        TrainingSpec training;
        training.free.value = 60.0;
        training.nudged.value = 60.0;
        training.beta = 0.01;
        const auto reference = gradient_of(rig, training, samples);
        const auto error = [&](const char* estimator, double beta) {
            training.estimator = estimator;
            training.beta = beta;
            const double cosine = compare(gradient_of(rig, training, samples), reference).cosine;
            return std::sqrt(2.0 * (1.0 - cosine));
        };
        const double centred = error("centred", 0.05);
        const double one_sided = error("one-sided", 0.05);
        INFO("centred " << centred << ", one-sided " << one_sided);
        CHECK(one_sided < 0.02);
        CHECK(centred < 0.2 * one_sided);
        CHECK(error("one-sided", 0.025) < 0.6 * one_sided); // falls with the nudge
    });
}
