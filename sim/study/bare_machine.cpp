#include "sim/study/bare_machine.hpp"

#include "host/learning/coupling_codes.hpp"
#include "hw_models/array/sample_evaluator.hpp"
#include "hw_models/control/command.hpp"

#include <algorithm>

namespace isinglass {

namespace {

DeviceInfo device_of(const ChipModel& model) {
    const auto& net = *model.network;
    return {.input_lines = net.inputs,
            .target_lines = net.output().size,
            .spins = net.spins(),
            .dac_code_bytes = model.dac->format().bytes(),
            .adc_code_bytes = model.adc->format().bytes(),
            .coupling_code_bytes = model.couplings.format().bytes()};
}

void number(SampleProgram& program) {
    for (std::size_t i = 0; i < program.size(); ++i) program[i].command = static_cast<std::uint32_t>(i);
}

} // namespace

BareMachine::BareMachine(const Experiment& experiment, const MachineSpec& machine,
                         std::span<const float> theta, WorkerPool& pool)
    : e_(experiment),
      machine_(machine),
      net_(host_network(machine, experiment.network.build())),
      theta_(theta),
      pool_(pool) {
    const auto law = e_.training.cost->live_law().value_or(NudgeLaw::difference);
    const auto seed = static_cast<std::uint64_t>(e_.run.seed);
    model_ = make_chip_model(machine_, net_, Chosen(e_.network.model).part(), seed, law);
    store_ = std::make_unique<CouplingStore>(*model_->network, model_->couplings, model_->chip_seed, seed);
    CouplingCodes codes(*net_, store_->format(), seed);
    codes.encode(theta, Rounding::nearest, false, 0, pool_);
    for (std::size_t b = 0; b < net_->blocks.size(); ++b)
        store_->program_all(b, codes.buffer(b, pool_), pool_);
    lines_ = std::make_unique<LineCodes>(net_, *e_.network.model.part(), machine_, device_of(*model_));
}

SampleOp BareMachine::relax(const RelaxTime& time, double beta, const EpSettings& settings) const {
    const double rc_s = machine_.circuit->time_constant_s;
    const double step_s = relax_step_s(machine_, *net_, *model_->energy);
    const auto cycles = machine_.cycles(settings.longer * time.seconds(rc_s, step_s));
    return {.kind = SampleOp::Kind::relax,
            .time_rc = static_cast<double>(cycles) * at_corner(machine_).cycle_rc(),
            .until_settled = settings.until_settled && model_->detector.present(),
            .nudge = {.beta = beta, .frozen = beta != 0.0 && e_.training.nudge == "frozen"}};
}

BareMachine::Codes BareMachine::clamps(const Samples& samples, std::size_t n, bool forces,
                                       const Matrix& free) const {
    const std::uint8_t kinds = clamp_inputs | (forces ? clamp_injected : clamp_targets);
    Codes codes(n, std::vector<std::uint8_t>(lines_->clamp_bytes(kinds)));
    std::vector<float> levels(net_->inputs);
    std::vector<float> shown(net_->output().size);
    for (std::size_t i = 0; i < n; ++i) {
        samples.features(i, levels);
        lines_->encode_inputs(levels, codes[i]);
        if (forces) {
            e_.training.cost->force(free.row(i).subspan(net_->output().offset, shown.size()),
                                    samples.labels[i], shown);
            lines_->encode_forces(shown, codes[i]);
        } else {
            e_.training.cost->target(samples.labels[i], shown);
            lines_->encode_targets(shown, codes[i]);
        }
    }
    return codes;
}

void BareMachine::run(const SampleProgram& program, const Codes& clamps, std::uint64_t first,
                      std::vector<Codes>& reads) const {
    const std::size_t n = clamps.size();
    const auto count =
        static_cast<std::size_t>(std::ranges::count(program, SampleOp::Kind::read, &SampleOp::kind));
    const auto relaxes =
        static_cast<std::size_t>(std::ranges::count(program, SampleOp::Kind::relax, &SampleOp::kind));
    const std::size_t bytes = net_->spins() * model_->adc->format().bytes();
    reads.assign(count, Codes(n, std::vector<std::uint8_t>(bytes)));
    const auto lanes = static_cast<std::size_t>(block_lanes);
    pool_.run((n + lanes - 1) / lanes, [&](std::size_t block, unsigned) {
        SampleEvaluator evaluator(*model_);
        std::vector<SampleTask> tasks;
        for (std::size_t i = block * lanes; i < std::min(n, (block + 1) * lanes); ++i) {
            SampleTask task{.presentation = first + i,
                            .clamp_codes = {clamps[i]},
                            .relaxed = std::vector<RelaxOutcome>(relaxes)};
            for (auto& read : reads) task.read_codes.emplace_back(read[i]);
            tasks.push_back(std::move(task));
        }
        evaluator.run(program, tasks, store_->values());
    });
}

Matrix BareMachine::free_states(const Samples& samples, std::size_t n, const EpSettings& settings) {
    SampleProgram program{{.kind = SampleOp::Kind::clamp, .inputs = true, .targets = true},
                          {.kind = SampleOp::Kind::reset},
                          relax(e_.training.free, 0.0, settings),
                          {.kind = SampleOp::Kind::read, .layers = all_layers}};
    number(program);
    std::vector<Codes> reads;
    run(program, clamps(samples, n, false, {}), settings.first, reads);
    Matrix states(n, net_->state_columns);
    for (std::size_t i = 0; i < n; ++i) lines_->decode(reads[0][i], all_layers_mask(), false, states.row(i));
    return states;
}

void BareMachine::learn(const Samples& samples, const EpSettings& settings, BatchReadout& readout) {
    const auto& t = e_.training;
    const bool centred = t.centred();
    const bool differences = t.differences();
    const bool frozen = t.nudge == "frozen";
    const std::size_t n = readout.batch();
    const SampleOp read{.kind = SampleOp::Kind::read, .layers = all_layers};
    SampleOp nudged_read = read;
    nudged_read.differences = differences;
    SampleProgram program{
        {.kind = SampleOp::Kind::clamp, .inputs = true, .targets = !frozen, .injected = frozen},
        {.kind = SampleOp::Kind::reset},
        relax(t.free, 0.0, settings)};
    if (t.holds_free()) program.push_back({.kind = SampleOp::Kind::hold});
    readout.one_state = t.one_state(*model_->energy);
    const bool free_read = t.reads_free(*model_->energy);
    if (free_read) program.push_back(read);
    program.push_back(relax(t.nudged, settings.beta, settings));
    program.push_back(nudged_read);
    if (centred) {
        program.push_back({.kind = SampleOp::Kind::restore});
        program.push_back(relax(t.nudged, -settings.beta, settings));
        program.push_back(nudged_read);
    }
    number(program);
    const auto codes = clamps(samples, n, frozen, frozen ? free_states(samples, n, settings) : Matrix{});
    std::vector<Codes> reads;
    run(program, codes, settings.first, reads);
    const auto mask = all_layers_mask();
    const std::size_t first = free_read ? 1 : 0;
    std::vector<float> held(net_->state_columns);
    for (std::size_t i = 0; i < n; ++i) {
        const auto one = readout.first.row(i);
        const auto other = readout.second.row(i);
        lines_->decode_inputs(codes[i], readout.inputs.row(i));
        lines_->decode(reads[first][i], mask, differences, one);
        if (!readout.one_state)
            lines_->decode(reads[centred ? first + 1 : 0][i], mask, centred && differences, other);
        if (differences) {
            lines_->decode(reads[0][i], mask, false, held);
            for (std::size_t j = 0; j < held.size(); ++j) {
                one[j] += held[j];
                if (centred) other[j] += held[j];
            }
        }
        if (readout.one_state) std::ranges::copy(one, other.begin());
        readout.scale[i] = static_cast<float>(1.0 / (settings.beta * (centred ? 2.0 : 1.0)));
    }
}

std::vector<float> BareMachine::gradient(const Samples& samples, const EpSettings& settings,
                                         BatchReadout& readout) {
    learn(samples, settings, readout);
    std::vector<float> gradient(net_->parameters);
    EpGradient(*net_, *e_.network.model.part()).compute(readout, theta_, gradient, pool_);
    return gradient;
}

} // namespace isinglass
