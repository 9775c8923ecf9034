// The digital array against a golden model of its own: integers from the text of the design, no shared code.
#include "tests/hw_models/digital_golden.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

namespace {

// One layered network in whole numbers: couplings and biases as codes of 8 bit (±127 is the range 1).
struct Golden {
    std::vector<std::size_t> sizes; // inputs, hidden layers, outputs
    std::vector<std::vector<long>> w, b;
    long fraction = 10, shift = 1;

    // s[l]: words of layer l + 1.
    void step(const std::vector<long>& x, const std::vector<long>& y, double beta,
              std::vector<std::vector<long>>& s) const {
        const double lsb = 1.0 / 127.0;
        const double unit = static_cast<double>(1L << fraction);
        auto moved = s;
        for (std::size_t l = 0; l < s.size(); ++l)
            for (std::size_t j = 0; j < s[l].size(); ++j) {
                long force = scale(b[l][j] * (1L << fraction), lsb);
                long below = 0;
                const auto& from = l == 0 ? x : s[l - 1];
                for (std::size_t i = 0; i < from.size(); ++i) below += w[l][i * s[l].size() + j] * from[i];
                force += scale(below, l == 0 ? lsb * unit / 255.0 : lsb);
                if (l + 1 < s.size()) {
                    long above = 0;
                    for (std::size_t k = 0; k < s[l + 1].size(); ++k)
                        above += w[l + 1][j * s[l + 1].size() + k] * s[l + 1][k];
                    force += scale(above, lsb);
                } else {
                    force += divide(std::lround(beta * 256.0) * (y[j] - s[l][j]), 256);
                }
                const long next = s[l][j] + divide(force - s[l][j], 1L << shift);
                moved[l][j] = std::clamp(next, 0L, 1L << fraction);
            }
        s = moved;
    }
};

struct Case {
    Golden golden;
    std::shared_ptr<const Network> net;
    AlignedVector<float> values;
    std::vector<std::uint8_t> codes; // of a CLAMP: inputs, targets
};

Case random_case(const std::vector<std::size_t>& sizes, long shift) {
    Case c{.golden = {.sizes = sizes, .w = {}, .b = {}, .shift = shift},
           .net = chain(sizes),
           .values = {},
           .codes = {}};
    std::uint64_t draw = 50;
    for (const auto& block : c.net->blocks) {
        std::vector<long> codes;
        for (const float u : random_floats(block.count(), draw++)) {
            codes.push_back(std::lround(u * (block.link < 0 ? 60.0F : 90.0F)));
            c.values.push_back(static_cast<float>(1.0 / 127.0) * static_cast<float>(codes.back()));
        }
        (block.link < 0 ? c.golden.b : c.golden.w).push_back(codes);
    }
    for (const float u : random_floats(sizes.front() + sizes.back(), draw, 0.0F, 255.0F))
        c.codes.push_back(static_cast<std::uint8_t>(u));
    return c;
}

} // namespace

