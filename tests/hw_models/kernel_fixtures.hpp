// Helpers of the kernels' tests: small networks, random operands, jobs with their buffers.
#pragma once

#include "hw_models/base/aligned.hpp"
#include "hw_models/control/lane_scheduler.hpp"
#include "hw_models/machine.hpp"
#include "tests/set_parameters.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

namespace isinglass::test {

// Uniform in [low, high); `index` tells one call's numbers from another's.
inline AlignedVector<float> random_floats(std::size_t n, std::uint64_t index, float low = -1.0F,
                                          float high = 1.0F) {
    AlignedVector<float> out(n);
    RandomStream(17, Purpose::test).uniforms({index}, out);
    for (auto& x : out) x = low + (high - low) * x;
    return out;
}

// sizes[0] inputs and a chain of dense layers.
inline std::shared_ptr<const Network> chain(const std::vector<std::size_t>& sizes, double range = 1.0) {
    std::vector<SpinLayer> layers;
    std::vector<LinkRequest> links;
    for (std::size_t l = 1; l < sizes.size(); ++l) {
        layers.push_back({.name = l + 1 == sizes.size() ? "out" : fmt::format("h{}", l), .size = sizes[l]});
        links.push_back({.from = static_cast<int>(l) - 2, .to = static_cast<int>(l) - 1, .range = range});
    }
    return std::make_shared<const Network>(make_network(sizes[0], std::move(layers), links));
}

// A parameter vector whose fields keep most spins between their bounds.
inline AlignedVector<float> random_couplings(const Network& net) {
    auto values = random_floats(net.parameters, 1000);
    for (const auto& block : net.blocks) {
        const double scale = block.link < 0 ? 0.4 : 1.2 / std::sqrt(static_cast<double>(block.rows));
        for (std::size_t i = 0; i < block.count(); ++i) values[block.first + i] *= static_cast<float>(scale);
    }
    return values;
}

inline std::shared_ptr<const ChipModel> model_of(const MachineSpec& machine,
                                                 std::shared_ptr<const Network> net) {
    return make_chip_model(machine, std::move(net), make_hopfield(), 5);
}

// Those by which model_of()'s networks can relax.
inline std::vector<std::string> hopfield_dynamics() {
    return dynamics_of(*make_hopfield());
}

// A machine on which any command is valid.
inline MachineSpec test_machine() {
    MachineSpec machine;
    machine.detector.kind = "comparators";
    machine.detector.threshold_lsb = 1.0;
    return machine;
}

// That kind of node noise, or "sampled" where the machine's dynamics cannot have it in every step.
inline std::string possible_noise(const MachineSpec& machine, const std::string& noise) {
    return noise == "dynamic" && !machine.dynamics->takes_dynamic_noise() ? "sampled" : noise;
}

// Writes command lists with the lengths that a chip expects.
class ListWriter {
  public:
    explicit ListWriter(const ChipModel& model) : model_(model) {}

    ListWriter& clamp(std::uint8_t lines, std::uint64_t presentation) {
        const std::size_t bytes = lines_clamped(*model_.network, lines) * model_.dac->format().bytes();
        return add({.opcode = Opcode::clamp,
                    .flags = lines,
                    .length = static_cast<std::uint32_t>(bytes),
                    .tag = presentation});
    }
    ListWriter& reset() { return add({.opcode = Opcode::reset}); }
    ListWriter& relax(std::uint32_t cycles, float beta = 0.0F, std::uint8_t flags = 0) {
        return add({.opcode = Opcode::relax, .flags = flags, .cycles = cycles, .beta = beta});
    }
    ListWriter& hold() { return add({.opcode = Opcode::hold}); }
    ListWriter& restore() { return add({.opcode = Opcode::restore}); }
    ListWriter& read(std::uint16_t layers, std::uint8_t flags = 0) {
        const std::size_t bytes = nodes_read(*model_.network, layers) * model_.adc->format().bytes();
        return add({.opcode = Opcode::read,
                    .flags = flags,
                    .target = layers,
                    .length = static_cast<std::uint32_t>(bytes)});
    }
    ListWriter& program(std::uint16_t block) {
        const std::size_t bytes = model_.network->blocks[block].count() * model_.couplings.format().bytes();
        return add({.opcode = Opcode::program, .target = block, .length = static_cast<std::uint32_t>(bytes)});
    }
    ListWriter& interrupt() { return add({}); }
    ListWriter& add(Command command) {
        list.push_back(command);
        return *this;
    }

    std::vector<Command> list;

  private:
    const ChipModel& model_;
};

// The parsed list, its CLAMP buffers filled with codes that depend on presentation and place in the sample
// only.
inline Job job_of(const ListWriter& writer, const ChipModel& model) {
    Job job;
    if (const auto error = parse_job(writer.list, model, {}, job))
        throw std::logic_error(fmt::format("command {} was refused", error->command));
    for (std::size_t i = 0; i < job.commands.size(); ++i) {
        if (job.commands[i].opcode != Opcode::clamp) continue;
        const auto codes = job.buffer(i);
        const std::uint64_t key = 1 + 64 * job.samples[job.places[i].sample].presentation + job.places[i].op;
        const auto levels = random_floats(codes.size() / model.dac->format().bytes(), key, 0.0F, 1.0F);
        model.dac->format().encode(levels, 0.0F, 1.0F, codes);
    }
    return job;
}

// All that a job comes to.
struct Outcome {
    std::vector<std::uint8_t> codes; // of all READs, in order
    std::vector<SampleResult> results;
    Tape tape;
};

inline bool operator==(const Outcome& a, const Outcome& b) {
    const auto same_relax = [](const RelaxOutcome& x, const RelaxOutcome& y) {
        return x.time_rc == y.time_rc && x.checks == y.checks && x.settled == y.settled;
    };
    const auto same_result = [&](const SampleResult& x, const SampleResult& y) {
        return x.clipped == y.clipped && std::ranges::equal(x.relaxed, y.relaxed, same_relax);
    };
    return a.codes == b.codes && std::ranges::equal(a.results, b.results, same_result);
}

struct Lanes {
    std::size_t lanes = 32;
    unsigned threads = 1;
    std::optional<std::uint64_t> traced;
};

inline Outcome evaluate(const std::shared_ptr<const ChipModel>& model, const ListWriter& list,
                        const Lanes& how = {}) {
    WorkerPool pool(how.threads);
    LaneScheduler scheduler(pool, how.lanes);
    const auto values = random_couplings(*model->network);
    auto job = job_of(list, *model);
    scheduler.use(model);
    scheduler.begin(job);
    Outcome outcome;
    for (std::size_t s = 0; s < job.samples.size(); ++s) {
        outcome.results.push_back(scheduler.need(s, values.data()));
        if (how.traced == job.samples[s].presentation) outcome.tape = scheduler.tape(s, values.data());
    }
    for (std::size_t i = 0; i < job.commands.size(); ++i)
        if (job.commands[i].opcode == Opcode::read)
            outcome.codes.insert(outcome.codes.end(), job.buffer(i).begin(), job.buffer(i).end());
    return outcome;
}

} // namespace isinglass::test
