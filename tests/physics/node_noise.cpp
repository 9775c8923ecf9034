// kT/C noise of the nodes: equipartition where it acts in every step, its stated sigma where it is sampled.
// Tolerances are 4 standard errors of the estimate for the number of draws made; seeds are fixed.
#include "tests/physics/rig.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace isinglass;

namespace {

constexpr std::size_t nodes = 1024;
constexpr std::size_t samples = 64; // in blocks of block_lanes
constexpr double sigma = 0.1;
constexpr double temperature = sigma * sigma;

// States and momenta that samples of independent noise are in after `time_rc`.
std::vector<ArrayState> relaxed(const ChipModel& model, std::span<const float> values, double time_rc) {
    SampleEvaluator evaluator(model);
    std::vector<ArrayState> ends(samples);
    const SampleProgram program{{.kind = SampleOp::Kind::reset, .command = 0},
                                {.kind = SampleOp::Kind::relax, .command = 1, .time_rc = time_rc}};
    for (std::size_t first = 0; first < samples; first += block_lanes) {
        std::vector<SampleTask> tasks(block_lanes);
        for (std::size_t r = 0; r < tasks.size(); ++r) {
            tasks[r].presentation = first + r;
            tasks[r].relaxed.resize(1);
            tasks[r].finish = &ends[first + r];
        }
        evaluator.run(program, tasks, values.data());
    }
    return ends;
}

std::shared_ptr<const ChipModel> noisy_model(const std::shared_ptr<const Network>& net,
                                             const std::string& kind, const rig::Settings& settings) {
    auto machine = rig::ideal_machine(kind, settings);
    machine.node_noise = "dynamic";
    auto model = std::make_shared<ChipModel>(*make_chip_model(machine, net, make_hopfield(), 7));
    model->node_noise_units = sigma;
    return model;
}

// Mean of a·b over nodes and samples, zero means.
template <class A, class B>
double moment(const std::vector<ArrayState>& ends, std::size_t count, A a, B b) {
    double sum = 0.0;
    for (const auto& end : ends)
        for (std::size_t j = 0; j < count; ++j)
            sum += static_cast<double>(a(end, j)) * static_cast<double>(b(end, j));
    return sum / static_cast<double>(ends.size() * count);
}

float spin(const ArrayState& end, std::size_t j) {
    return end.state[j];
}
float conjugate(const ArrayState& end, std::size_t j) {
    return end.momentum[j];
}

// Relative standard error of a variance from n draws is √(2/n).
const double four_sigma = 4.0 * std::sqrt(2.0 / static_cast<double>(nodes * samples));

struct Pair {
    double stiffness, friction, time_rc;
};

} // namespace

TEST_CASE("dissipative nodes under dynamic noise have var s = T", "[physics]") {
    const auto net = rig::chain({1, nodes}, -100.0F, 100.0F);
    const std::vector<float> values(net->parameters, 0.0F);
    for (const std::string kind : {"dissipative", "dissipative-fast"}) {
        INFO(kind);
        const auto ends = relaxed(*noisy_model(net, kind, {}), values, 12.0);
        CHECK(moment(ends, nodes, spin, spin) == Approx(temperature).epsilon(four_sigma));
    }
}

TEST_CASE("conjugate nodes under dynamic noise share T equally: var s = T, var p = T / a0", "[physics]") {
    const auto net = rig::chain({1, nodes}, -100.0F, 100.0F);
    const std::vector<float> values(net->parameters, 0.0F);
    for (const auto& [stiffness, friction, time_rc] :
         {Pair{1.0, 2.0, 12.0}, Pair{4.0, 1.0, 15.0}, Pair{0.5, 4.0, 40.0}}) {
        INFO("stiffness " << stiffness << ", friction " << friction);
        const rig::Settings settings{{"stiffness", stiffness}, {"friction", friction}};
        const auto ends = relaxed(*noisy_model(net, "conjugate", settings), values, time_rc);
        CHECK(moment(ends, nodes, spin, spin) == Approx(temperature).epsilon(four_sigma));
        CHECK(moment(ends, nodes, conjugate, conjugate) ==
              Approx(temperature / stiffness).epsilon(four_sigma));
        CHECK(std::abs(moment(ends, nodes, spin, conjugate)) <
              four_sigma * temperature / std::sqrt(stiffness));
    }
    const auto ends = relaxed(*noisy_model(net, "conjugate-fast", {{"step", 0.25}}), values, 20.0);
    CHECK(moment(ends, nodes, spin, spin) == Approx(temperature).epsilon(four_sigma));
}

