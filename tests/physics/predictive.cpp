// Predictive networks against a forward pass in double precision and finite differences through it.
#include "host/learning/gradient.hpp"
#include "hw_models/base/error.hpp"
#include "tests/physics/oracle.hpp"
#include "tests/physics/predictive_case.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::rig;

TEST_CASE("one step of a predictive network's free phase is its forward pass", "[physics]") {
    const auto c = predictive_case();
    const auto expected = c.states();
    const auto model = make_chip_model(ideal_machine("idealised-passes"), c.net, make_predictive(), 1);
    const auto run = run_ep(*model, c.values, c.sample, {.beta = 0.01, .free_rc = 1.0, .nudged_rc = 5.0});
    REQUIRE(run.free.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) CHECK(run.free[i] == Approx(expected[i]).margin(1e-5));
    CHECK(std::ranges::count_if(expected, [](double s) { return s > 0.0; }) > 15); // most nodes are on
    CHECK(run.plus != run.free);
}

TEST_CASE("EP of a predictive network is the gradient of the cost, from two states or from one",
          "[physics]") {
    const auto c = predictive_case();
    const auto exact = c.exact();
    const auto model = make_chip_model(ideal_machine("idealised-passes"), c.net, make_predictive(), 1);
    const EpTimes times{.beta = 0.01, .free_rc = 1.0, .nudged_rc = 30.0};
    const auto centred = ep_on_machine(*model, c.values, c.sample, {.times = times}).gradient;
    CHECK(cosine(centred, exact) > 0.9999);
    CHECK(relative_error(centred, exact) < 0.005);

    const auto one_sided =
        ep_on_machine(*model, c.values, c.sample, {.times = times, .estimator = Estimator::one_sided});
    CHECK(cosine(one_sided.gradient, exact) > 0.999);
    BatchReadout readout(1, *c.net);
    readout.one_state = true; // `second` holds what must not count
    readout.second.fill(3.0F);
    readout.scale[0] = 100.0F;
    std::ranges::copy(c.sample.inputs, readout.inputs.row(0).begin());
    std::size_t at = 0;
    for (const auto& layer : c.net->layers)
        for (std::size_t j = 0; j < layer.size; ++j)
            readout.first.row(0)[layer.offset + j] = static_cast<float>(one_sided.run.plus[at++]);
    std::vector<float> from_one(c.net->parameters);
    WorkerPool pool(1);
    EpGradient(*c.net, *model->energy).compute(readout, c.values, from_one, pool);
    CHECK(relative_error({from_one.begin(), from_one.end()}, one_sided.gradient) < 1e-3);
}

TEST_CASE("a few passes of a nudged predictive network give the gradient, fewer than its depth do not",
          "[physics]") {
    const auto c = predictive_case();
    const auto exact = c.exact();
    const auto model = make_chip_model(ideal_machine("idealised-passes"), c.net, make_predictive(), 1);
    const auto after = [&](double passes) {
        const EpTimes times{.beta = 0.01, .free_rc = 1.0, .nudged_rc = passes};
        return cosine(ep_on_machine(*model, c.values, c.sample, {.times = times}).gradient, exact);
    };
    CHECK(after(1.0) < 0.999);
    CHECK(after(4.0) > 0.9999);
}

TEST_CASE("predictive networks refuse couplings that lead back, and strong nudges", "[physics]") {
    const auto network = [](int from, int to) {
        return make_network(2, {{.name = "a", .size = 2}, {.name = "b", .size = 2}},
                            {{.from = input_layer, .to = 0}, {.from = 0, .to = 1}, {.from = from, .to = to}},
                            make_predictive()->needs());
    };
    CHECK_THROWS_WITH(network(1, 0), Catch::Contains("b-a") && Catch::Contains("described after"));
    CHECK_THROWS_WITH(network(1, 1), Catch::Contains("described after"));
    CHECK_NOTHROW(network(0, 1));
    const auto net = network(0, 1);
    CHECK_THROWS_WITH(make_predictive()->check_nudge(net, {.beta = 1.0}), Catch::Contains("beta < 1"));
    CHECK_NOTHROW(make_predictive()->check_nudge(net, {.beta = -0.5}));
}
