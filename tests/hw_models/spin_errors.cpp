#include "tests/hw_models/kernel_fixtures.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

namespace {

constexpr std::size_t nodes = 400;

MachineSpec quiet_machine(const std::string& dynamics = "dissipative") {
    MachineSpec machine = test_machine();
    machine.node_noise = "off";
    machine.dac.choose("ideal");
    machine.adc.choose("ideal");
    machine.dynamics.choose(dynamics);
    return machine;
}

// Nodes driven by one input through couplings of `drive`, and the tape of their way from reset.
struct Relaxed {
    Tape tape;
    std::shared_ptr<const ChipModel> model;
    std::vector<float> read;
    [[nodiscard]] double at(std::size_t step, std::size_t node) const {
        return static_cast<double>(tape[step].state[node]);
    }
};

Relaxed relax(const MachineSpec& machine, float drive, double time_rc) {
    const auto net = std::make_shared<const Network>(make_network(
        1, {{.name = "nodes", .size = nodes, .low = -4.0F, .high = 4.0F}}, {{.from = -1, .to = 0}}));
    Relaxed out{{}, model_of(machine, net), std::vector<float>(nodes)};
    AlignedVector<float> values(net->parameters, 0.0F);
    std::fill_n(values.begin(), nodes, drive);
    const float one = 1.0F;
    std::vector<std::uint8_t> clamp(4), codes(4 * nodes);
    std::memcpy(clamp.data(), &one, 4);
    std::vector<SampleTask> tasks(1);
    tasks[0] = {.clamp_codes = {clamp}, .read_codes = {codes}, .relaxed = {{}}, .tape = &out.tape};
    SampleEvaluator(*out.model)
        .run({{.kind = SampleOp::Kind::clamp, .inputs = true},
              {.kind = SampleOp::Kind::reset, .command = 1},
              {.kind = SampleOp::Kind::relax, .command = 2, .time_rc = time_rc},
              {.kind = SampleOp::Kind::read, .command = 3, .layers = 1}},
             tasks, values.data());
    out.model->adc->format().decode(codes, 0.0F, 1.0F, out.read);
    std::erase_if(out.tape, [](const TapeStep& s) { return s.op != 2; });
    return out;
}

} // namespace

TEST_CASE("A node's offset shifts where it settles by volts, whatever drives it", "[spins]") {
    auto machine = quiet_machine();
    machine.spins.offset_v = 0.05;
    const auto idle = relax(machine, 0.0F, 30.0);
    const auto driven = relax(machine, 1.0F, 30.0);
    double square = 0.0;
    for (std::size_t i = 0; i < nodes; ++i) {
        const double offset = idle.at(idle.tape.size() - 1, i);
        square += offset * offset / nodes;
        CHECK(driven.at(driven.tape.size() - 1, i) == Approx(1.0 + offset).margin(1e-4));
    }
    CHECK(std::sqrt(square) == Approx(0.05 / machine.circuit->volts_per_unit).epsilon(0.1)); // 0.1 units
}

TEST_CASE("Time constants of nodes differ by as much as stated, and where they settle does not", "[spins]") {
    auto machine = quiet_machine();
    machine.spins.time_constant_error = 0.1;
    const auto run = relax(machine, 1.0F, 25.0);
    double mean = 0.0;
    double square = 0.0;
    for (std::size_t i = 0; i < nodes; ++i) {
        CHECK(run.at(run.tape.size() - 1, i) == Approx(1.0).margin(1e-4));
        const std::size_t step = 7; // 2 RC
        const double tau = -run.tape[step].time_rc / std::log(1.0 - run.at(step, i));
        mean += tau / nodes;
        square += tau * tau / nodes;
    }
    CHECK(mean == Approx(1.0).margin(0.03));
    CHECK(std::sqrt(square - mean * mean) == Approx(0.1).epsilon(0.12));
}

TEST_CASE("A dead node stays at its reset state, and only as many as stated are", "[spins]") {
    for (const std::string dynamics : {"dissipative", "dissipative-fast", "dissipative-sweeps"}) {
        auto machine = quiet_machine(dynamics);
        machine.spins.dead = 0.2;
        const auto run = relax(machine, 1.0F, 25.0);
        std::size_t dead = 0;
        for (std::size_t i = 0; i < nodes; ++i) {
            const double end = run.at(run.tape.size() - 1, i);
            dead += end == 0.0 ? 1 : 0;
            CHECK((end == 0.0 || end == Approx(1.0).margin(1e-3)));
        }
        CHECK(static_cast<double>(dead) / nodes == Approx(0.2).margin(0.06));
    }
}

