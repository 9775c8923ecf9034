#include "tests/physics/solving.hpp"

#include "hw_models/array/sample_evaluator.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstring>
#include <limits>

namespace isinglass::test {

namespace {

std::vector<float> drawn(std::size_t count, std::uint64_t instance) {
    std::vector<float> u(count);
    RandomStream(29, Purpose::test).uniforms({instance}, u);
    return u;
}

// Calls f(i, j, number of the pair) for i < j.
template <class F>
void for_each_pair(std::size_t spins, F f) {
    std::size_t k = 0;
    for (std::uint32_t i = 0; i < spins; ++i)
        for (std::uint32_t j = i + 1; j < spins; ++j) f(i, j, k++);
}

} // namespace

IsingProblem sherrington_kirkpatrick(std::size_t spins, std::uint64_t instance) {
    IsingProblem problem{.spins = spins};
    const auto u = drawn(spins * (spins - 1) / 2, instance);
    for_each_pair(spins, [&](std::uint32_t i, std::uint32_t j, std::size_t k) {
        problem.couplings.push_back({i, j, u[k] < 0.5F ? 1.0 : -1.0});
    });
    return problem;
}

IsingProblem weighted_graph(std::size_t spins, std::uint64_t instance, bool fields) {
    IsingProblem problem{.spins = spins};
    const auto u = drawn(spins * spins, 1000 + instance);
    for_each_pair(spins, [&](std::uint32_t i, std::uint32_t j, std::size_t k) {
        const double weight =
            std::floor(static_cast<double>(u[k]) * 14.0) - 3.0; // half of the pairs are not joined
        if (weight <= 3.0 && weight != 0.0) problem.couplings.push_back({i, j, weight});
    });
    if (fields)
        for (std::size_t i = 0; i < spins; ++i)
            problem.fields.push_back(static_cast<double>(u[spins * (spins - 1) / 2 + i]) * 4.0 - 2.0);
    return problem;
}

IsingProblem ring(std::size_t spins, bool closed) {
    IsingProblem problem{.spins = spins};
    for (std::uint32_t i = 0; i + 1 < spins; ++i) problem.couplings.push_back({i, i + 1, 1.0});
    if (closed) problem.couplings.push_back({0, static_cast<std::uint32_t>(spins - 1), 1.0});
    return problem;
}

double enumerated_energy(const IsingProblem& problem) {
    double best = std::numeric_limits<double>::infinity();
    std::vector<std::int8_t> s(problem.spins);
    for (std::size_t code = 0; code < (std::size_t{1} << problem.spins); ++code) {
        for (std::size_t i = 0; i < s.size(); ++i)
            s[i] = ((code >> i) & 1U) != 0 ? std::int8_t{1} : std::int8_t{-1};
        best = std::min(best, problem.energy(s));
    }
    return best;
}

namespace {

double lowest_of_block(SampleEvaluator& evaluator, const SampleProgram& program, const GraphNetwork& graph,
                       const IsingProblem& problem, std::size_t first_shot) {
    const std::vector<std::uint8_t> no_input(sizeof(float), 0);
    std::vector<std::vector<std::uint8_t>> read(block_lanes,
                                                std::vector<std::uint8_t>(problem.spins * sizeof(float)));
    std::vector<SampleTask> tasks(block_lanes);
    for (std::size_t shot = 0; shot < tasks.size(); ++shot) {
        tasks[shot].presentation = first_shot + shot;
        tasks[shot].clamp_codes = {no_input};
        tasks[shot].read_codes = {read[shot]};
        tasks[shot].relaxed.resize(1);
    }
    evaluator.run(program, tasks, graph.theta.data());
    const bool circle = graph.network->layers.front().domain == Domain::circle;
    double best = std::numeric_limits<double>::infinity();
    std::vector<std::int8_t> s(problem.spins);
    for (const auto& bytes : read) {
        for (std::size_t i = 0; i < s.size(); ++i) {
            float x = 0.0F;
            std::memcpy(&x, &bytes[i * sizeof x], sizeof x);
            s[i] = (circle ? std::cos(x) : x) >= 0.0F ? std::int8_t{1} : std::int8_t{-1};
        }
        best = std::min(best, problem.energy(s));
    }
    return best;
}

} // namespace

double lowest_energy(const IsingProblem& problem, const std::string& solver, std::int64_t steps,
                     std::size_t shots) {
    const auto experiment = solver_experiment(problem, {.solver = solver, .ideal = true});
    const std::shared_ptr<const EnergyModel> model = experiment.network.model.part();
    const auto graph = graph_network(problem, *model);
    const auto chip = make_chip_model(experiment.machine, graph.network, model, 7);
    const SampleProgram program{
        {.kind = SampleOp::Kind::clamp, .command = 0, .inputs = true},
        {.kind = SampleOp::Kind::reset, .command = 1},
        {.kind = SampleOp::Kind::relax,
         .command = 2,
         .time_rc = static_cast<double>(steps) * chip->dynamics->physical_rc_per_step()},
        {.kind = SampleOp::Kind::read, .command = 3, .layers = 1}};
    SampleEvaluator evaluator(*chip);
    double best = std::numeric_limits<double>::infinity();
    for (std::size_t first = 0; first < shots; first += block_lanes)
        best = std::min(best, lowest_of_block(evaluator, program, graph, problem, first));
    return best;
}

} // namespace isinglass::test

