// Predictive networks on the arrays that have a circuit for them: digital words, and measured spins that are
// fed back.
#include "tests/physics/oracle.hpp"
#include "tests/physics/predictive_case.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::rig;

namespace {

MachineSpec machine_of(const std::string& array, const Settings& settings) {
    MachineSpec machine = ideal_machine("dissipative");
    machine.array.choose(array);
    test::set(*machine.array.part(), settings);
    return machine;
}

// What words hold exactly: couplings of that format, inputs of 8 bits.
PredictiveCase coded_case(CouplingFormat format) {
    auto c = predictive_case();
    for (const auto& block : c.net->blocks)
        for (std::size_t i = block.first; i < block.first + block.count(); ++i) {
            const auto lsb = static_cast<float>(format.lsb(block.range));
            c.values[i] = lsb * std::nearbyint(c.values[i] / lsb);
        }
    for (float& x : c.sample.inputs) x = std::nearbyint(255.0F * x) / 255.0F;
    return c;
}

} // namespace

TEST_CASE("EP of a predictive network on the feedback array is the gradient of the cost", "[physics]") {
    const auto c = predictive_case();
    // Forces of a nudge stay within the range of the loop's converters.
    const auto machine = machine_of("feedback", {{"force_range", 16.0}});
    const auto model = make_chip_model(machine, c.net, make_predictive(), 1);
    const double round_rc = model->dynamics->physical_rc_per_step();
    const auto after = [&](double rounds) {
        const EpTimes times{.beta = 0.01, .free_rc = rounds * round_rc, .nudged_rc = rounds * round_rc};
        return ep_on_machine(*model, c.values, c.sample, {.times = times});
    };
    const auto settled = after(300.0);
    const auto expected = c.states();
    for (std::size_t i = 0; i < expected.size(); ++i)
        CHECK(settled.run.free[i] == Approx(expected[i]).margin(1e-4));
    CHECK(cosine(settled.gradient, c.exact()) > 0.9999);
    CHECK(relative_error(settled.gradient, c.exact()) < 0.01);
    CHECK(cosine(after(3.0).gradient, c.exact()) < 0.99); // four layers, half of the way a round
}

TEST_CASE("EP of a predictive network in digital words is the gradient of the cost, as far as words go",
          "[physics]") {
    auto machine = machine_of("digital", {{"state_bits", 15.0}, {"fraction_bits", 11.0}});
    machine.couplings.kind = "codes";
    machine.couplings.bits = 12;
    machine.couplings.mismatch = 0.0;
    machine.dac.choose("port"); // inputs of 8 bits
    const auto c = coded_case(machine.couplings.format());
    auto model = *make_chip_model(ideal_machine("idealised-passes"), c.net, make_predictive(), 1);
    model.dynamics = machine.array->dynamics(machine, *c.net, *make_predictive(), 1); // read as it is
    const double step_rc = model.dynamics->physical_rc_per_step();
    const EpTimes times{.beta = 0.0625, .free_rc = step_rc, .nudged_rc = 10.0 * step_rc};
    const auto ep = ep_on_machine(model, c.values, c.sample, {.times = times});
    const auto expected = c.states();
    for (std::size_t i = 0; i < expected.size(); ++i)
        CHECK(ep.run.free[i] == Approx(expected[i]).margin(0.005));
    CHECK(cosine(ep.gradient, c.exact()) > 0.999);
}
