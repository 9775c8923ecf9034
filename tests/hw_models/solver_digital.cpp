// The digital bifurcation machine against a golden model in whole numbers.
#include "tests/hw_models/digital_golden.hpp"
#include "tests/hw_models/solver_graphs.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

TEST_CASE("Digital positions and momenta are the golden model's words, at every step", "[solver][digital]") {
    const bool discrete = GENERATE(false, true);
    const auto model = make_bifurcation();
    const auto net = random_graph(*model, 20, 0.4);
    constexpr double gain = 0.3;
    constexpr long fraction = 10;
    constexpr long shift = 2;
    auto machine =
        digital_machine({{"fraction_bits", fraction}, {"step_shift", shift}, {"coupling_gain", gain}});
    if (discrete) {
        struct Discrete final : Fields {
            void quantity(Key, double&, Unit, Limits) override {}
            void number(Key, double&, Limits) override {}
            void integer(Key, std::int64_t&, Limits) override {}
            void flag(Key, bool&) override {}
            void text(Key, std::string&) override {}
            void relax_time(Key, RelaxTime&, Limits) override {}
            void numbers(Key, std::vector<double>&, Limits) override {}
            void integers(Key, std::vector<std::int64_t>&, Limits) override {}
            void choice(Key key, std::string& value, std::span<const std::string>) override {
                if (key.name == "bifurcation") value = "discrete";
            }
            void table(Key, const std::function<void(Fields&)>&) override {}
            void tables(Key, std::size_t, const std::function<void(std::size_t)>&,
                        const std::function<void(std::size_t, Fields&)>&) override {}
            void variant(Key, std::string&, std::span<const std::string>,
                         const std::function<void(const std::string&, Fields&)>&) override {}
            void check(bool, std::string_view, std::string_view) override {}
        } choose;
        machine.array->fields(choose);
    }
    // Couplings as codes: ±127 is a block's range of 1.
    std::vector<long> codes;
    AlignedVector<float> values;
    for (const float u : random_floats(net->parameters, 5, -127.0F, 127.0F)) {
        codes.push_back(std::lround(u));
        values.push_back(static_cast<float>(codes.back()) * static_cast<float>(1.0 / 127.0));
    }
    const auto chip = make_chip_model(machine, net, make_bifurcation(), 5);
    constexpr std::uint32_t steps = 16;
    const auto tape = tape_of_shot(*chip, steps, values);
    REQUIRE(tape.size() == steps + 1);

    const std::size_t n = net->spins();
    constexpr long one = 1L << fraction;
    std::vector<long> x(n), p(n, 0);
    for (std::size_t i = 0; i < n; ++i) x[i] = std::lround(tape.front().state[i] * static_cast<float>(one));
    std::size_t wrong = 0;
    for (std::uint32_t k = 0; k < steps; ++k) {
        std::vector<long> sums(n, 0);
        const auto seen = [&](std::size_t i) { return !discrete ? x[i] : x[i] < 0 ? -1L : 1L; };
        net->links.front().coupling->for_each([&](std::size_t a, std::size_t b, std::size_t w) {
            sums[b] += codes[net->blocks.front().first + w] * seen(a);
            sums[a] += codes[net->blocks.front().first + w] * seen(b);
        });
        // A lateral coupling is summed in its two directions one after the other, each rounded.
        std::vector<long> forward(n, 0);
        net->links.front().coupling->for_each([&](std::size_t a, std::size_t b, std::size_t w) {
            forward[b] += codes[net->blocks.front().first + w] * seen(a);
        });
        const double lsb = 1.0 / 127.0;
        const double unit = discrete ? gain * one : gain;
        for (std::size_t i = 0; i < n; ++i) {
            const long bias = scale(scale(codes[net->node_block(0).first + i] * one, lsb), gain);
            const long force = bias + scale(forward[i], lsb * unit) + scale(sums[i] - forward[i], lsb * unit);
            const long pump = 65536L * k / steps - 65536L;
            p[i] += divide(divide(pump * x[i], 65536L) + force, 1L << shift);
            p[i] = std::clamp(p[i], -2048L, 2047L);
            const long free = x[i] + divide(p[i], 1L << shift);
            x[i] = std::clamp(free, -one, one);
            if (free != x[i]) p[i] = 0;
            wrong += std::lround(tape[k + 1].state[i] * static_cast<float>(one)) != x[i] ? 1U : 0U;
            wrong += std::lround(tape[k + 1].second[i] * static_cast<float>(one)) != p[i] ? 1U : 0U;
        }
    }
    CHECK(wrong == 0);
}

TEST_CASE("A step of the digital array on 2048 spins, all to all, takes 512 cycles and its pipeline",
          "[solver][digital]") {
    const auto model = make_bifurcation();
    const auto a = model->activations().front();
    const auto net =
        make_network(1, {{.name = "s", .size = 2048, .low = a.low, .high = a.high}},
                     {{.from = 0, .to = 0, .kind = make_coupling_kind("all-to-all")}}, model->needs());
    const auto machine =
        digital_machine({{"macs", 8192}, {"pipeline", 20}, {"state_bits", 8}, {"fraction_bits", 6}});
    const double cycles = relax_step_s(machine, net, *model) * machine.clock_hz;
    CHECK(cycles ==
          Approx(2048.0 * 2047.0 / 8192.0 + 0.25 + 20 + 1)); // the last cycle of products is not full
}