using namespace isinglass;
using namespace isinglass::test;

TEST_CASE("Every solver finds the ground states that enumeration finds, of up to 20 spins", "[solver]") {
    const std::string solver = GENERATE("p-bits", "ballistic", "discrete", "coherent", "oscillators");
    CAPTURE(solver);
    // Slow and fast anneals: the ballistic machine ends in few different states when it is slow.
    const auto found = [&](const IsingProblem& problem) {
        return std::min(lowest_energy(problem, solver, 400, 128), lowest_energy(problem, solver, 60, 256));
    };
    for (std::uint64_t instance = 0; instance < 3; ++instance) {
        CAPTURE(instance);
        const auto sk = sherrington_kirkpatrick(12 + 4 * instance, instance);
        CHECK(found(sk) == enumerated_energy(sk));
        const auto graph = weighted_graph(12 + 4 * instance, instance, false);
        CHECK(found(graph) == enumerated_energy(graph));
    }
}

TEST_CASE("Fields take part in what p-bits and bifurcation solve", "[solver]") {
    const std::string solver = GENERATE("p-bits", "ballistic", "discrete");
    for (std::uint64_t instance = 0; instance < 3; ++instance) {
        const auto graph = weighted_graph(14, instance, true);
        CHECK(lowest_energy(graph, solver, 400, 128) == Approx(enumerated_energy(graph)));
    }
}

TEST_CASE("A ferromagnetic ring has the energy -N and an open chain -(N - 1)", "[solver]") {
    const std::string solver = GENERATE("p-bits", "ballistic", "discrete", "coherent");
    CHECK(lowest_energy(ring(64, true), solver, 2000) == -64.0);
    CHECK(lowest_energy(ring(64, false), solver, 2000) == -63.0);
}

// Means of ground states, physics.md: published values for finite N.
TEST_CASE("Mean ground states of Sherrington and Kirkpatrick's model are the published ones", "[solver]") {
    struct Size {
        std::size_t spins;
        std::uint64_t instances;
        double published;
    };
    const auto [spins, instances, published] =
        GENERATE(Size{10, 300, -0.626}, Size{20, 200, -0.664}, Size{50, 60, -0.721});
    double sum = 0.0;
    for (std::uint64_t i = 0; i < instances; ++i)
        sum += lowest_energy(sherrington_kirkpatrick(spins, i), "p-bits", 300);
    const double n = static_cast<double>(spins);
    // The spread of an instance is about 0.75 / N^(3/4).
    const double error = 0.75 / std::pow(n, 0.75) / std::sqrt(static_cast<double>(instances));
    CHECK(sum / static_cast<double>(instances) / std::pow(n, 1.5) == Approx(published).margin(3.0 * error));
}
