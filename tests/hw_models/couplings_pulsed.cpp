// Devices that move by pulses, against closed forms.
#include "host/learning/pulse_counts.hpp"
#include "hw_models/base/error.hpp"
#include "tests/hw_models/kernel_fixtures.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

namespace {

constexpr std::size_t devices = 4000;

float after(const PulseSpec& spec, float from, int pulses, std::size_t device = 0) {
    return PulsedDevices(spec, 1, 1).pulsed(device, from, pulses, 0);
}

struct Moments {
    double mean = 0.0, sigma = 0.0;
};

template <class Value>
Moments over_devices(Value value) {
    double sum = 0.0;
    double squares = 0.0;
    for (std::size_t i = 0; i < devices; ++i) {
        const double v = value(i);
        sum += v / devices;
        squares += v * v / devices;
    }
    return {sum, std::sqrt(squares - sum * sum)};
}

CouplingSpec pulsed_couplings(const PulseSpec& spec) {
    return {.kind = "pulsed", .pulses = spec};
}

} // namespace

TEST_CASE("With soft bounds, n pulses leave (1 - step)^n of the way to the bound", "[pulses]") {
    const PulseSpec soft{.step = 0.02, .slope_up = 1.0, .slope_down = 1.0, .upper = 1.25, .lower = -0.75};
    for (const int n : {1, 10, 50, 127}) {
        // With x' = step (1 − x/b) a pulse, b − x shrinks by 1 − step/b.
        const double up = 1.25 - (1.25 - 0.1) * std::pow(1.0 - 0.02 / 1.25, n);
        const double down = -0.75 + (0.1 + 0.75) * std::pow(1.0 - 0.02 / 0.75, n);
        CHECK(static_cast<double>(after(soft, 0.1F, n)) == Approx(up).epsilon(1e-6));
        CHECK(static_cast<double>(after(soft, 0.1F, -n)) == Approx(down).epsilon(1e-6));
    }
}

TEST_CASE("Without slopes every pulse is one step, up to the bound", "[pulses]") {
    const PulseSpec hard{.step = 0.01};
    CHECK(after(hard, -0.2F, 40) == Approx(0.2F));
    CHECK(after(hard, 0.2F, -100) == Approx(-0.8F));
    CHECK(after(hard, 0.9F, 127) == 1.0F);
    CHECK(after(hard, -0.9F, -127) == -1.0F);
}

TEST_CASE("As many pulses up as down drift by the asymmetry of their steps", "[pulses]") {
    const PulseSpec spec{.step = 0.001, .asymmetry = 0.1};
    float x = 0.0F;
    for (int k = 0; k < 10; ++k) x = after(spec, after(spec, x, 20), -20);
    CHECK(static_cast<double>(x) == Approx(10 * 20 * 0.001 * 0.2));
}

TEST_CASE("Soft bounds draw couplings that are pulsed at random to where steps are equal", "[pulses]") {
    // Step up 0.01 (1 − x), down 0.01 (1 + x/0.5): a pair of both leaves x at 0 only.
    const PulseSpec soft{.step = 0.01, .slope_up = 1.0, .slope_down = 1.0, .lower = -0.5};
    float x = 0.8F;
    for (int k = 0; k < 2000; ++k) x = after(soft, x, k % 2 == 0 ? 1 : -1);
    CHECK(static_cast<double>(x) == Approx(0.0).margin(0.01)); // a step at most
}

TEST_CASE("Steps, asymmetry and bounds spread between devices as stated", "[pulses]") {
    const PulsedDevices steps({.step = 0.01, .step_spread = 0.2}, 5, 1);
    const auto step =
        over_devices([&](std::size_t i) { return static_cast<double>(steps.pulsed(i, 0.0F, 10, 0)); });
    CHECK(step.mean == Approx(0.1).epsilon(0.02));
    CHECK(step.sigma == Approx(0.02).epsilon(0.05));
    const PulsedDevices uneven({.step = 0.01, .asymmetry_spread = 0.05}, 5, 1);
    const auto sum = over_devices([&](std::size_t i) {
        return static_cast<double>(uneven.pulsed(i, 0.0F, 1, 0)) +
               static_cast<double>(uneven.pulsed(i, 0.0F, -1, 0));
    });
    CHECK(sum.mean == Approx(0.0).margin(5e-5));
    CHECK(sum.sigma == Approx(2 * 0.01 * 0.05).epsilon(0.05));
    const PulsedDevices bounded({.upper = 1.2, .bound_spread = 0.1}, 5, 1);
    const auto bound =
        over_devices([&](std::size_t i) { return static_cast<double>(bounded.bounds(i).upper); });
    CHECK(bound.mean == Approx(1.2).epsilon(0.01));
    CHECK(bound.sigma == Approx(0.12).epsilon(0.05));
}

TEST_CASE("Noise from pulse to pulse adds up as the root of their number, anew at every update", "[pulses]") {
    const PulsedDevices noisy({.step = 0.001, .step_noise = 2.0}, 1, 7);
    const auto moved = [&](std::uint64_t update) {
        return over_devices(
            [&](std::size_t i) { return static_cast<double>(noisy.pulsed(i, 0.0F, 25, update)); });
    };
    CHECK(moved(3).mean == Approx(0.025).epsilon(0.02));
    CHECK(moved(3).sigma == Approx(0.001 * 2.0 * 5.0).epsilon(0.05));
    CHECK(noisy.pulsed(11, 0.0F, 5, 3) == noisy.pulsed(11, 0.0F, 5, 3));
    CHECK(noisy.pulsed(11, 0.0F, 5, 3) != noisy.pulsed(11, 0.0F, 5, 4));
    CHECK(noisy.pulsed(11, 0.0F, 5, 3) !=
          PulsedDevices({.step = 0.001, .step_noise = 2.0}, 1, 8).pulsed(11, 0.0F, 5, 3));
}

