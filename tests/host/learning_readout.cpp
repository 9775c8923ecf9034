// The trained read-out behind the array, against finite differences.
#include "host/learning/cost.hpp"
#include "tests/host/learning_configured.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;

namespace {

struct Case {
    std::unique_ptr<Cost> cost = configured(make_cost("readout"), "classes = 3");
    std::vector<float> weights = std::vector<float>(cost->weights(4));
    std::vector<float> output{0.2F, 0.9F, 0.0F, 0.5F};
    Case() {
        cost->initialise_weights(RandomStream(3, Purpose::readout_weights), weights);
        for (std::size_t i = 12; i < 15; ++i) weights[i] = 0.1F * static_cast<float>(i);
        cost->use_weights(weights);
    }
    // −log of the softmax, in double precision.
    [[nodiscard]] static double cost_of(const std::vector<double>& w, const std::vector<double>& o,
                                        int label) {
        double sum = 0.0, own = 0.0;
        for (std::size_t k = 0; k < 3; ++k) {
            double logit = w[12 + k];
            for (std::size_t j = 0; j < 4; ++j) logit += w[k * 4 + j] * o[j];
            sum += std::exp(logit);
            if (static_cast<int>(k) == label) own = logit;
        }
        return std::log(sum) - own;
    }
};

template <class F>
double slope(F f, double& x) {
    const double middle = x;
    x = middle + 1e-6;
    const double above = f();
    x = middle - 1e-6;
    const double below = f();
    x = middle;
    return (above - below) / 2e-6;
}

} // namespace

TEST_CASE("A read-out's force and the gradient of its weights are those of its cost", "[learning]") {
    Case c;
    std::vector<double> w(c.weights.begin(), c.weights.end());
    std::vector<double> o(c.output.begin(), c.output.end());
    for (int label = 0; label < 3; ++label) {
        const auto value = [&] { return Case::cost_of(w, o, label); };
        CHECK(c.cost->value(c.output, label) == Approx(value()).epsilon(1e-6));
        std::vector<float> force(4), gradient(15, 1.0F);
        c.cost->force(c.output, label, force);
        c.cost->add_weight_gradient(c.output, label, 2.0F, gradient);
        for (std::size_t j = 0; j < 4; ++j)
            CHECK(static_cast<double>(force[j]) == Approx(-slope(value, o[j])).margin(1e-6));
        for (std::size_t i = 0; i < 15; ++i)
            CHECK(static_cast<double>(gradient[i]) == Approx(1.0 + 2.0 * slope(value, w[i])).margin(1e-6));
    }
}

TEST_CASE("A read-out's weights start within 1/sqrt(outputs), and its biases at 0", "[learning]") {
    const auto cost = configured(make_cost("readout"), "classes = 10");
    std::vector<float> weights(cost->weights(100), 9.0F);
    cost->initialise_weights(RandomStream(3, Purpose::readout_weights), weights);
    const auto [least, most] = std::minmax_element(weights.begin(), weights.begin() + 1000);
    CHECK(*least < -0.095F);
    CHECK(*least >= -0.1F);
    CHECK(*most > 0.095F);
    CHECK(*most <= 0.1F);
    CHECK(std::count(weights.begin() + 1000, weights.end(), 0.0F) == 10);
    CHECK(cost->most_classes(100) == 10);
    CHECK_FALSE(cost->live_law());
}

TEST_CASE("A read-out says the class of its largest logit", "[learning]") {
    const auto cost = configured(make_cost("readout"), "classes = 2");
    cost->use_weights(std::vector<float>{1.0F, 0.0F, 0.0F, 1.0F, 0.0F, 0.25F});
    CHECK(cost->prediction(std::vector<float>{0.9F, 0.5F}) == 0);
    CHECK(cost->prediction(std::vector<float>{0.7F, 0.5F}) == 1); // the bias decides
}
