// Simulated bifurcation and amplitude control against plain double-precision loops over matrices.
#include "tests/hw_models/solver_graphs.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

namespace {

MachineSpec machine_for(const EnergyModel& model, const std::string& dynamics, const Settings& settings) {
    MachineSpec machine;
    machine.circuit.choose(model.circuit());
    machine.dynamics.choose(dynamics);
    set(*machine.dynamics.part(), settings);
    machine.node_noise = "off";
    machine.dac.choose("ideal");
    machine.adc.choose("ideal");
    return machine;
}

std::shared_ptr<const ChipModel> chip(const MachineSpec& machine, std::shared_ptr<const Network> net,
                                      const std::string& model) {
    return make_chip_model(machine, std::move(net), make_energy_model(model), 5);
}

AlignedVector<float> values_of(const Network& net) {
    return random_floats(net.parameters, 77);
}

// Largest distance of any step's state from a trajectory of the same start.
template <class Step>
double largest_error(const Tape& tape, std::size_t n, std::vector<double> second, Step step) {
    std::vector<double> x(tape.front().state.begin(), tape.front().state.begin() + static_cast<long>(n));
    double worst = 0.0;
    for (std::size_t k = 1; k < tape.size(); ++k) {
        step(k - 1, x, second);
        for (std::size_t i = 0; i < n; ++i)
            worst = std::max(worst, std::abs(x[i] - static_cast<double>(tape[k].state[i])));
    }
    return worst;
}

constexpr std::uint32_t steps = 12;

} // namespace

TEST_CASE("Positions bifurcate as the published equations say, few and many couplings alike", "[solver]") {
    const std::string dynamics = GENERATE("ballistic", "discrete");
    const double density = GENERATE(0.03, 0.9);
    const auto model = make_bifurcation();
    const auto net = random_graph(*model, 70, density);
    const auto values = values_of(*net);
    const auto machine = machine_for(*model, dynamics, {{"coupling_gain", 0.2}, {"step", 0.4}});
    const auto p = plain(*net, values);
    const auto tape = tape_of_shot(*chip(machine, net, "bifurcation"), steps, values);
    REQUIRE(tape.size() == steps + 1);
    const auto step = [&](std::size_t k, std::vector<double>& x, std::vector<double>& v) {
        const double pump = (static_cast<double>(k) + 0.5) / steps;
        auto seen = x;
        if (dynamics == "discrete")
            for (double& s : seen) s = s < 0.0 ? -1.0 : 1.0;
        for (std::size_t i = 0; i < p.n; ++i) {
            double force = p.h[i];
            for (std::size_t j = 0; j < p.n; ++j) force += p.j[i * p.n + j] * seen[j];
            v[i] += 0.4 * ((pump - 1.0) * x[i] + 0.2 * force);
            x[i] += 0.4 * v[i];
            if (std::abs(x[i]) > 1.0) {
                x[i] = x[i] > 0.0 ? 1.0 : -1.0;
                v[i] = 0.0;
            }
        }
    };
    CHECK(largest_error(tape, p.n, std::vector<double>(p.n, 0.0), step) < 2e-5);
}

TEST_CASE("Error variables hold amplitudes as the published equations say", "[solver]") {
    const auto model = make_coherent();
    const auto net = random_graph(*model, 40, 0.2);
    const auto values = values_of(*net);
    const auto machine = machine_for(*model, "amplitude-control",
                                     {{"coupling_gain", 0.3},
                                      {"step", 0.1},
                                      {"solver_pump", 0.8},
                                      {"amplitude", 0.4},
                                      {"error_rate", 0.5}});
    const auto p = plain(*net, values);
    auto tape = tape_of_shot(*chip(machine, net, "coherent"), 60, values);
    tape.erase(tape.begin()); // noise comes after RESET: the first step's state is the start here
    std::vector<double> e(tape.front().second.begin(), tape.front().second.begin() + static_cast<long>(p.n));
    const auto step = [&](std::size_t, std::vector<double>& x, std::vector<double>& v) {
        const auto before = x;
        for (std::size_t i = 0; i < p.n; ++i) {
            double force = p.h[i];
            for (std::size_t j = 0; j < p.n; ++j) force += p.j[i * p.n + j] * before[j];
            x[i] =
                std::clamp(x[i] + 0.1 * ((0.8 - 1.0 - x[i] * x[i]) * x[i] + 0.3 * v[i] * force), -1.5, 1.5);
            v[i] = std::min(v[i] - 0.1 * 0.5 * v[i] * (before[i] * before[i] - 0.4), 32.0);
        }
    };
    CHECK(largest_error(tape, p.n, e, step) < 1e-4);
    for (std::size_t i = 0; i < p.n; ++i) CHECK(std::abs(tape.back().second[i]) > 0.1F);
}

TEST_CASE("A shot of a solver depends neither on lanes, nor on threads, nor on being traced",
          "[solver][lanes]") {
    struct Case {
        std::string model, dynamics;
        double density;
    };
    const auto c = GENERATE(Case{"bifurcation", "ballistic", 0.05}, Case{"bifurcation", "discrete", 0.8},
                            Case{"coherent", "amplitude-control", 0.05}, Case{"binary", "gibbs", 0.05});
    const auto model = make_energy_model(c.model);
    const auto net = random_graph(*model, 50, c.density);
    const auto built = chip(machine_for(*model, c.dynamics, {}), net, c.model);
    ListWriter list(*built);
    const auto cycles = static_cast<std::uint32_t>(
        std::ceil(25.0 * built->dynamics->physical_rc_per_step() / MachineSpec{}.cycle_rc()));
    for (std::uint64_t shot = 0; shot < 70; ++shot)
        list.clamp(clamp_inputs, shot).reset().relax(cycles).read(1);
    const auto alone = evaluate(built, list, {.lanes = 1});
    CHECK(evaluate(built, list, {.lanes = 33}) == alone);
    CHECK(evaluate(built, list, {.lanes = 70, .threads = 2, .traced = 40}) == alone);
}

TEST_CASE("Training on positions that bifurcate is refused: it has no equilibrium to nudge", "[solver]") {
    const auto model = make_bifurcation();
    const auto net = random_graph(*model, 10, 0.5);
    CHECK_THROWS_WITH(model->check_nudge(*net, {.beta = 0.5}), Catch::Contains("isinglass solve"));
}