TEST_CASE("A node's gain is what its neighbours see, by any dynamics", "[spins]") {
    for (const std::string dynamics : {"dissipative", "dissipative-fast", "dissipative-sweeps"}) {
        auto machine = quiet_machine(dynamics);
        machine.spins.gain_error = 0.1;
        const auto net = chain({1, 1, 1});
        const auto model = model_of(machine, net);
        AlignedVector<float> values(net->parameters, 0.0F);
        for (const auto& block : net->blocks) // input 0.5 to the first, 0.6 between the two, no biases
            if (block.link >= 0) values[block.first] = block.link == 0 ? 0.5F : 0.6F;
        const float one = 1.0F;
        std::vector<std::uint8_t> clamp(4), codes(8);
        std::memcpy(clamp.data(), &one, 4);
        std::vector<SampleTask> tasks(1);
        tasks[0] = {.clamp_codes = {clamp}, .read_codes = {codes}, .relaxed = {{}}};
        SampleEvaluator(*model).run({{.kind = SampleOp::Kind::clamp, .inputs = true},
                                     {.kind = SampleOp::Kind::reset, .command = 1},
                                     {.kind = SampleOp::Kind::relax, .command = 2, .time_rc = 60.0},
                                     {.kind = SampleOp::Kind::read, .command = 3, .layers = 3}},
                                    tasks, values.data());
        std::vector<float> s(2);
        model->adc->format().decode(codes, 0.0F, 1.0F, s);
        const double g0 = static_cast<double>(model->spin_errors.gain[net->layers[0].offset]);
        const double g1 = static_cast<double>(model->spin_errors.gain[net->layers[1].offset]);
        REQUIRE(std::abs(g0 - 1.0) > 1e-3);
        const double first = 0.5 / (1.0 - 0.36 * g0 * g1); // s0 = 0.5 + 0.6 g1 s1, s1 = 0.6 g0 s0
        CHECK(s[0] == Approx(first).epsilon(1e-4));
        CHECK(s[1] == Approx(0.6 * g0 * first).epsilon(1e-4));
    }
}

TEST_CASE("A hold loses voltage until its node's converter comes to it", "[spins]") {
    auto machine = quiet_machine();
    machine.adc_bank.count = 100; // four slots of 5 ns
    machine.spins.droop_v_per_us = 1.0;
    const auto run = relax(machine, 1.0F, 30.0);
    const double slot_units = 1e6 * 5e-9 / machine.circuit->volts_per_unit;
    for (std::size_t i = 0; i < nodes; i += 37)
        CHECK(run.read[i] == Approx(1.0 - slot_units * static_cast<double>(i / 100)).margin(1e-4));
}

TEST_CASE("A hold that has too little time takes over what its RC says", "[spins]") {
    auto machine = quiet_machine();
    machine.hold_time_constant_s = 1e-9;
    machine.control.sample_cycles = 1; // of 2 ns
    CHECK(relax(machine, 1.0F, 30.0).read[3] == Approx(1.0 - std::exp(-2.0)).epsilon(1e-4));
    machine.control.sample_cycles = 10;
    CHECK(relax(machine, 1.0F, 30.0).read[3] == Approx(1.0).epsilon(1e-4));
}

TEST_CASE("Errors of node voltages are refused where nodes have none", "[spins]") {
    auto machine = test_machine();
    machine.array.choose("digital");
    machine.couplings.mismatch = 0.0;
    machine.spins.offset_v = 0.01;
    CHECK_THROWS_WITH(model_of(machine, chain({2, 3})), Catch::Contains("machine.spins"));
}

TEST_CASE("The ideal twin has ideal nodes", "[spins]") {
    auto machine = test_machine();
    machine.spins = {
        .offset_v = 0.1, .gain_error = 0.1, .time_constant_error = 0.1, .dead = 0.1, .droop_v_per_us = 1.0};
    machine.hold_time_constant_s = 1.0;
    const auto ideal = ideal_twin(machine, *make_hopfield());
    CHECK_FALSE(ideal.spins.moves_differently());
    const auto model = model_of(ideal, chain({2, 3}));
    CHECK(model->acquired == 1.0);
    CHECK(model->droop_units_per_rc == 0.0);
}
