#include "tests/host/data_files.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <set>

namespace isinglass::test {
namespace {

constexpr int classes = 10;
constexpr int lanes = 16; // classes, padded to whole vectors

// Softmax regression, fitted by stochastic gradient descent with a rate that falls to zero.
class Linear {
  public:
    Linear(const Samples& train, float decay) : weights_(train.feature_count() + 1) {
        constexpr int epochs = 12;
        constexpr std::size_t batch = 50;
        const auto steps = epochs * train.count() / batch;
        for (std::size_t step = 0; step < steps; ++step) {
            std::vector<Row> gradient(weights_.size());
            for (std::size_t i = 0; i < batch; ++i) add(gradient, train, (step * batch + i) % train.count());
            const double phase = std::numbers::pi * double(step) / double(steps);
            const auto rate = static_cast<float>(0.5 * (1 + std::cos(phase)));
            for (std::size_t j = 0; j < weights_.size(); ++j)
                for (std::size_t k = 0; k < lanes; ++k)
                    weights_[j][k] -= rate * (gradient[j][k] / float{batch} + decay * weights_[j][k]);
        }
    }

    [[nodiscard]] double accuracy(const Samples& samples) const {
        std::size_t right = 0;
        for (std::size_t i = 0; i < samples.count(); ++i) {
            const auto scores = this->scores(features(samples, i));
            right += std::max_element(scores.begin(), scores.begin() + classes) - scores.begin() ==
                     samples.labels[i];
        }
        return double(right) / double(samples.count());
    }

  private:
    using Row = std::array<float, lanes>;
    std::vector<Row> weights_; // [feature, bias last][class]

    [[nodiscard]] Row scores(const std::vector<float>& x) const {
        Row sum = weights_.back();
        for (std::size_t j = 0; j < x.size(); ++j)
            if (x[j] != 0.0F)
                for (std::size_t k = 0; k < lanes; ++k) sum[k] += x[j] * weights_[j][k];
        return sum;
    }

    void add(std::vector<Row>& gradient, const Samples& train, std::size_t i) const {
        const auto x = features(train, i);
        auto error = scores(x);
        const float top = *std::max_element(error.begin(), error.begin() + classes);
        float total = 0;
        for (std::size_t k = 0; k < classes; ++k) total += error[k] = std::exp(error[k] - top);
        for (auto& value : error) value /= total;
        std::fill(error.begin() + classes, error.end(), 0.0F);
        error[static_cast<std::size_t>(train.labels[i])] -= 1.0F;
        for (std::size_t j = 0; j < x.size(); ++j)
            if (x[j] != 0.0F)
                for (std::size_t k = 0; k < lanes; ++k) gradient[j][k] += x[j] * error[k];
        for (std::size_t k = 0; k < lanes; ++k) gradient.back()[k] += error[k];
    }
};

std::set<std::vector<float>> images(const Samples& samples) {
    std::set<std::vector<float>> all;
    for (std::size_t i = 0; i < samples.count(); ++i) all.insert(features(samples, i));
    return all;
}

// FNV-1a of all codes.
std::uint64_t checksum(const Samples& samples) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const auto code : std::get<std::vector<std::uint8_t>>(samples.values))
        hash = (hash ^ code) * 0x100000001b3U;
    return hash;
}

} // namespace

TEST_CASE("Glyphs are images of 16 x 16 in ten equally frequent classes") {
    const auto set = load("glyphs", "train = 200\ntest = 50");
    CHECK(set.train.count() == 200);
    CHECK(set.test.count() == 50);
    CHECK(set.train.shape == ImageShape{1, 16, 16});
    CHECK(set.train.classes == 10);
    for (int digit = 0; digit < 10; ++digit) {
        CHECK(std::ranges::count(set.train.labels, digit) == 20);
        CHECK(std::ranges::count(set.test.labels, digit) == 5);
    }
}

TEST_CASE("Glyphs are drawn 10000 and 2000 by default") {
    const auto set = load("glyphs", "");
    CHECK(set.train.count() == 10000);
    CHECK(set.test.count() == 2000);
}

TEST_CASE("Glyphs are the same on every run") {
    const auto set = load("glyphs", "train = 20\ntest = 20");
    CHECK(checksum(set.train) == 0x83742514dac6a93dU);
    CHECK(checksum(set.test) == 0x4ce4b92a6f3516acU);
}

TEST_CASE("Fewer glyphs are the beginning of more") {
    const auto few = load("glyphs", "train = 15\ntest = 5");
    const auto more = load("glyphs", "train = 20\ntest = 20");
    CHECK(features(few.train, 14) == features(more.train, 14));
    CHECK(features(few.test, 4) == features(more.test, 4));
}

TEST_CASE("No glyph is drawn twice, in training, test or by another seed") {
    const auto one = load("glyphs", "train = 1000\ntest = 1000\ndata_seed = 1");
    const auto two = load("glyphs", "train = 1000\ntest = 1000\ndata_seed = 2");
    std::set<std::vector<float>> all;
    for (const auto* part : {&one.train, &one.test, &two.train, &two.test}) all.merge(images(*part));
    CHECK(all.size() == 4000);
}

TEST_CASE("A linear classifier gets less than 92 % of the glyphs right") {
    const auto set = load("glyphs", "");
    const auto [train, validation] = split_validation(set.train, 2000);
    double best = 0;
    double test = 0;
    for (const float decay : {0.0F, 1e-3F}) {
        const Linear linear(train, decay);
        const double accuracy = linear.accuracy(validation);
        if (accuracy <= best) continue;
        best = accuracy;
        test = linear.accuracy(set.test);
    }
    CAPTURE(best);
    CHECK(test < 0.92);
    CHECK(test > 0.80); // otherwise it was not fitted
}

} // namespace isinglass::test
