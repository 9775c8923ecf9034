#include "hw_models/base/exponential.hpp"
#include "tests/hw_models/kernel_fixtures.hpp"

#include <catch2/catch.hpp>

#include <cstring>

using namespace isinglass;
using namespace isinglass::test;

namespace {

std::shared_ptr<const ChipModel> pbits(const MachineSpec& machine) {
    std::vector<SpinLayer> layers;
    for (const std::size_t size : {33, 17, 5})
        layers.push_back({.name = fmt::format("h{}", size),
                          .size = size,
                          .low = -1.0F,
                          .high = 1.0F,
                          .domain = Domain::sign});
    auto net = make_network(20, std::move(layers),
                            {{.from = input_layer, .to = 0}, {.from = 0, .to = 1}, {.from = 1, .to = 2}},
                            make_binary()->needs());
    return make_chip_model(with_circuit_of(*make_binary(), machine),
                           std::make_shared<const Network>(std::move(net)), make_binary(), 5);
}

MachineSpec pbit_machine() {
    auto machine = test_machine();
    machine.dynamics.choose("gibbs");
    machine.adc.choose("ideal");
    machine.node_noise = "off";
    machine.detector.period_rc = 10.0; // a sweep
    return machine;
}

constexpr std::uint64_t samples = 70;
constexpr std::uint32_t sweeps = 50; // clock cycles of 0.2 RC: one sweep of 10 RC

std::vector<float> states(const Outcome& outcome) {
    std::vector<float> s(outcome.codes.size() / sizeof(float));
    std::memcpy(s.data(), outcome.codes.data(), outcome.codes.size());
    return s;
}

} // namespace

TEST_CASE("Samples of p-bits do not depend on the number of lanes or threads", "[lanes][binary]") {
    const std::uint8_t flags = GENERATE(std::uint8_t{0}, relax_until_settled);
    const bool holds = GENERATE(true, false);
    auto machine = pbit_machine();
    machine.sample_and_hold = holds;
    const auto model = pbits(machine);
    ListWriter list(*model);
    for (std::uint64_t p = 0; p < samples; ++p) {
        list.clamp(clamp_inputs | clamp_targets, p);
        if (p % 5 != 3) list.reset(); // the others are chained
        list.relax(20 * sweeps, 0.0F, flags).read(7).hold();
        for (const float beta : {5.0F, -5.0F}) list.restore().relax(10 * sweeps, beta, flags).read(7);
    }
    const auto expected = evaluate(model, list);
    for (const auto& way : {Lanes{1, 1}, Lanes{33, 1}, Lanes{256, 2}})
        CHECK(evaluate(model, list, way) == expected);
    for (const float s : states(expected)) REQUIRE(std::abs(s) == 1.0F);
}

TEST_CASE("RESET leaves p-bits in random states of their own", "[lanes][binary]") {
    const auto model = pbits(pbit_machine());
    ListWriter list(*model);
    for (std::uint64_t p = 0; p < samples; ++p) list.clamp(clamp_inputs, p).reset().read(7);
    const auto s = states(evaluate(model, list));
    double sum = 0.0;
    for (const float x : s) {
        REQUIRE(std::abs(x) == 1.0F);
        sum += static_cast<double>(x);
    }
    CHECK(std::abs(sum) < 4.0 * std::sqrt(static_cast<double>(s.size())));
    CHECK_FALSE(std::equal(s.begin(), s.begin() + 55, s.begin() + 55));
}

TEST_CASE("A comparator reads p-bits without error through kT/C of the node", "[lanes][binary]") {
    auto machine = pbit_machine();
    const auto exact = pbits(machine);
    machine.node_noise = "sampled";
    machine.adc.choose("uniform");
    set(*machine.adc.part(), {{"bits", 1}, {"gain_error", 0.0}, {"offset_error", 0.01}, {"noise", 0.001}});
    const auto read_by_comparators = pbits(machine);
    const auto codes = [](const std::shared_ptr<const ChipModel>& model) {
        ListWriter list(*model);
        for (std::uint64_t p = 0; p < samples; ++p)
            list.clamp(clamp_inputs, p).reset().relax(20 * sweeps).read(7);
        return evaluate(model, list);
    };
    const auto s = states(codes(exact));
    const auto bits = codes(read_by_comparators).codes;
    REQUIRE(bits.size() == s.size());
    for (std::size_t i = 0; i < s.size(); ++i) REQUIRE(bits[i] == (s[i] > 0.0F ? 1 : 0));
}

TEST_CASE("The field of a binary spin from inputs and bias saturates, and numbers are kept in range",
          "[binary]") {
    const auto model = make_binary();
    auto net =
        make_network(2, {{.name = "out", .size = 2, .low = -1.0F, .high = 1.0F, .domain = Domain::sign}},
                     {{.from = input_layer, .to = 0, .range = 3.0}}, model->needs());
    REQUIRE(net.node_block(0).range == 4.0);
    std::vector<float> values{3.0F, 0.5F, 3.0F, 0.5F, 1.0F, -1.5F}; // inputs to both, then biases
    LaneBlock block(net);
    block.lanes = 1;
    block.inputs.row(0)[0] = block.inputs.row(0)[1] = 1.0F;
    model->kernel(net)->clamp(values.data(), block);
    CHECK(block.constant.row(0)[0] == 4.0F);
    CHECK(block.constant.row(0)[1] == -0.5F);
    std::vector<float> learnt{9.0F, -9.0F, 1.0F};
    model->confine(net, 0, learnt);
    CHECK(learnt == std::vector<float>{3.0F, -3.0F, 1.0F});
    learnt = {9.0F, -9.0F};
    model->confine(net, 1, learnt);
    CHECK(learnt == std::vector<float>{4.0F, -4.0F});
}

TEST_CASE("p-bits run by Gibbs sampling or exact sweeps, and refuse noise and checks within a sweep",
          "[binary]") {
    auto machine = pbit_machine();
    machine.dynamics.choose("dissipative");
    CHECK_THROWS_WITH(pbits(machine), Catch::Contains("valid is: dissipative-sweeps, gibbs"));
    machine.dynamics.choose("gibbs");
    CHECK_THROWS_WITH(model_of(machine, chain({2, 3})), Catch::Contains("whose nodes are not two-valued"));
    machine.node_noise = "dynamic";
    CHECK_THROWS_WITH(pbits(machine),
                      Catch::Contains("machine.array.dynamics = \"gibbs\" has no steps in time"));
    machine = pbit_machine();
    machine.detector.period_rc = 9.0;
    CHECK_THROWS_WITH(pbits(machine), Catch::Contains("period = 9 RC is shorter than a sweep"));
}

TEST_CASE("The vectorisable exponential is the exponential", "[binary]") {
    for (const float x : random_floats(20000, 3, -86.0F, 86.0F))
        CHECK(exponential(x) == Approx(std::exp(static_cast<double>(x))).epsilon(4e-7));
    CHECK(exponential(0.0F) == 1.0F);
    CHECK(exponential(1e9F) == exponential(87.0F));
    CHECK(exponential(-1e9F) == exponential(-87.0F));
}