TEST_CASE("couplings amplify dynamic noise as the inverse of 1 - W", "[physics]") {
    // Pairs with W = w: var = T / (1 − w²), covariance w times that.
    constexpr std::size_t pairs = 512;
    constexpr float w = 0.6F;
    const auto net = rig::chain({1, pairs, pairs}, -100.0F, 100.0F);
    std::vector<float> values(net->parameters, 0.0F);
    for (const auto& block : net->blocks)
        if (block.link == 1)
            for (std::size_t i = 0; i < pairs; ++i) values[block.first + i * pairs + i] = w;
    const std::size_t second = net->layers[1].offset;
    const double expected = temperature / (1.0 - static_cast<double>(w * w));
    const double tolerance =
        4.0 * std::sqrt(2.0 / static_cast<double>(pairs * samples)) + 0.01; // + the step's error
    for (const std::string kind : {"dissipative", "conjugate"}) {
        INFO(kind);
        const auto ends = relaxed(*noisy_model(net, kind, {{"step", 0.125}}), values, 20.0);
        auto partner = [&](const ArrayState& end, std::size_t j) { return end.state[second + j]; };
        CHECK(moment(ends, pairs, spin, spin) == Approx(expected).epsilon(tolerance));
        CHECK(moment(ends, pairs, spin, partner) ==
              Approx(static_cast<double>(w) * expected).epsilon(tolerance));
    }
}

TEST_CASE("sampled node noise reaches the ADC with the circuit's sigma", "[physics]") {
    const auto net = rig::chain({1, nodes});
    std::vector<float> values(net->parameters, 0.0F);
    const auto& bias = net->node_block(0);
    std::fill_n(values.begin() + static_cast<std::ptrdiff_t>(bias.first), nodes, 0.5F);

    auto machine = rig::ideal_machine("dissipative");
    // √(kT/C) at 300 K and 0.3 pF is 117.5 µV: 235 ppm of 0.5 V.
    const double expected = std::sqrt(1.380649e-23 * 300.0 / 0.3e-12) / 0.5;
    CHECK(machine.circuit->noise_units(300.0) == Approx(expected));
    machine.hold_capacitance_f = 1e-6; // without noise of its own

    // Standard deviation of the read-out from ½, in model units.
    auto read_sigma = [&](const MachineSpec& spec) {
        const auto model = make_chip_model(spec, net, make_hopfield(), 5);
        SampleEvaluator evaluator(*model);
        const auto format = model->adc->format();
        const SampleProgram program{{.kind = SampleOp::Kind::clamp, .inputs = true},
                                    {.kind = SampleOp::Kind::reset},
                                    {.kind = SampleOp::Kind::relax, .time_rc = 30.0},
                                    {.kind = SampleOp::Kind::read, .command = 3, .layers = all_layers}};
        const std::vector<std::uint8_t> zero(4, 0);
        double sum = 0.0;
        for (std::size_t presentation = 0; presentation < samples; ++presentation) {
            std::vector<std::uint8_t> codes(nodes * format.bytes());
            std::vector<float> levels(nodes);
            SampleTask task{.presentation = presentation, .clamp_codes = {zero}, .read_codes = {codes}};
            task.relaxed.resize(1);
            evaluator.run(program, std::span(&task, 1), values.data());
            format.decode(codes, 0.0F, 1.0F, levels);
            for (const float v : levels) sum += std::pow(static_cast<double>(v) - 0.5, 2);
        }
        return std::sqrt(sum / static_cast<double>(nodes * samples));
    };

    for (const std::string mode : {"off", "dynamic"}) {
        INFO(mode << " noise is not added when a node is sampled");
        machine.node_noise = mode;
        if (mode == "off")
            CHECK(read_sigma(machine) < 1e-6);
        else
            CHECK(read_sigma(machine) == Approx(expected).epsilon(four_sigma));
    }
    machine.node_noise = "sampled";
    CHECK(read_sigma(machine) == Approx(expected).epsilon(0.5 * four_sigma));

    // A hold of 20 fF samples 455 uV of its own beside it.
    machine.hold_capacitance_f = 20e-15;
    const double held = std::sqrt(1.380649e-23 * 300.0 / 20e-15) / 0.5;
    CHECK(read_sigma(machine) == Approx(std::hypot(expected, held)).epsilon(0.5 * four_sigma));
    machine.sample_and_hold = false;
    CHECK(read_sigma(machine) == Approx(expected).epsilon(0.5 * four_sigma));
    machine.sample_and_hold = true;
    machine.hold_capacitance_f = 1e-6;

    // A real converter of 14 bits adds its quantisation, LSB²/12.
    machine.adc.choose("uniform");
    test::set(*machine.adc.part(), {{"bits", 14}, {"gain_error", 0}, {"offset_error", 0}, {"noise", 0}});
    const double lsb = 1.0 / 16383.0;
    CHECK(read_sigma(machine) ==
          Approx(std::sqrt(expected * expected + lsb * lsb / 12.0)).epsilon(0.5 * four_sigma));
}
