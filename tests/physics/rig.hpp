// The machine's array without its clock: networks, ideal machines and EP runs for the physics tests and
// benches.
#pragma once

#include "hw_models/array/sample_evaluator.hpp"
#include "hw_models/machine.hpp"
#include "tests/physics/adaptive.hpp"
#include "tests/physics/reference.hpp"
#include "tests/set_parameters.hpp"

#include <string>
#include <vector>

namespace isinglass::rig {

using test::Settings;

// A dynamics of that kind with those numbers.
std::shared_ptr<const Dynamics> dynamics(const std::string& kind, const Settings& settings = {});

// The ideal twin of the default machine with a dynamics of that kind.
MachineSpec ideal_machine(const std::string& kind, const Settings& settings = {});

// sizes: inputs, hidden layers, outputs, densely coupled in a chain; every spin within low … high.
std::shared_ptr<const Network> chain(const std::vector<std::size_t>& sizes, float low = 0.0F,
                                     float high = 1.0F);

// Couplings U(±gain/√fan_in) and biases U(±bias).
std::vector<float> random_values(const Network& net, double gain, double bias, std::uint64_t seed);
// n levels U(0, 1).
std::vector<float> random_levels(std::size_t n, std::uint64_t seed);

// The same network for the reference. Throws std::invalid_argument unless it is a chain of dense couplings.
reference::Net reference_net(const Network& net, std::span<const float> values);

// Spins of a state row without the padding, layer after layer.
std::vector<double> spins(const Network& net, std::span<const float> row);

struct Sample {
    std::vector<float> inputs, targets;
    std::uint64_t presentation = 0;
};

// What one EP presentation left: read-outs of all layers (spins without padding) and the tape of every step.
struct EpRun {
    std::vector<double> free, plus, minus;
    Tape tape;
};

// Positions of the phases in the program of run_ep(), as TapeStep::op has them.
inline constexpr std::uint32_t free_op = 2, hold_op = 4, plus_op = 5, minus_op = 8;

struct EpTimes {
    double beta = 0.5;
    double free_rc = 15.0;
    double nudged_rc = 5.0;
};

// CLAMP, RESET, free phase, READ, HOLD, +β, READ, RESTORE, −β, READ. The model's converters must be ideal.
EpRun run_ep(const ChipModel& model, std::span<const float> values, const Sample& sample,
             const EpTimes& times);

// The same with frozen nudges: the host reads o⁰ and sends y − o⁰, which the array injects ±β times.
EpRun run_ep_frozen(const ChipModel& model, std::span<const float> values, const Sample& sample,
                    const EpTimes& times);

} // namespace isinglass::rig
