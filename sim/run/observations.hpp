// What a report shows of a trained machine beside its counts: how samples were classified, which codes the
// converters used, and how soon nodes settled. Observed once at the end of a run, through the same commands
// as training, on the machine as it is.
#pragma once

#include "sim/run/simulation.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace isinglass {

// How often each code was used; of converters with more than 256 codes, neighbouring codes together; of ideal
// ones, 256 parts of the full scale.
struct CodeUse {
    std::string where;       // "inputs", or a layer's name
    std::string converter;   // "DAC", "ADC"
    std::optional<int> bits; // nothing: ideal
    std::vector<std::uint64_t> counts;
    bool operator==(const CodeUse&) const = default;
};

// A sample that was taken for another class.
struct Mistake {
    Verdict verdict;
    std::vector<std::uint8_t> pixels; // features times 255, [channel][row][column]
};

struct Observations {
    std::string part; // whose samples: "test"
    std::size_t samples = 0;
    int classes = 0;
    std::vector<std::uint64_t> confusion; // [true class x predicted class]
    ImageShape shape;                     // of the pixels
    std::vector<Mistake> mistakes;        // the largest cost first; at most 24
    std::vector<CodeUse> codes;
    // Samples whose read-outs moved by more than an LSB for the last time within each sixteenth of the free
    // phase; at the end of the last one nothing can be known, so that count stands for "not before the end".
    std::vector<std::uint64_t> settled_by;
    double free_phase_s = 0.0;

    // JSON with a line end.
    [[nodiscard]] std::string to_json() const;
    // Throws UserError naming `file` where the text is none of ours.
    [[nodiscard]] static Observations from_json(std::string_view text, const std::string& file);
};

// Confusion matrix and mistakes of verdicts, one a sample.
void note_verdicts(Observations& observations, const Samples& samples, std::span<const Verdict> verdicts);

// Presents the first samples (at most 64) once for the codes and, with free phases of a sixteenth to the
// whole of their length, for settling. The machine must hold its couplings, or be about to be programmed with
// them. Takes simulated time and posts to the ledger. `purpose` keeps noise apart, as of Trainer::score().
void observe_machine(Observations& observations, const Experiment& experiment, Simulation& simulation,
                     Presenter& presenter, const Samples& samples, std::uint64_t purpose, WorkerPool& pool);

} // namespace isinglass
