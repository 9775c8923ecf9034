#include "tests/hw_models/kernel_fixtures.hpp"

#include <catch2/catch.hpp>

#include <cstring>

using namespace isinglass;
using namespace isinglass::test;

namespace {

constexpr std::uint8_t every_line = clamp_inputs | clamp_targets | clamp_injected;

std::vector<double> doubles(std::span<const std::uint8_t> codes) {
    std::vector<float> values(codes.size() / 4);
    std::memcpy(values.data(), codes.data(), codes.size());
    return {values.begin(), values.end()};
}

// How far the spins `s` (all layers, packed) are from s = clip(field / leak), every coupling and bias counted
// in double precision. `lines` are inputs, targets and injected levels.
double residual(const Network& net, const AlignedVector<float>& values, std::span<const double> lines,
                const std::vector<double>& s, double beta, bool frozen) {
    std::vector<double> field(s.size(), 0.0);
    for (const auto& block : net.blocks) {
        const std::size_t to = net.first_node(static_cast<std::size_t>(block.layer));
        for (std::size_t i = 0; i < block.rows; ++i)
            for (std::size_t j = 0; j < block.columns; ++j) {
                const double w = static_cast<double>(values[block.first + i * block.columns + j]);
                if (block.link < 0) {
                    field[to + j] += w;
                } else if (net.links[block.link].from == input_layer) {
                    field[to + j] += w * lines[i];
                } else {
                    const std::size_t from =
                        net.first_node(static_cast<std::size_t>(net.links[block.link].from));
                    field[to + j] += w * s[from + i];
                    field[from + i] += w * s[to + j];
                }
            }
    }
    const std::size_t out = net.first_node(net.layers.size() - 1);
    double largest = 0.0;
    for (std::size_t n = 0; n < s.size(); ++n) {
        double leak = 1.0;
        if (n >= out && frozen) field[n] += beta * lines[net.inputs + net.output().size + n - out];
        if (n >= out && !frozen) {
            field[n] += beta * lines[net.inputs + n - out];
            leak += beta;
        }
        largest = std::max(largest, std::abs(s[n] - std::clamp(field[n] / leak, 0.0, 1.0)));
    }
    return largest;
}

} // namespace

TEST_CASE("Every dynamics comes to rest where each spin meets its field, free and nudged", "[equilibrium]") {
    for (const auto& dynamics : hopfield_dynamics()) {
        auto machine = ideal_twin(test_machine(), *make_hopfield());
        machine.dynamics.choose(dynamics);
        const auto model = model_of(machine, chain({20, 33, 17, 5}));
        const auto& net = *model->network;
        for (const auto& [beta, frozen] :
             {std::pair{0.0F, false}, {0.5F, false}, {-0.5F, false}, {0.5F, true}, {-1.5F, true}}) {
            INFO(dynamics << ", beta " << beta << (frozen ? ", frozen" : ""));
            ListWriter list(*model);
            list.clamp(every_line, 1)
                .reset()
                .relax(1000, beta, frozen ? relax_frozen : std::uint8_t{0})
                .read(7);
            const auto outcome = evaluate(model, list);
            const auto spins = doubles(outcome.codes);
            const auto lines = doubles(job_of(list, *model).buffer(0));
            CHECK(residual(net, random_couplings(net), lines, spins, static_cast<double>(beta), frozen) <
                  1e-5);
            CHECK(std::ranges::count_if(spins, [](double s) { return s > 0.0 && s < 1.0; }) > 15);
        }
    }
}

TEST_CASE("A link that skips a layer and one into a layer from two sides reach the same field",
          "[equilibrium]") {
    const auto net = std::make_shared<const Network>(
        make_network(20, {{.name = "a", .size = 33}, {.name = "b", .size = 17}, {.name = "out", .size = 5}},
                     {{.from = input_layer, .to = 0},
                      {.from = 0, .to = 1},
                      {.from = 1, .to = 2},
                      {.from = 0, .to = 2},
                      {.from = input_layer, .to = 2}}));
    auto values = random_couplings(*net);
    for (auto& x : values) x *= 0.5F;
    const auto model = model_of(ideal_twin(test_machine(), *make_hopfield()), net);
    ListWriter list(*model);
    auto job = job_of(list.clamp(every_line, 1).reset().relax(1000, 0.5F).read(7), *model);
    WorkerPool pool(1);
    LaneScheduler scheduler(pool, 32);
    scheduler.use(model);
    scheduler.begin(job);
    scheduler.need(0, values.data());
    CHECK(residual(*net, values, doubles(job.buffer(0)), doubles(job.buffer(3)), 0.5, false) < 1e-5);
}

TEST_CASE("The pump ramps once after RESET and not again in later phases", "[equilibrium]") {
    for (const auto* dynamics : {"conjugate", "conjugate-fast"}) {
        auto machine = ideal_twin(test_machine(), *make_hopfield());
        machine.dynamics.choose(dynamics);
        const auto movement_after = [&](double pump_start) {
            set(*machine.dynamics.part(), {{"pump_start", pump_start}, {"pump_ramp", 5.0}});
            const auto model = model_of(machine, chain({20, 33, 17, 5}));
            ListWriter list(*model);
            list.clamp(clamp_inputs, 1).reset().relax(1000).read(7).relax(5).read(7);
            const auto spins = doubles(evaluate(model, list).codes);
            double largest = 0.0;
            for (std::size_t n = 0; n < 55; ++n)
                largest = std::max(largest, std::abs(spins[n] - spins[55 + n]));
            return largest;
        };
        CHECK(movement_after(-1.0) < 1e-5);
    }
}

TEST_CASE("A pump ramp slows the first steps after RESET", "[equilibrium]") {
    auto machine = ideal_twin(test_machine(), *make_hopfield());
    machine.dynamics.choose("conjugate");
    const auto early = [&](double pump_start) {
        set(*machine.dynamics.part(), {{"pump_start", pump_start}, {"pump_ramp", 10.0}});
        const auto model = model_of(machine, chain({20, 33, 17, 5}));
        ListWriter list(*model);
        double sum = 0.0;
        for (const double s :
             doubles(evaluate(model, list.clamp(clamp_inputs, 1).reset().relax(10).read(7)).codes))
            sum += s;
        return sum;
    };
    CHECK(early(-3.0) < 0.9 * early(1.0));
}
