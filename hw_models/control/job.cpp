#include "hw_models/control/job.hpp"

#include "hw_models/base/error.hpp"

#include <cmath>

namespace isinglass {

namespace {

void append(std::vector<LineRun>& runs, LineRun run) {
    if (!runs.empty() && runs.back().first + runs.back().count == run.first)
        runs.back().count += run.count;
    else
        runs.push_back(run);
}

} // namespace

std::vector<LineRun> runs_read(const Network& net, LayerSet layers) {
    std::vector<LineRun> runs;
    std::size_t first = 0;
    for (std::size_t l = 0; l < net.layers.size(); first += net.layers[l++].size)
        if ((layers >> l) & 1U) append(runs, {first, net.layers[l].size});
    return runs;
}

std::vector<LineRun> runs_clamped(const Network& net, std::uint8_t flags) {
    std::vector<LineRun> runs;
    const std::size_t outputs = net.output().size;
    if (flags & clamp_inputs) append(runs, {0, net.inputs});
    if (flags & clamp_targets) append(runs, {net.inputs, outputs});
    if (flags & clamp_injected) append(runs, {net.inputs + outputs, outputs});
    return runs;
}

std::size_t lines_in(std::span<const LineRun> runs) {
    std::size_t n = 0;
    for (const auto& run : runs) n += run.count;
    return n;
}

std::size_t nodes_read(const Network& net, LayerSet layers) {
    return lines_in(runs_read(net, layers));
}

std::size_t lines_clamped(const Network& net, std::uint8_t flags) {
    return lines_in(runs_clamped(net, flags));
}

namespace {

bool same(const SampleOp& a, const SampleOp& b) {
    return a.kind == b.kind && a.command == b.command && a.inputs == b.inputs && a.targets == b.targets &&
           a.injected == b.injected && a.time_rc == b.time_rc && a.until_settled == b.until_settled &&
           a.nudge.beta == b.nudge.beta && a.nudge.frozen == b.nudge.frozen && a.layers == b.layers &&
           a.differences == b.differences && a.read_gain == b.read_gain && a.reference == b.reference;
}

bool same(const SampleProgram& a, const SampleProgram& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const SampleOp& x, const SampleOp& y) { return same(x, y); });
}

constexpr std::uint8_t known_flags(Opcode opcode) {
    switch (opcode) {
    case Opcode::program: return program_changed_only;
    case Opcode::clamp: return clamp_inputs | clamp_targets | clamp_injected;
    case Opcode::relax: return relax_until_settled | relax_frozen;
    case Opcode::read: return read_differences | read_reference;
    default: return 0;
    }
}

// More commands in a sample would repeat the keys of its random draws.
constexpr std::size_t most_ops = 256;

// True where the state at the start matters: a RELAX, HOLD or READ comes before any RESET.
bool starts_from_before(const SampleProgram& program) {
    for (const auto& op : program) {
        if (op.kind == SampleOp::Kind::reset) return false;
        if (op.kind != SampleOp::Kind::clamp) return true;
    }
    return false;
}

class Parser {
  public:
    Parser(const ChipModel& model, const JobRules& rules, Job& job)
        : model_(model), net_(*model.network), rules_(rules), job_(job) {}

    std::optional<JobError> parse() {
        for (std::size_t i = 0; i < job_.commands.size(); ++i) {
            const DeviceError error = take(i);
            if (error != DeviceError::none) return JobError{error, i};
        }
        finish_sample();
        job_.bytes.resize(buffer_bytes_);
        return std::nullopt;
    }

  private:
    DeviceError take(std::size_t i) {
        const auto& c = job_.commands[i];
        if (c.flags & ~known_flags(c.opcode)) return DeviceError::bad_argument;
        switch (c.opcode) {
        case Opcode::program: return take_program(i);
        case Opcode::clamp: return take_clamp(i);
        case Opcode::reset: return append(i, {.kind = SampleOp::Kind::reset});
        case Opcode::relax: return take_relax(i);
        case Opcode::hold: return take_hold(i);
        case Opcode::restore: return take_restore(i);
        case Opcode::read: return take_read(i);
        case Opcode::pulse: return take_pulse(i);
        case Opcode::interrupt: return DeviceError::none;
        }
        return DeviceError::bad_opcode;
    }

    DeviceError take_program(std::size_t i) {
        const auto& c = job_.commands[i];
        if (c.target >= net_.blocks.size()) return DeviceError::bad_argument;
        const auto& block = net_.blocks[c.target];
        const std::size_t all = block.count() * model_.couplings.format().bytes();
        const std::size_t all_changed = block.rows * (4 + (block.columns + 7) / 8) + all;
        const bool fits = (c.flags & program_changed_only) ? c.length <= all_changed : c.length == all;
        if (!fits) return DeviceError::bad_length;
        finish_sample();
        ++segment_;
        return DeviceError::none;
    }

    DeviceError take_pulse(std::size_t i) {
        const auto& c = job_.commands[i];
        if (model_.couplings.kind != "pulsed") return DeviceError::no_pulses;
        if (c.target >= net_.blocks.size()) return DeviceError::bad_argument;
        const auto& block = net_.blocks[c.target];
        if (c.length > block.rows * (4 + (block.columns + 7) / 8) + block.count())
            return DeviceError::bad_length;
        finish_sample();
        ++segment_;
        return DeviceError::none;
    }

