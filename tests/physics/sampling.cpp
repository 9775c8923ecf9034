// Gibbs sampling on the machine against enumeration of all states.
#include "tests/physics/ising.hpp"
#include "tests/set_parameters.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <numeric>

using namespace isinglass;
using namespace isinglass::rig;

namespace {

std::vector<double> doubles(std::span<const float> values) {
    return {values.begin(), values.end()};
}

// Pearson's statistic of the states that were found against probabilities.
double chi_square(const std::vector<std::size_t>& found, const std::vector<double>& expected) {
    std::vector<double> counts(expected.size(), 0.0);
    for (const std::size_t s : found) ++counts[s];
    double sum = 0.0;
    for (std::size_t s = 0; s < counts.size(); ++s) {
        const double mean = expected[s] * static_cast<double>(found.size());
        sum += std::pow(counts[s] - mean, 2) / mean;
    }
    return sum;
}

// Mean and four standard deviations of the statistic where the samples are of that law.
double bound(std::size_t states) {
    const auto freedom = static_cast<double>(states - 1);
    return freedom + 4.0 * std::sqrt(2.0 * freedom);
}

struct Wiring {
    const char* name;
    std::shared_ptr<const Network> net;
};

std::vector<Wiring> wirings() {
    const LinkRequest from_inputs{.from = input_layer, .to = 0};
    return {{"layers in a chain",
             sign_network(2, {2, 2, 2}, {from_inputs, {.from = 0, .to = 1}, {.from = 1, .to = 2}})},
            {"layers in a triangle",
             sign_network(2, {2, 2, 2},
                          {from_inputs, {.from = 0, .to = 1}, {.from = 1, .to = 2}, {.from = 0, .to = 2}})},
            {"couplings within and between layers",
             sign_network(2, {4, 2},
                          {from_inputs, {.from = 0, .to = 0, .kind = all_pairs()}, {.from = 0, .to = 1}})}};
}

// Couplings of ±1 between all pairs of 16 spins, without fields: each spin has an odd number of neighbours,
// so that none is free.
struct Glass {
    std::shared_ptr<const Network> net =
        sign_network(1, {16}, {{.from = input_layer, .to = 0}, {.from = 0, .to = 0, .kind = all_pairs()}});
    std::vector<float> values = random_values(*net, 1.0, 0.0, 5);
    Sample sample{{0.0F}, std::vector<float>(16, 0.0F)};

    Glass() {
        for (float& v : values) v = v > 0.0F ? 1.0F : v < 0.0F ? -1.0F : 0.0F;
    }
    [[nodiscard]] Ising ising() const { return {*net, doubles(values), sample.inputs}; }
};

double ground_energy(const Ising& ising) {
    double lowest = 0.0;
    for (std::size_t s = 0; s < ising.states(); ++s) lowest = std::min(lowest, ising.energy(s));
    return lowest;
}

double share_in_ground_state(const Ising& ising, const std::vector<std::size_t>& found) {
    const double ground = ground_energy(ising);
    const auto hits = std::ranges::count_if(found, [&](auto s) { return ising.energy(s) < ground + 1e-6; });
    return static_cast<double>(hits) / static_cast<double>(found.size());
}

} // namespace

TEST_CASE(
    "p-bits at a constant temperature visit all states as often as Boltzmann's law says, free and nudged",
    "[physics][sampling]") {
    constexpr double temperature = 0.8;
    constexpr double beta = 0.6;
    for (const auto& [name, net] : wirings()) {
        INFO(name);
        const auto model = pbits(net, {{"start_temperature", temperature}, {"end_temperature", temperature}});
        const auto values = random_values(*net, 0.9, 0.4, 2);
        const Sample sample{{0.3F, 0.9F}, {1.0F, -1.0F}};
        const auto shots =
            shoot(*model, values, sample,
                  {clamp_op(), reset_op(), relax_op(20), read_op(), relax_op(20, beta), read_op()}, 20000);
        const Ising ising(*net, doubles(values), sample.inputs);
        const auto free = ising.boltzmann(temperature);
        const auto nudged = ising.boltzmann(temperature, beta, sample.targets); // of the squared error
        CHECK(chi_square(shots.states[0], free) < bound(ising.states()));
        CHECK(chi_square(shots.states[1], nudged) < bound(ising.states()));
        CHECK(chi_square(shots.states[1], free) > 4.0 * bound(ising.states()));
    }
}

