// Small Ising problems on one layer of spins, for solvers' tests.
#pragma once

#include "hw_models/couplings/coupling.hpp"
#include "hw_models/couplings/run_coupling.hpp"
#include "tests/hw_models/kernel_fixtures.hpp"

#include <functional>

namespace isinglass::test {

// Pairs i < j of one layer.
class PairKind final : public CouplingKind {
  public:
    explicit PairKind(std::vector<std::pair<std::size_t, std::size_t>> pairs) : pairs_(std::move(pairs)) {}
    std::unique_ptr<Coupling> build(const CouplingEnds& ends) const override {
        RunList list;
        for (const auto& [i, j] : pairs_) list.add(i, j, 1);
        return make_run_coupling(ends, std::move(list));
    }

  private:
    std::vector<std::pair<std::size_t, std::size_t>> pairs_;
};

// One layer of `spins`; every pair is joined with that probability.
inline std::shared_ptr<const Network> random_graph(const EnergyModel& model, std::size_t spins,
                                                   double density) {
    std::vector<std::pair<std::size_t, std::size_t>> pairs;
    const auto chance = random_floats(spins * spins, 31, 0.0F, 1.0F);
    for (std::size_t i = 0; i < spins; ++i)
        for (std::size_t j = i + 1; j < spins; ++j)
            if (static_cast<double>(chance[i * spins + j]) < density) pairs.emplace_back(i, j);
    const auto a = model.activations().front();
    return std::make_shared<const Network>(make_network(
        1, {{.name = "s", .size = spins, .low = a.low, .high = a.high, .domain = a.domain}},
        {{.from = 0, .to = 0, .kind = std::make_shared<PairKind>(std::move(pairs))}}, model.needs()));
}

// The symmetric matrix [spins × spins] and the fields of a parameter vector.
struct PlainProblem {
    std::size_t n;
    std::vector<double> j, h;
};
inline PlainProblem plain(const Network& net, std::span<const float> values) {
    const std::size_t n = net.spins();
    PlainProblem p{n, std::vector<double>(n * n), std::vector<double>(n)};
    net.links.front().coupling->for_each([&](std::size_t a, std::size_t b, std::size_t w) {
        p.j[a * n + b] = p.j[b * n + a] = static_cast<double>(values[net.blocks.front().first + w]);
    });
    for (std::size_t i = 0; i < n; ++i) p.h[i] = static_cast<double>(values[net.node_block(0).first + i]);
    return p;
}

// CLAMP of nothing, RESET and a RELAX of so many steps.
inline SampleProgram anneal(const ChipModel& model, std::uint32_t steps) {
    return {{.kind = SampleOp::Kind::clamp, .command = 0, .inputs = true},
            {.kind = SampleOp::Kind::reset, .command = 1},
            {.kind = SampleOp::Kind::relax,
             .command = 2,
             .time_rc = steps * model.dynamics->physical_rc_per_step()}};
}

// The tape of one shot alone, the state after RESET first.
inline Tape tape_of_shot(const ChipModel& model, std::uint32_t steps, const AlignedVector<float>& values) {
    Tape tape;
    const std::vector<std::uint8_t> no_input(4, 0);
    SampleTask task{.clamp_codes = {no_input}, .read_codes = {}, .relaxed = std::vector<RelaxOutcome>(1)};
    task.presentation = 3;
    task.tape = &tape;
    SampleEvaluator(model).run(anneal(model, steps), std::span(&task, 1), values.data());
    return tape;
}

} // namespace isinglass::test
