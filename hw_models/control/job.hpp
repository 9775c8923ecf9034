// A command list as the sequencer sees it after the doorbell: checked, with its buffers, cut into samples.
#pragma once

#include "hw_models/array/chip_model.hpp"
#include "hw_models/array/sample_program.hpp"
#include "hw_models/control/command.hpp"
#include "hw_models/control/register_map.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace isinglass {

// One sample of a job: the commands from a CLAMP of inputs up to the next one.
struct JobSample {
    std::uint64_t presentation = 0;
    std::size_t program = 0;       // index into Job::programs
    std::size_t segment = 0;       // samples of one segment see the same couplings
    std::size_t first_command = 0; // index of its CLAMP in the list
    bool chained = false;          // relaxes before it resets: starts where the sample before it ended
};

// Where a command belongs, by its index in the list.
struct CommandPlace {
    std::size_t sample = 0;  // of commands of a sample
    std::size_t op = 0;      // index into the sample's program
    std::size_t ordinal = 0; // among the ops of its kind in that program
    std::size_t buffer = 0;  // offset of the buffer of a CLAMP or READ in Job::bytes
};

// What went wrong, and at which command.
struct JobError {
    DeviceError code = DeviceError::none;
    std::size_t command = 0;
};

// The snapshot of a job. Codes of CLAMPs are copied in by the sequencer; read-outs lie here until their
// scheduled time. Buffers of couplings stay where they are until their fetch (PinnedBuffers).
struct Job {
    std::vector<Command> commands;
    std::vector<CommandPlace> places;
    std::vector<SampleProgram> programs; // distinct ones
    std::vector<JobSample> samples;
    std::vector<std::uint8_t> bytes;

    [[nodiscard]] std::span<std::uint8_t> buffer(std::size_t command) {
        return {bytes.data() + places[command].buffer, commands[command].length};
    }
    [[nodiscard]] std::span<const std::uint8_t> buffer(std::size_t command) const {
        return {bytes.data() + places[command].buffer, commands[command].length};
    }
    [[nodiscard]] const SampleOp& op(std::size_t command) const {
        return programs[samples[places[command].sample].program][places[command].op];
    }
};

// Nodes that a READ of `layers` converts, and lines that a CLAMP with `flags` drives: runs without gaps
// between, and their number.
std::vector<LineRun> runs_read(const Network& net, LayerSet layers);
std::vector<LineRun> runs_clamped(const Network& net, std::uint8_t flags);
std::size_t lines_in(std::span<const LineRun> runs);
std::size_t nodes_read(const Network& net, LayerSet layers);
std::size_t lines_clamped(const Network& net, std::uint8_t flags);

// What the command check needs to know of the machine beside its numbers.
struct JobRules {
    double cycle_rc = 0.2; // a clock cycle, in RC
    bool second_hold = true;
    std::optional<float> read_gain; // as the host has set it
};

// Checks every command and lays out buffers and samples. On an error nothing is executed.
std::optional<JobError> parse_job(std::vector<Command> commands, const ChipModel& model,
                                  const JobRules& rules, Job& job);

} // namespace isinglass
