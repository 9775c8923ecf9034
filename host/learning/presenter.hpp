// Presents samples to the machine and reads what comes back: EP's phases as command lists.
#pragma once

#include "host/data/data_set.hpp"
#include "host/driver.hpp"
#include "host/learning/coupling_codes.hpp"
#include "host/learning/gradient.hpp"
#include "host/learning/input_coder.hpp"
#include "host/learning/line_codes.hpp"
#include "host/learning/pulse_counts.hpp"
#include "host/learning/training_spec.hpp"
#include "hw_models/energy/ledger.hpp"
#include "hw_models/machine.hpp"

#include <functional>

namespace isinglass {

// What the host posts about itself and about the time that it spends. The chip posts its own.
struct HostMeter {
    Ledger* ledger = nullptr;
    std::function<void(Phase)> enter; // the phase that simulated time counts for from now on
};

// What the outputs said of a sample; of one that is presented several times the most frequent prediction and
// the mean cost.
struct Verdict {
    std::size_t sample = 0; // index into the samples
    int label = 0;
    int predicted = 0;
    double cost = 0.0;
};

// What one batch came to.
struct BatchOutcome {
    std::size_t correct = 0;
    double cost = 0.0;             // sum
    std::vector<Verdict> verdicts; // a sample each
    JobCounters counters;
};

// The host's side of the machine: knows formats, ranges and times, and owns no coupling.
class Presenter {
  public:
    Presenter(HostProcessor& host, HostMeter meter, const MachineSpec& machine,
              std::shared_ptr<const Network> network, std::shared_ptr<const EnergyModel> model,
              const TrainingSpec& training, WorkerPool& pool);

    // The machine's formats as the device tells them; again after the device was given other errors.
    void use(const MachineSpec& machine);

    // Codes to be programmed by the next job, before its samples; nothing when null.
    void program_next(const CouplingCodes* codes, bool changed_only) {
        codes_ = codes;
        changed_only_ = changed_only;
    }

    // Pulses that the next job gives, after what it programs and before its samples.
    void pulse_next(const PulseCounts* pulses) { pulses_ = pulses; }

    [[nodiscard]] bool program_pending() const { return codes_ != nullptr || pulses_ != nullptr; }
    // Programs what is pending in a job of its own.
    void program_now();

    // The run's seed, from which augmentations are drawn by presentation.
    void augment_from(std::uint64_t seed) { inputs_.augment_from(seed); }

    // Free phases and read-out of the outputs. Predictions are counted against the labels; of a sample that
    // is presented several times in a row (from other initial states), the most frequent one counts, once.
    BatchOutcome evaluate(const Samples& samples, std::span<const Presentation> batch);
    // Free phases and read-out of all layers: tells `state` of every presentation's states as decoded, [state
    // columns], and fills `clamped` [batch x inputs] with the levels of the inputs' codes where it is not
    // null.
    using FreeState = std::function<void(std::size_t presentation, std::span<const float> states)>;
    JobCounters read_free(const Samples& samples, std::span<const Presentation> batch, Matrix* clamped,
                          const FreeState& state);
    // What learn() will be asked for after its next call: inputs are coded while the machine is busy with
    // that.
    void expect(const Samples& samples, std::vector<Presentation> batch) {
        expected_samples_ = &samples;
        expected_ = std::move(batch);
    }
    // Free and nudged phases; fills `readout` (batch.size() rows) for the gradient. `signs` are those of the
    // nudge, for the random-sign estimator.
    BatchOutcome learn(const Samples& samples, std::span<const Presentation> batch,
                       std::span<const float> signs, BatchReadout& readout);

    // Time and energy of the host's own arithmetic and memory traffic; waits in simulated time.
    void charge(double flops, double bytes);
    // For host programs beside training: a job with what is to be programmed first, its end, and a free
    // phase.
    JobBuilder begin_job();
    JobCounters run(JobBuilder& job);
    void free_phase(JobBuilder& job) const;
    // Counts and time of `program` as of that phase, whatever its commands are for.
    void as_phase(Phase phase, const std::function<void()>& program) const;
    [[nodiscard]] LineCodes& lines() { return lines_; }
    [[nodiscard]] const MachineSpec& machine() const { return machine_; }
    [[nodiscard]] std::span<const std::uint8_t> codes_at(std::uint64_t address, std::size_t bytes) {
        return host_.memory().read(address, bytes);
    }
    // Sets the gain of READ of differences, in the device and here.
    void set_read_gain(double gain);

    // Waits for a clock edge of the device, so that what follows takes the same time whenever it starts.
    void align() const;

  private:
    struct Buffers;

    void nudged_phase(JobBuilder& job, double beta) const;
    void add_phases(JobBuilder& job, float sign, std::size_t read_bytes, Buffers& buffers) const;
    void fill_clamps(std::span<const Buffers> buffers, const Samples& samples,
                     std::span<const Presentation> batch, std::uint8_t lines, std::span<const float> forces,
                     Matrix* clamped);
    JobCounters read_free(const Samples& samples, std::span<const Presentation> batch, std::uint16_t layers,
                          Matrix* clamped, const FreeState& state);
    Matrix free_outputs(const Samples& samples, std::span<const Presentation> batch, JobCounters& counters);
    std::vector<float> frozen_forces(const Samples& samples, std::span<const Presentation> batch,
                                     BatchOutcome& outcome, BatchReadout& readout);
    void collect(std::span<const Buffers> buffers, std::span<const float> signs, BatchReadout& readout);
    [[nodiscard]] Matrix learnt_outputs(const BatchReadout& readout) const;
    // Scores `outputs`, a row a presentation, with the states of the outputs alone.
    void score(const Matrix& outputs, const Samples& samples, std::span<const Presentation> batch,
               BatchOutcome& outcome) const;
    // Views of one buffer of every sample; taken between jobs, before threads share them.
    std::vector<std::span<std::uint8_t>> views(std::span<const Buffers> buffers,
                                               std::uint64_t Buffers::*which, std::size_t bytes);
    // Calls sample(i) for i in [0, count), a few at a time in each thread.
    void each(std::size_t count, const std::function<void(std::size_t)>& sample) const;

    HostProcessor& host_;
    HostMeter meter_;
    MachineSpec machine_;
    std::shared_ptr<const Network> net_;
    std::shared_ptr<const EnergyModel> model_;
    const TrainingSpec& training_;
    WorkerPool& pool_;
    DeviceInfo info_;
    LineCodes lines_;
    std::uint16_t all_layers_mask_, output_mask_;
    std::uint32_t free_cycles_ = 1, nudged_cycles_ = 1;
    std::uint8_t relax_flags_ = 0;
    const CouplingCodes* codes_ = nullptr;
    const PulseCounts* pulses_ = nullptr;
    bool changed_only_ = true;
    InputCoder inputs_;
    const Samples* expected_samples_ = nullptr;
    std::vector<Presentation> expected_;
    bool learning_ = false; // the samples shown are for an update
    ActionId flop_, dram_byte_;
};

} // namespace isinglass
