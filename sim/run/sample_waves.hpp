// The waveform files of chosen samples, with their views.
#pragma once

#include "hw_models/coprocessor.hpp"
#include "sim/run/wave_trigger.hpp"
#include "traces/wave_recorder.hpp"

#include <filesystem>

namespace isinglass {

// Records what the experiment's [trace] says into BASE.vcd, BASE.fst …, from now until finish(), a window a
// sample: from the first fetch of its codes (or, where it is chosen by what happens to it, from its CLAMP) to
// the arrival of its last read-out. finish() writes views beside them.
class SampleWaves {
  public:
    // Throws InputOutputError, and UserError where a glob names a position that its layer has not.
    SampleWaves(Coprocessor& chip, const Experiment& experiment, std::shared_ptr<const Network> network,
                const std::filesystem::path& base, FindSample find);

    // Stops recording, completes the files and writes the views; without any window the files are removed.
    // Throws InputOutputError.
    void finish();

    [[nodiscard]] const WaveTrigger& trigger() const { return trigger_; }
    [[nodiscard]] std::size_t windows() const { return recorder_.windows(); }
    // What to tell a person after finish(): files, how to open them, and why recording stopped early.
    [[nodiscard]] std::string report() const;

    // The same for programs: the files that there are after finish(), and the simulated time at which a limit
    // of size stopped recording.
    [[nodiscard]] std::vector<std::string> written() const;
    [[nodiscard]] std::optional<double> stopped_s() const;

    // The files that would be written.
    static std::vector<std::filesystem::path> files(const TraceSpec& spec, const std::filesystem::path& base);
    // `base`, or `base`-2, -3 … where files are there already, of a run before it was interrupted.
    static std::filesystem::path free_base(const TraceSpec& spec, const std::filesystem::path& base);

  private:
    void refuse_unmatched();
    void write_views() const;

    Coprocessor& chip_;
    const Experiment& experiment_;
    std::shared_ptr<const Network> network_;
    std::vector<std::filesystem::path> files_;
    WaveRecorder recorder_;
    WaveTrigger trigger_;
};

// A glob in which "@3x4" stands for the node at row 3, column 4 (from 0) of the layer before it:
// "array/hidden/@3x4/*" is "array/hidden/88/*" on a layer 21 wide. UserError where it has no such node.
std::string with_positions(const std::string& glob, const Network& network);

} // namespace isinglass
