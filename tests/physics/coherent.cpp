// Amplitudes of a coherent Ising machine: their equilibria, EP's gradient, and the feedback array that runs
// them.
#include "tests/physics/oracle.hpp"
#include "tests/set_parameters.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::rig;

namespace {

constexpr double pump = 0.7;

std::shared_ptr<EnergyModel> amplitudes() {
    std::shared_ptr<EnergyModel> model = make_coherent();
    test::set(*model, {{"pump", pump}});
    return model;
}

// A 5-6-3 chain with its couplings, and the same energy in double precision.
struct AmplitudeCase {
    std::shared_ptr<const Network> net = chain({5, 6, 3}, -1.5F, 1.5F);
    std::vector<float> values = random_values(*net, 0.8, 0.3, 4);
    Sample sample{random_levels(5, 7), {0.6F, -0.4F, 0.1F}};

    [[nodiscard]] Oracle oracle() const {
        return {.energy =
                    [this](std::span<const double> s, std::span<const double> theta) {
                        double e = 0.0;
                        for (const double x : s) e += 0.5 * (1.0 - pump) * x * x + 0.25 * x * x * x * x;
                        std::size_t at = 0;
                        for (std::size_t i = 0; i < 5; ++i)
                            for (std::size_t j = 0; j < 6; ++j)
                                e -= static_cast<double>(sample.inputs[i]) * theta[at++] * s[j];
                        for (std::size_t j = 0; j < 6; ++j) e -= theta[at++] * s[j];
                        for (std::size_t j = 0; j < 6; ++j)
                            for (std::size_t k = 0; k < 3; ++k) e -= s[j] * theta[at++] * s[6 + k];
                        for (std::size_t k = 0; k < 3; ++k) e -= theta[at++] * s[6 + k];
                        return e;
                    },
                .cost =
                    [this](std::span<const double> s) {
                        double c = 0.0;
                        for (std::size_t k = 0; k < 3; ++k)
                            c += 0.5 * std::pow(s[6 + k] - static_cast<double>(sample.targets[k]), 2);
                        return c;
                    },
                .low = std::vector<double>(9, -1.5),
                .high = std::vector<double>(9, 1.5)};
    }
};

MachineSpec feedback_machine(const test::Settings& settings) {
    MachineSpec machine = ideal_machine("dissipative");
    machine.array.choose("feedback");
    test::set(*machine.array.part(), settings);
    return machine;
}

} // namespace

TEST_CASE("EP on amplitudes of parametric oscillators is the gradient of the cost", "[physics]") {
    const AmplitudeCase c;
    const std::vector<double> theta(c.values.begin(), c.values.end());
    const auto analog = make_chip_model(ideal_machine("dissipative"), c.net, amplitudes(), 1);
    const auto feedback = make_chip_model(feedback_machine({}), c.net, amplitudes(), 1);
    const double round_rc = feedback->dynamics->physical_rc_per_step();
    const auto on_analog = ep_on_machine(*analog, c.values, c.sample, {});
    const auto on_feedback =
        ep_on_machine(*feedback, c.values, c.sample,
                      {.times = {.beta = 1e-3, .free_rc = 300 * round_rc, .nudged_rc = 300 * round_rc}});
    const auto exact = exact_gradient(c.oracle(), theta, on_analog.run.free);
    CHECK(cosine(on_analog.gradient, exact) > 0.9999);
    CHECK(cosine(on_feedback.gradient, exact) > 0.9999);
    for (const double s : on_analog.run.free) CHECK(std::abs(s) < 1.4); // away from the walls
}

TEST_CASE("a round of the feedback array adds the measured force, and the node's own as it is", "[physics]") {
    const AmplitudeCase c;
    const auto machine = feedback_machine({{"gain", 0.25}});
    const auto model = make_chip_model(machine, c.net, amplitudes(), 1);
    const double round_rc = model->dynamics->physical_rc_per_step();
    const auto run =
        run_ep(*model, c.values, c.sample, {.beta = 0.3, .free_rc = 3 * round_rc, .nudged_rc = round_rc});
    // The same three rounds by differences of the energy.
    const auto oracle = c.oracle();
    const std::vector<double> theta(c.values.begin(), c.values.end());
    std::vector<double> s(9, 0.0);
    for (int round = 0; round < 3; ++round) {
        std::vector<double> next = s;
        for (std::size_t i = 0; i < s.size(); ++i) {
            constexpr double h = 1e-4;
            auto moved = s;
            moved[i] += h;
            const double above = oracle.energy(moved, theta);
            moved[i] -= 2 * h;
            next[i] -= 0.25 * (above - oracle.energy(moved, theta)) / (2 * h);
        }
        s = next;
    }
    for (std::size_t i = 0; i < s.size(); ++i) CHECK(run.free[i] == Approx(s[i]).margin(1e-6));
}

TEST_CASE("converter noise of the feedback loop reaches the spins, and depends on nothing but its keys",
          "[physics]") {
    const AmplitudeCase c;
    auto noisy = feedback_machine({});
    noisy.adc.choose("uniform");
    test::set(*noisy.adc.part(),
              {{"bits", 12.0}, {"gain_error", 0.0}, {"offset_error", 0.0}, {"noise", 40.0}});
    const auto spread = [&](double free_rc, std::uint64_t seed) {
        const auto loop = noisy.array->dynamics(noisy, *c.net, *amplitudes(), seed);
        auto model = *make_chip_model(feedback_machine({}), c.net, amplitudes(), seed); // ideal read-out
        model.dynamics = loop;
        return run_ep(model, c.values, c.sample, {.beta = 0.3, .free_rc = free_rc, .nudged_rc = 1.0}).free;
    };
    const double rounds = 40 * noisy.array->dynamics(noisy, *c.net, *amplitudes(), 1)->physical_rc_per_step();
    CHECK(spread(rounds, 1) == spread(rounds, 1));
    CHECK(spread(rounds, 1) != spread(rounds, 2));
}

TEST_CASE("a round of the feedback array reads, sums and writes all spins, one after the other",
          "[physics]") {
    const auto net = chain({40, 100, 30});
    auto machine =
        feedback_machine({{"loop_adcs", 64.0}, {"loop_dacs", 32.0}, {"macs", 500.0}, {"pipeline", 6.0}});
    machine.adc_bank.rate_hz = 200e6; // 2.5 cycles of 500 MHz a slot
    machine.dac_bank.rate_hz = 500e6;
    const auto model = make_chip_model(machine, net, make_hopfield(), 1);
    // 130 spins: 3 slots of 64 ADCs take 7.5 cycles, thus 8; 2 · 3000 products 12; pipeline 6; 5 slots of 32
    // DACs.
    CHECK(model->dynamics->physical_rc_per_step() / machine.cycle_rc() == Approx(8 + 12 + 6 + 5));
    CHECK(machine.array->clamp_cycles(*net, "hopfield") == 8); // 40 · 100 products
}
