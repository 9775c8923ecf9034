// The waveform file of one sample, with its view.
#pragma once

#include "hw_models/coprocessor.hpp"
#include "sim/run/experiment.hpp"
#include "traces/vcd_writer.hpp"

#include <filesystem>

namespace isinglass {

// Records presentation `presentation` of the chip into `file` (.vcd), from the first fetch of its codes to
// the arrival of its last read-out; finish() writes a GTKWave view beside it. Of all signals those are kept
// whose path below `coprocessor/` matches one of `globs` ('*' matches anything, '/' included); all, without
// globs.
class SampleWaves {
  public:
    SampleWaves(Coprocessor& chip, const Experiment& experiment, const Network& network,
                std::filesystem::path file, std::uint64_t presentation, std::vector<std::string> globs = {});

    // Stops recording and writes the view. Throws InputOutputError. False when the sample was never
    // presented.
    bool finish();
    [[nodiscard]] const std::filesystem::path& file() const { return file_; }
    [[nodiscard]] std::filesystem::path view() const;

  private:
    // Remembers where the window lay, for the view, and passes everything on.
    class Window;

    Coprocessor& chip_;
    const Experiment& experiment_;
    const Network& network_;
    std::filesystem::path file_;
    std::shared_ptr<Window> sink_;
};

} // namespace isinglass
