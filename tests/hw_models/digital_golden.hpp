// Runs a program of RELAXes on a digital array and hands out every step's states; whole-number helpers of the
// golden models, which share no code with the array.
#pragma once

#include "hw_models/array/sample_evaluator.hpp"
#include "tests/hw_models/kernel_fixtures.hpp"

namespace isinglass::test {

inline long floor_divide(long x, long by) {
    return x >= 0 ? x / by : -((-x + by - 1) / by);
}
// To nearest, halves upwards.
inline long divide(long x, long by) {
    return floor_divide(2 * x + by, 2 * by);
}
// By a factor held as a multiple of 2^−20.
inline long scale(long x, double factor) {
    return divide(x * static_cast<long>(factor * 1048576.0 + 0.5), 1048576);
}

// A network of one hidden and one output layer, with its couplings as codes (±127 is a block's range).
struct DigitalCase {
    std::shared_ptr<const Network> net;
    std::vector<std::vector<long>> codes; // of each block
    AlignedVector<float> values;
    std::vector<std::uint8_t> clamp; // codes of inputs, then targets
};

inline DigitalCase digital_case(const EnergyModel& model, std::size_t inputs, std::size_t hidden,
                                std::size_t outputs, double fill) {
    const auto a = model.activations().front();
    SpinLayer h{.name = "h", .size = hidden, .low = a.low, .high = a.high, .domain = a.domain};
    SpinLayer o = h;
    o.name = "out";
    o.size = outputs;
    DigitalCase c;
    c.net = std::make_shared<const Network>(
        make_network(inputs, {h, o}, {{.from = input_layer, .to = 0}, {.from = 0, .to = 1}}, model.needs()));
    std::uint64_t draw = 70;
    for (const auto& block : c.net->blocks) {
        c.codes.emplace_back();
        const auto lsb = static_cast<float>(block.range / 127.0);
        for (const float u : random_floats(block.count(), draw++)) {
            c.codes.back().push_back(std::lround(static_cast<double>(u) * fill * 127.0));
            c.values.push_back(lsb * static_cast<float>(c.codes.back().back()));
        }
    }
    for (const float u : random_floats(inputs + outputs, draw, 0.0F, 255.0F))
        c.clamp.push_back(static_cast<std::uint8_t>(u));
    return c;
}

inline MachineSpec digital_machine(const Settings& array = {}) {
    MachineSpec machine = test_machine();
    machine.array.choose("digital");
    set(*machine.array.part(), array);
    machine.dac.choose("port");
    machine.adc.choose("port");
    machine.couplings.mismatch = 0.0;
    return machine;
}

// CLAMP, RESET, 9 free steps, 6 steps at +β: states of each, the reset state first.
inline Tape digital_run(const MachineSpec& machine, const DigitalCase& c,
                        std::shared_ptr<const EnergyModel> energy, double beta,
                        NudgeLaw law = NudgeLaw::difference) {
    const auto model = make_chip_model(machine, c.net, std::move(energy), 5, law);
    const double step = model->dynamics->physical_rc_per_step();
    const SampleProgram program{
        {.kind = SampleOp::Kind::clamp, .command = 0, .inputs = true, .targets = true},
        {.kind = SampleOp::Kind::reset, .command = 1},
        {.kind = SampleOp::Kind::relax, .command = 2, .time_rc = 9 * step},
        {.kind = SampleOp::Kind::relax, .command = 3, .time_rc = 6 * step, .nudge = {.beta = beta}}};
    Tape tape;
    SampleTask task{.clamp_codes = {c.clamp}, .read_codes = {}, .relaxed = std::vector<RelaxOutcome>(2)};
    task.presentation = 3;
    task.tape = &tape;
    SampleEvaluator(*model).run(program, std::span(&task, 1), c.values.data());
    return tape;
}

} // namespace isinglass::test