TEST_CASE("PULSE moves the couplings that it counts and no others", "[pulses]") {
    const auto net = chain({5, 70, 9});
    CouplingStore store(*net, pulsed_couplings({.step = 0.01}), 1);
    WorkerPool pool(2);
    PulseCounts counts(*net, 0.01, 1);
    const auto& block = net->blocks[1];
    const auto range = static_cast<float>(block.range);
    counts.wanted()[block.first + 3] = 0.0351F * range;   // three whole pulses
    counts.wanted()[block.first + 40] = -0.0049F * range; // none yet
    counts.wanted()[block.first + 64] = -5.0F * range;    // more than a count holds
    counts.decide(Rounding::nearest, true, 1, pool);
    const auto outcome = store.pulse(1, counts.buffer(1), 1, pool);
    REQUIRE(outcome.valid);
    CHECK(outcome.written == 3 + 127);
    for (std::size_t i = 0; i < net->parameters; ++i) {
        const float expected = i == block.first + 3 ? 0.03F * range : i == block.first + 64 ? -range : 0.0F;
        CHECK(store.values()[i] == Approx(expected));
    }
    CHECK(counts.wanted()[block.first + 3] == Approx(0.0051F * range).epsilon(1e-3));
    CHECK(counts.wanted()[block.first + 40] == -0.0049F * range);
    CHECK(counts.wanted()[block.first + 64] == Approx(-5.0F * range + 1.27F * range));
    CHECK(store.magnitude(1) == Approx(1.03 * static_cast<double>(range)));
}

TEST_CASE("Changes smaller than a pulse are lost without a master copy, or drawn", "[pulses]") {
    const auto net = chain({5, 400, 9});
    WorkerPool pool(1);
    PulseCounts counts(*net, 0.01, 1);
    const auto& block = net->blocks[0];
    const auto ask = [&](Rounding rounding) {
        for (std::size_t i = 0; i < block.count(); ++i)
            counts.wanted()[block.first + i] = 0.003F * static_cast<float>(block.range);
        counts.decide(rounding, false, 4, pool);
        double sum = 0.0;
        for (std::size_t i = 0; i < block.count(); ++i)
            sum += static_cast<std::int8_t>(counts.counts()[block.first + i]);
        return sum / static_cast<double>(block.count());
    };
    CHECK(ask(Rounding::nearest) == 0.0);
    CHECK(ask(Rounding::stochastic) == Approx(0.3).margin(0.04));
    for (std::size_t i = 0; i < block.count(); ++i) CHECK(counts.wanted()[block.first + i] == 0.0F);
}

TEST_CASE("A value that is written to a pulsed device ends at its bounds, and goes there and back exactly",
          "[pulses]") {
    const auto net = chain({5, 70, 9});
    WorkerPool pool(1);
    const auto spec = pulsed_couplings({.step = 0.01, .step_noise = 3.0, .upper = 0.9, .bound_spread = 0.3});
    CouplingStore store(*net, spec, 4, 2);
    const auto& block = net->blocks[0];
    std::vector<float> values(block.count());
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = 0.02F * static_cast<float>(i % 100) - 1.0F;
    const auto bytes = [](const std::vector<float>& v) {
        return std::span(reinterpret_cast<const std::uint8_t*>(v.data()), v.size() * 4); // NOLINT
    };
    REQUIRE(store.program_all(0, bytes(values), pool).valid);
    PulseCounts counts(*net, 0.01, 1);
    for (auto& w : counts.wanted()) w = 0.04F;
    counts.decide(Rounding::nearest, true, 1, pool);
    REQUIRE(store.pulse(0, counts.buffer(0), 1, pool).valid);
    const std::vector<float> held(store.values() + block.first, store.values() + block.first + block.count());
    CHECK(held != values);
    CouplingStore again(*net, spec, 4, 2);
    REQUIRE(again.program_all(0, bytes(held), pool).valid);
    CHECK(std::vector<float>(again.values() + block.first, again.values() + block.first + block.count()) ==
          held);
}

TEST_CASE("Malformed counts are refused and change nothing; other couplings take no pulses", "[pulses]") {
    const auto net = chain({5, 70, 9});
    WorkerPool pool(1);
    CouplingStore store(*net, pulsed_couplings({}), 1);
    PulseCounts counts(*net, 0.002, 1);
    counts.wanted()[0] = 0.5F;
    counts.decide(Rounding::nearest, true, 1, pool);
    std::vector<std::uint8_t> buffer(counts.buffer(0).begin(), counts.buffer(0).end());
    buffer.pop_back();
    CHECK_FALSE(store.pulse(0, buffer, 1, pool).valid);
    CHECK(store.values()[0] == 0.0F);
    CouplingStore codes(*net, {}, 1);
    CHECK_FALSE(codes.pulse(0, counts.buffer(0), 1, pool).valid);
}