TEST_CASE("every word of the digital array is that of the golden model, step by step", "[digital]") {
    for (const long shift : {1L, 3L}) {
        const Case c = random_case({13, 21, 9, 5}, shift);
        const auto machine = digital_machine({{"step_shift", static_cast<double>(shift)}});
        const auto model = model_of(machine, c.net);
        const double step = model->dynamics->physical_rc_per_step();
        const SampleProgram program{
            {.kind = SampleOp::Kind::clamp, .command = 0, .inputs = true, .targets = true},
            {.kind = SampleOp::Kind::reset, .command = 1},
            {.kind = SampleOp::Kind::relax, .command = 2, .time_rc = 12 * step},
            {.kind = SampleOp::Kind::relax, .command = 3, .time_rc = 7 * step, .nudge = {.beta = 0.37}},
            {.kind = SampleOp::Kind::relax, .command = 4, .time_rc = 7 * step, .nudge = {.beta = -0.37}}};
        Tape tape;
        SampleTask task{.clamp_codes = {c.codes}, .read_codes = {}, .relaxed = std::vector<RelaxOutcome>(3)};
        task.tape = &tape;
        SampleEvaluator(*model).run(program, std::span(&task, 1), c.values.data());

        std::vector<long> x(c.codes.begin(), c.codes.begin() + 13);
        std::vector<long> y;
        for (std::size_t j = 0; j < 5; ++j) y.push_back(std::lround(c.codes[13 + j] / 255.0 * 1024.0));
        std::vector<std::vector<long>> s{std::vector<long>(21), std::vector<long>(9), std::vector<long>(5)};
        std::size_t steps = 0;
        bool moved = false;
        for (const auto& step_now : tape) {
            if (step_now.op < 2) continue; // RESET
            const double beta = step_now.op == 2 ? 0.0 : step_now.op == 3 ? 0.37 : -0.37;
            const auto before = s;
            c.golden.step(x, y, beta, s);
            moved = moved || s != before;
            ++steps;
            for (std::size_t l = 0; l < 3; ++l)
                for (std::size_t j = 0; j < s[l].size(); ++j)
                    REQUIRE(step_now.state[c.net->layers[l].offset + j] * 1024.0F ==
                            static_cast<float>(s[l][j]));
        }
        CHECK(steps == 26);
        CHECK(moved);
    }
}

TEST_CASE("the digital array's step takes the products over the units, and a pipeline", "[digital]") {
    const auto net = chain({40, 30, 10});
    for (const auto& [macs, cycles] :
         {std::pair{64, 10 + 4 + 1}, std::pair{600, 1 + 4 + 1}, std::pair{7, 86 + 4 + 1}}) {
        const auto machine = digital_machine({{"macs", macs}});
        const auto model = model_of(machine, net);
        // 2 · 30 · 10 products a step, 40 · 30 a CLAMP.
        CHECK(model->dynamics->physical_rc_per_step() / machine.cycle_rc() == Approx(cycles));
        CHECK(machine.array->clamp_cycles(*net, "hopfield") ==
              (1200 + static_cast<std::uint64_t>(macs) - 1) / macs);
        CHECK(machine.cycles(30 * relax_step_s(machine, *net, *make_hopfield())) ==
              30 * static_cast<std::uint64_t>(cycles));
    }
}

TEST_CASE("a digital sum reads a word of the couplings' bits for every product", "[digital]") {
    const auto net = chain({40, 30, 10});
    const auto bytes = [](const std::vector<StepCost>& costs) {
        const auto found = std::ranges::find(costs, "digital.coupling_byte", &StepCost::action);
        return found == costs.end() ? 0.0 : found->amount;
    };
    for (const auto* array : {"digital", "feedback"}) {
        auto machine = digital_machine();
        machine.array.choose(array);
        machine.couplings.bits = 10;
        CHECK(bytes(machine.array->step_costs(machine, *net, "hopfield")) == 2 * 30 * 10 * 10 / 8.0);
        CHECK(bytes(machine.array->clamp_costs(machine, *net, "hopfield")) == 40 * 30 * 10 / 8.0);
    }
    auto machine = digital_machine();
    machine.array.choose("feedback");
    machine.couplings.kind = "ideal"; // values in single precision
    CHECK(bytes(machine.array->step_costs(machine, *net, "hopfield")) == 2 * 30 * 10 * 4.0);
}

TEST_CASE("a digital array refuses what it cannot compute, with the reason", "[digital]") {
    const auto net = chain({40, 30, 10});
    auto machine = digital_machine();
    machine.couplings.mismatch = 0.01;
    CHECK_THROWS_WITH(model_of(machine, net), Catch::Contains("mismatch = 0"));
    machine = digital_machine({{"accumulator_bits", 16}});
    CHECK_THROWS_WITH(model_of(machine, net),
                      Catch::Contains("accumulator_bits") && Catch::Contains("input-h1"));
    for (const std::string array : {"digital", "feedback"}) {
        machine = digital_machine();
        machine.array.choose(array);
        machine.node_noise = "dynamic";
        CHECK_THROWS_WITH(model_of(machine, net),
                          Catch::Contains("machine.array.kind = \"" + array + "\" has no steps in time"));
    }
}