TEST_CASE("the temperature of p-bits falls over a free phase and rises and falls over one that goes on",
          "[physics][sampling]") {
    // Spins without couplings follow the temperature at once: ⟨s⟩ = tanh(h/T).
    constexpr std::size_t spins = 64, presentations = 300, sweeps = 9;
    constexpr double hot = 4.0, cold = 0.5, reverse = 0.5, field = 0.7;
    const auto net = sign_network(1, {spins}, {{.from = input_layer, .to = 0}});
    std::vector<float> values(net->parameters, 0.0F);
    std::fill_n(values.begin() + static_cast<std::ptrdiff_t>(net->node_block(0).first), spins, 0.7F);
    const Sample sample{{0.0F}, std::vector<float>(spins, 0.0F)};
    for (const bool geometric : {false, true}) {
        const auto model = pbits(
            net, {{"start_temperature", hot}, {"end_temperature", cold}, {"reverse", reverse}}, geometric);
        const auto shots =
            shoot(*model, values, sample, {clamp_op(), reset_op(), relax_op(sweeps), relax_op(sweeps, 1e-6)},
                  presentations, true);
        for (std::size_t phase = 0; phase < 2; ++phase)
            for (std::size_t k = 0; k < sweeps; ++k) {
                double mean = 0.0;
                for (const auto& tape : shots.tapes) {
                    const auto& step = tape.at(1 + phase * sweeps + k); // after the one of RESET
                    mean += std::accumulate(step.state.begin(), step.state.begin() + spins, 0.0);
                }
                mean /= static_cast<double>(spins * presentations);
                const double down = static_cast<double>(k) / (sweeps - 1.0); // 0 … 1 over the phase
                const double from_end = phase == 0 ? 1.0 - down : reverse * 2.0 * std::min(down, 1.0 - down);
                const double temperature =
                    geometric ? cold * std::pow(hot / cold, from_end) : cold + (hot - cold) * from_end;
                INFO((geometric ? "geometric" : "linear") << ", phase " << phase << ", sweep " << k);
                CHECK(mean ==
                      Approx(std::tanh(field / temperature)).margin(4.0 / std::sqrt(spins * presentations)));
            }
    }
}

TEST_CASE("annealing finds the ground state of a small spin glass more often than a quench",
          "[physics][sampling]") {
    const Glass glass;
    const SampleProgram anneal{clamp_op(), reset_op(), relax_op(100), read_op()};
    const auto slow = pbits(glass.net, {{"start_temperature", 4.0}, {"end_temperature", 0.2}});
    const auto quench = pbits(glass.net, {{"start_temperature", 0.2}, {"end_temperature", 0.2}});
    const auto ising = glass.ising();
    const double annealed =
        share_in_ground_state(ising, shoot(*slow, glass.values, glass.sample, anneal, 256).states[0]);
    const double quenched =
        share_in_ground_state(ising, shoot(*quench, glass.values, glass.sample, anneal, 256).states[0]);
    CAPTURE(annealed, quenched);
    CHECK(annealed > 0.9);
    CHECK(annealed > quenched + 0.05);
}

TEST_CASE("annealing aligns a ferromagnet", "[physics][sampling]") {
    Glass magnet;
    for (float& v : magnet.values) v = std::abs(v);
    const auto model = pbits(magnet.net, {{"start_temperature", 8.0}, {"end_temperature", 0.2}});
    const auto shots =
        shoot(*model, magnet.values, magnet.sample, {clamp_op(), reset_op(), relax_op(100), read_op()}, 256);
    CHECK(share_in_ground_state(magnet.ising(), shots.states[0]) == 1.0);
    const auto up = std::ranges::count(shots.states[0], (std::size_t{1} << 16) - 1);
    CHECK(up > 256 * 3 / 8); // both of them, equally often
    CHECK(up < 256 * 5 / 8);
}

TEST_CASE("reverse annealing stays near its start the less far back it goes", "[physics][sampling]") {
    const Glass glass;
    const SampleProgram program{clamp_op(), reset_op(),         relax_op(100),
                                read_op(),  relax_op(50, 1e-6), read_op()};
    auto overlap = [&](double reverse) {
        const auto model =
            pbits(glass.net, {{"start_temperature", 12.0}, {"end_temperature", 0.1}, {"reverse", reverse}});
        const auto shots = shoot(*model, glass.values, glass.sample, program, 128);
        double sum = 0.0;
        for (std::size_t p = 0; p < 128; ++p)
            for (std::size_t i = 0; i < 16; ++i)
                sum += Ising::spin(shots.states[0][p], i) * Ising::spin(shots.states[1][p], i);
        return sum / (128.0 * 16.0);
    };
    CHECK(overlap(0.0) > 0.99);
    CHECK(overlap(0.1) > 0.9);
    CHECK(overlap(0.25) > 0.85);
    CHECK(overlap(0.5) < 0.5);
    CHECK(std::abs(overlap(1.0)) < 0.3); // forgotten: turning all spins over costs nothing
}

TEST_CASE("sweeps of exact solutions take binary spins downhill into a local minimum",
          "[physics][sampling]") {
    const Glass glass;
    const auto model =
        make_chip_model(test::with_circuit_of(*make_binary(), ideal_machine("dissipative-sweeps")), glass.net,
                        make_binary(), 3);
    const auto shots = shoot(*model, glass.values, glass.sample,
                             {clamp_op(), reset_op(), read_op(), relax_op(100), read_op()}, 64);
    const auto ising = glass.ising();
    for (std::size_t p = 0; p < 64; ++p) {
        const std::size_t end = shots.states[1][p];
        CHECK(ising.energy(end) <= ising.energy(shots.states[0][p]));
        for (std::size_t i = 0; i < 16; ++i)
            CHECK(ising.energy(end ^ (std::size_t{1} << i)) >= ising.energy(end) - 1e-6);
    }
}
