#include "tests/physics/rig.hpp"

#include "hw_models/base/random.hpp"

#include <fmt/core.h>

#include <cmath>
#include <cstring>
#include <stdexcept>

namespace isinglass::rig {

std::shared_ptr<const Dynamics> dynamics(const std::string& kind, const Settings& settings) {
    auto made = make_dynamics(kind);
    test::set(*made, settings);
    return made;
}

MachineSpec ideal_machine(const std::string& kind, const Settings& settings) {
    MachineSpec machine;
    machine.dynamics.choose(kind);
    test::set(*machine.dynamics.part(), settings);
    return ideal_twin(machine, *make_hopfield());
}

std::shared_ptr<const Network> chain(const std::vector<std::size_t>& sizes, float low, float high) {
    std::vector<SpinLayer> layers;
    std::vector<LinkRequest> links;
    for (std::size_t l = 1; l < sizes.size(); ++l) {
        layers.push_back({.name = fmt::format("layer{}", l), .size = sizes[l], .low = low, .high = high});
        links.push_back({.from = static_cast<int>(l) - 2, .to = static_cast<int>(l) - 1});
    }
    return std::make_shared<const Network>(make_network(sizes[0], std::move(layers), links));
}

std::vector<float> random_values(const Network& net, double gain, double bias, std::uint64_t seed) {
    std::vector<float> values(net.parameters);
    const RandomStream stream(seed, Purpose::test);
    stream.uniforms({}, values);
    for (const auto& block : net.blocks) {
        const double fan_in =
            block.link < 0 ? 1.0 : static_cast<double>(net.links[block.link].coupling->fan_in());
        const auto range = static_cast<float>(block.link < 0 ? bias : gain / std::sqrt(fan_in));
        for (std::size_t i = block.first; i < block.first + block.count(); ++i)
            values[i] = range * (2.0F * values[i] - 1.0F);
    }
    return values;
}

std::vector<float> random_levels(std::size_t n, std::uint64_t seed) {
    std::vector<float> levels(n);
    RandomStream(seed, Purpose::test).uniforms({.presentation = 1}, levels);
    return levels;
}

reference::Net reference_net(const Network& net, std::span<const float> values) {
    reference::Net plain{.sizes = {net.inputs}, .weights = {}, .biases = {}, .low = {}, .high = {}};
    for (const auto& layer : net.layers) {
        plain.sizes.push_back(layer.size);
        plain.low.push_back(static_cast<double>(layer.low));
        plain.high.push_back(static_cast<double>(layer.high));
    }
    for (const auto& block : net.blocks) {
        const auto part = values.subspan(block.first, block.count());
        (block.link < 0 ? plain.biases : plain.weights).emplace_back(part.begin(), part.end());
        if (block.link < 0) continue;
        const auto& link = net.links[block.link];
        if (link.to != link.from + 1 || block.rows != link.coupling->pre_size())
            throw std::invalid_argument("the reference knows chains of dense couplings only, not " +
                                        block.name);
    }
    return plain;
}

std::vector<double> spins(const Network& net, std::span<const float> row) {
    std::vector<double> s;
    for (const auto& layer : net.layers) {
        const auto part = row.subspan(layer.offset, layer.size);
        s.insert(s.end(), part.begin(), part.end());
    }
    return s;
}

namespace {

std::vector<std::uint8_t> bytes_of(std::span<const float> a, std::span<const float> b) {
    std::vector<std::uint8_t> bytes((a.size() + b.size()) * sizeof(float));
    std::memcpy(bytes.data(), a.data(), a.size_bytes());
    std::memcpy(bytes.data() + a.size_bytes(), b.data(), b.size_bytes());
    return bytes;
}

std::vector<double> floats_of(std::span<const std::uint8_t> bytes) {
    std::vector<float> values(bytes.size() / sizeof(float));
    std::memcpy(values.data(), bytes.data(), bytes.size());
    return {values.begin(), values.end()};
}

// Runs `program` on one sample; returns the states that it read.
std::vector<std::vector<double>> run(SampleEvaluator& evaluator, const Network& net, SampleProgram program,
                                     std::span<const float> values, SampleTask task) {
    std::vector<std::vector<std::uint8_t>> reads;
    for (std::uint32_t i = 0; i < program.size(); ++i) {
        program[i].command = i;
        if (program[i].kind == SampleOp::Kind::read) reads.emplace_back(net.spins() * sizeof(float));
        if (program[i].kind == SampleOp::Kind::relax) task.relaxed.emplace_back();
    }
    task.read_codes.assign(reads.begin(), reads.end());
    evaluator.run(program, std::span(&task, 1), values.data());
    std::vector<std::vector<double>> states;
    for (const auto& codes : reads) states.push_back(floats_of(codes));
    return states;
}

SampleOp relax(double time_rc, Nudge nudge) {
    return {.kind = SampleOp::Kind::relax, .time_rc = time_rc, .nudge = nudge};
}

const SampleOp clamp{.kind = SampleOp::Kind::clamp, .inputs = true, .targets = true};
const SampleOp reset{.kind = SampleOp::Kind::reset};
const SampleOp read{.kind = SampleOp::Kind::read, .layers = all_layers};
const SampleOp hold{.kind = SampleOp::Kind::hold};
const SampleOp restore{.kind = SampleOp::Kind::restore};

} // namespace

EpRun run_ep(const ChipModel& model, std::span<const float> values, const Sample& sample,
             const EpTimes& times) {
    const SampleProgram program{clamp, reset,   relax(times.free_rc, {}),
                                read,  hold,    relax(times.nudged_rc, {.beta = times.beta}),
                                read,  restore, relax(times.nudged_rc, {.beta = -times.beta}),
                                read};
    SampleEvaluator evaluator(model);
    EpRun result;
    const auto codes = bytes_of(sample.inputs, sample.targets);
    SampleTask task{.presentation = sample.presentation, .clamp_codes = {codes}, .tape = &result.tape};
    auto states = run(evaluator, *model.network, program, values, std::move(task));
    result.free = std::move(states[0]);
    result.plus = std::move(states[1]);
    result.minus = std::move(states[2]);
    return result;
}

EpRun run_ep_frozen(const ChipModel& model, std::span<const float> values, const Sample& sample,
                    const EpTimes& times) {
    SampleEvaluator evaluator(model);
    EpRun result;
    ArrayState rest;
    const auto codes = bytes_of(sample.inputs, sample.targets);
    auto states = run(evaluator, *model.network, {clamp, reset, relax(times.free_rc, {}), hold, read}, values,
                      {.presentation = sample.presentation, .clamp_codes = {codes}, .finish = &rest});
    result.free = std::move(states[0]);

    const std::size_t first = result.free.size() - sample.targets.size();
    std::vector<float> error(sample.targets.size());
    for (std::size_t j = 0; j < error.size(); ++j)
        error[j] = sample.targets[j] - static_cast<float>(result.free[first + j]);
    const auto injected = bytes_of(sample.inputs, error);
    states = run(evaluator, *model.network,
                 {{.kind = SampleOp::Kind::clamp, .inputs = true, .injected = true},
                  restore,
                  relax(times.nudged_rc, {.beta = times.beta, .frozen = true}),
                  read,
                  restore,
                  relax(times.nudged_rc, {.beta = -times.beta, .frozen = true}),
                  read},
                 values, {.presentation = sample.presentation, .clamp_codes = {injected}, .start = &rest});
    result.plus = std::move(states[0]);
    result.minus = std::move(states[1]);
    return result;
}

} // namespace isinglass::rig