    DeviceError take_clamp(std::size_t i) {
        const auto& c = job_.commands[i];
        const std::size_t lines = lines_clamped(net_, c.flags);
        if (lines == 0) return DeviceError::bad_argument;
        if (c.length != lines * model_.dac->format().bytes()) return DeviceError::bad_length;
        if (c.flags & clamp_inputs) {
            finish_sample();
            in_sample_ = true;
            has_ = {};
            sample_ = {.presentation = c.tag, .segment = segment_, .first_command = i};
        }
        has_.targets = has_.targets || (c.flags & clamp_targets) != 0;
        has_.injected = has_.injected || (c.flags & clamp_injected) != 0;
        reserve(i);
        return append(i, {.kind = SampleOp::Kind::clamp,
                          .inputs = (c.flags & clamp_inputs) != 0,
                          .targets = (c.flags & clamp_targets) != 0,
                          .injected = (c.flags & clamp_injected) != 0});
    }

    DeviceError take_relax(std::size_t i) {
        const auto& c = job_.commands[i];
        if (c.cycles == 0 || !std::isfinite(c.beta)) return DeviceError::bad_argument;
        const bool until_settled = (c.flags & relax_until_settled) != 0;
        if (until_settled && !model_.detector.present()) return DeviceError::no_detector;
        const bool frozen = (c.flags & relax_frozen) != 0;
        if (in_sample_ && c.beta != 0.0F && !(frozen ? has_.injected : has_.targets))
            return DeviceError::no_clamp;
        if (!stable({.beta = static_cast<double>(c.beta), .frozen = frozen, .law = model_.nudge_law}))
            return DeviceError::bad_argument;
        double time_rc = c.cycles * rules_.cycle_rc;
        if (until_settled) { // a limit ends with the last check that is in it
            const double checks = std::floor(time_rc / model_.detector.period_rc + 1e-9);
            if (checks < 1.0) return DeviceError::bad_argument;
            time_rc = checks * model_.detector.period_rc;
        }
        return append(i, {.kind = SampleOp::Kind::relax,
                          .time_rc = time_rc,
                          .until_settled = until_settled,
                          .nudge = {.beta = static_cast<double>(c.beta), .frozen = frozen}});
    }

    [[nodiscard]] bool stable(const Nudge& nudge) const {
        try {
            model_.energy->check_nudge(net_, nudge);
        } catch (const UserError&) {
            return false;
        }
        return true;
    }

    DeviceError take_hold(std::size_t i) {
        if (!rules_.second_hold) return DeviceError::no_second_hold;
        has_.held = true;
        return append(i, {.kind = SampleOp::Kind::hold});
    }

    DeviceError take_restore(std::size_t i) {
        if (!rules_.second_hold) return DeviceError::no_second_hold;
        if (in_sample_ && !has_.held) return DeviceError::bad_argument;
        return append(i, {.kind = SampleOp::Kind::restore});
    }

    DeviceError take_read(std::size_t i) {
        const auto& c = job_.commands[i];
        if (c.target == 0 || (c.target >> net_.layers.size()) != 0) return DeviceError::bad_argument;
        if (c.length != nodes_read(net_, c.target) * model_.adc->format().bytes())
            return DeviceError::bad_length;
        const bool differences = (c.flags & read_differences) != 0;
        if (differences && !rules_.second_hold) return DeviceError::no_second_hold;
        if (differences && in_sample_ && !has_.held) return DeviceError::bad_argument;
        const bool reference = (c.flags & read_reference) != 0;
        if (reference && (differences || !(c.beta >= 0.0F && c.beta <= 1.0F)))
            return DeviceError::bad_argument;
        reserve(i);
        return append(i, {.kind = SampleOp::Kind::read,
                          .layers = c.target,
                          .differences = differences,
                          .read_gain = differences ? rules_.read_gain : std::nullopt,
                          .reference = reference ? std::optional(c.beta) : std::nullopt});
    }

    void reserve(std::size_t i) {
        job_.places[i].buffer = buffer_bytes_;
        buffer_bytes_ += (job_.commands[i].length + 7) / 8 * 8;
    }

    DeviceError append(std::size_t i, SampleOp op) {
        if (!in_sample_) return DeviceError::no_clamp;
        if (program_.size() == most_ops) return DeviceError::bad_argument;
        op.command = static_cast<std::uint32_t>(program_.size());
        auto& place = job_.places[i];
        place.sample = job_.samples.size();
        place.op = program_.size();
        for (const auto& earlier : program_) place.ordinal += earlier.kind == op.kind ? 1 : 0;
        program_.push_back(op);
        return DeviceError::none;
    }

    void finish_sample() {
        if (!in_sample_) return;
        in_sample_ = false;
        sample_.chained = starts_from_before(program_);
        sample_.program = job_.programs.size();
        for (std::size_t p = job_.programs.size(); p-- > 0;)
            if (same(job_.programs[p], program_)) sample_.program = p;
        if (sample_.program == job_.programs.size()) job_.programs.push_back(program_);
        job_.samples.push_back(sample_);
        program_.clear();
    }

    const ChipModel& model_;
    const Network& net_;
    const JobRules& rules_;
    Job& job_;
    bool in_sample_ = false;
    // What this sample has had: what lines and hold carry from an earlier one depends on how samples share
    // the array.
    struct {
        bool targets = false;
        bool injected = false;
        bool held = false;
    } has_;
    JobSample sample_;
    SampleProgram program_;
    std::size_t segment_ = 0;
    std::size_t buffer_bytes_ = 0;
};

} // namespace

std::optional<JobError> parse_job(std::vector<Command> commands, const ChipModel& model,
                                  const JobRules& rules, Job& job) {
    job = {};
    job.commands = std::move(commands);
    job.places.resize(job.commands.size());
    return Parser(model, rules, job).parse();
}

} // namespace isinglass
